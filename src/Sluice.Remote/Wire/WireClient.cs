using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Sluice;

/// <summary>Dials a <see cref="WireListener"/>, and dials again for the same session when the transport breaks.</summary>
internal sealed class WireClient
{
    /// <summary>The number of times that one who goes away without a word is dialled again: it may have had no room, and no way to say so.</summary>
    private const int MaxLosses = 3;

    private static readonly DialPauses s_pauses = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1));

    private readonly EndPoint _address;
    private readonly WireClientOptions _options;
    private readonly Guid _session = Guid.NewGuid();

    private WireClient(EndPoint address, WireClientOptions options)
    {
        _address = address;
        _options = options;
    }

    /// <summary>Dials, on this thread: again, with pauses that grow, while the other side has no room.</summary>
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
        var (transport, welcome) = client.DialUntilLetIn(cancellationToken);
        var recovery = welcome.Keeps ? new Redialing(client, options.ReconnectWindow, options.Connection.Time) : null;
        return new(transport, options.Connection, recovery);
    }

    /// <summary>Dials for a session that the other side knows already.</summary>
    internal Resumption Redial(long received, TimeSpan limit, CancellationToken cancellationToken)
    {
        var dial = limit < _options.ConnectTimeout ? limit : _options.ConnectTimeout;
        var (transport, welcome) = Dial(received, dial, dial, cancellationToken);
        return new(transport, welcome.Received);
    }

    private (Transport Transport, Welcome Welcome) DialUntilLetIn(CancellationToken cancellationToken)
    {
        var (limit, time) = (_options.ConnectTimeout, _options.Connection.Time);
        var began = time.GetTimestamp();
        var why = default(Exception);
        for (var (dials, losses) = (1, 0); ; dials++)
        {
            try
            {
                return Dial(null, limit - time.GetElapsedTime(began), limit, cancellationToken);
            }
            catch (WireRefusedException busy) when (busy.Reason == RefusalReason.Busy)
            {
                why = busy;
            }
            catch (TimeoutException) when (why is not null)
            {
                throw TooLate(why, dials); // the time has passed in this dial, and what it was told before says more
            }
            catch (Exception loss) when (IsLoss(loss) && losses < MaxLosses)
            {
                losses++;
                why = loss;
            }

            var pause = s_pauses.Before(dials);
            if (pause >= limit - time.GetElapsedTime(began))
            {
                throw TooLate(why, dials);
            }

            Task.Delay(pause, time, cancellationToken).GetAwaiter().GetResult();
        }
    }

    private IOException TooLate(Exception why, int dials)
    {
        var told = $"{_address} was dialled {dials} times within {Duration.Text(_options.ConnectTimeout)}.";
        return why is WireRefusedException refusal ? new WireRefusedException(refusal.Reason, $"{refusal.Message} {told}") : new IOException($"{why.Message} {told}", why);
    }

    private static bool IsLoss(Exception error) => error is EndOfStreamException or SocketException { SocketErrorCode: SocketError.ConnectionReset };

    private (Transport Transport, Welcome Welcome) Dial(long? received, TimeSpan limit, TimeSpan told, CancellationToken cancellationToken)
    {
        using var line = new DialedLine(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, _options.Connection.Time, cancellationToken);
        try
        {
            var socket = line.Open(_address);
            var transport = Secure(socket);
            var keeps = _options.ReconnectWindow > TimeSpan.Zero;
            var hello = new Hello(
                _options.Versions, _options.Security.Secret is not null, received is not null, keeps, _session, received ?? 0, _options.Role, _options.Application);
            var welcome = Handshake.AsClient(new(transport, WireRole.Client), hello, _options.Security.Secret);
            return line.TryKeep() ? (transport, welcome with { Keeps = welcome.Keeps && keeps }) : throw new TimeoutException();
        }
        catch (Exception) when (line.HasCut)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"{_address} has not let this side in within {Duration.Text(told)}.");
        }
    }

    private Transport Secure(Socket socket)
    {
        if (_options.Security.Tls is not { } tls)
        {
            return new SocketTransport(socket);
        }

        var transport = new TlsTransport(socket);
        if (Authenticate(transport, tls) is { } refused)
        {
            Refuse(transport, refused);
            throw new AuthenticationException(refused);
        }

        return transport;
    }

    /// <returns>Why the listener's certificate is not trusted; null if it is.</returns>
    private string? Authenticate(TlsTransport transport, WireTls tls)
    {
        try
        {
            return transport.Authenticate(tls, _address switch
            {
                DnsEndPoint dns => dns.Host,
                IPEndPoint ip => ip.Address.ToString(),
                _ => "localhost",
            });
        }
        catch (Exception error) when (transport.PlainStart is { } start)
        {
            new HandshakeStream(new SocketTransport(transport.Socket), WireRole.Client, start).ReceiveRefusal(); // which throws it
            throw new ProtocolException($"{_address} does not speak TLS.", error);
        }
    }

    /// <summary>The listener's log has the reason too. Reads until it has closed: a socket that is closed with bytes unread resets the connection, and the
    /// reset destroys what was said. The time to connect bounds it.</summary>
    private static void Refuse(TlsTransport transport, string why)
    {
        try
        {
            new HandshakeStream(transport, WireRole.Client).Refuse(RefusalReason.Authentication, why);
            transport.EndSending();
            Span<byte> dropped = stackalloc byte[256];
            while (transport.Receive(dropped) > 0)
            {
            }
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            // It is gone, or the time has passed: it does without the reason.
        }
    }
}
