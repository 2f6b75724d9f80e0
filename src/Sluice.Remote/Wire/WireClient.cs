using System.Net;
using System.Net.Sockets;

namespace Sluice;

/// <summary>Dials a <see cref="WireListener"/>, and dials again for the same session when the transport breaks.</summary>
internal sealed class WireClient
{
    private readonly EndPoint _address;
    private readonly WireClientOptions _options;
    private readonly Guid _session = Guid.NewGuid();

    private WireClient(EndPoint address, WireClientOptions options)
    {
        _address = address;
        _options = options;
    }

    /// <summary>Dials, on this thread.</summary>
    /// <returns>The connection, to be started.</returns>
    /// <exception cref="System.Security.Authentication.AuthenticationException">The other side is not the right one.</exception>
    /// <exception cref="ProtocolException">The other side does not speak the protocol.</exception>
    /// <exception cref="InvalidOperationException">The options secure nothing, and the address is not one where they need not.</exception>
    /// <exception cref="IOException">The other side went away.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="SocketException">The address cannot be reached.</exception>
    /// <exception cref="TimeoutException">It took too long.</exception>
    /// <exception cref="WireRefusedException">The other side refuses.</exception>
    internal static Connection Connect(EndPoint address, WireClientOptions options, CancellationToken cancellationToken = default)
    {
        options.Security.Check(address, WireRole.Client);
        var client = new WireClient(address, options);
        var (transport, welcome) = client.Dial(null, options.ConnectTimeout, cancellationToken);
        var recovery = welcome.Keeps ? new Redialing(client, options.ReconnectWindow, options.Connection.Time) : null;
        return new(transport, options.Connection, recovery);
    }

    /// <summary>Dials for a session that the other side knows already.</summary>
    internal Resumption Redial(long received, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (transport, welcome) = Dial(received, limit < _options.ConnectTimeout ? limit : _options.ConnectTimeout, cancellationToken);
        return new(transport, welcome.Received);
    }

    private (Transport Transport, Welcome Welcome) Dial(long? received, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var line = new DialedLine(limit, _options.Connection.Time, cancellationToken);
        try
        {
            var socket = line.Open(_address);
            var transport = Secure(socket);
            var keeps = _options.ReconnectWindow > TimeSpan.Zero;
            var hello = new Hello(
                _options.Versions, _options.Security.Secret is not null, received is not null, keeps, _session, received ?? 0, _options.Role, _options.Application);
            var welcome = Handshake.AsClient(new(transport), hello, _options.Security.Secret);
            return line.TryKeep() ? (transport, welcome with { Keeps = welcome.Keeps && keeps }) : throw new TimeoutException();
        }
        catch (Exception) when (line.HasCut)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"{_address} has not let this side in within {Duration.Text(limit)}.");
        }
    }

    private Transport Secure(Socket socket)
    {
        if (_options.Security.Tls is not { } tls)
        {
            return new SocketTransport(socket);
        }

        var transport = new TlsTransport(socket);
        transport.Authenticate(tls, _address switch
        {
            DnsEndPoint dns => dns.Host,
            IPEndPoint ip => ip.Address.ToString(),
            _ => "localhost",
        });
        return transport;
    }
}
