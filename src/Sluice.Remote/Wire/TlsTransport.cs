using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Sluice;

/// <summary>TLS over a connected socket in blocking mode, owned from now on. It cannot tell what would block, so only the outbox's
/// writer sends.</summary>
internal sealed class TlsTransport : Transport
{
    private readonly Socket _socket;
    private readonly OpeningStream _opening;
    private readonly SslStream _stream;

    internal TlsTransport(Socket socket)
    {
        _socket = socket;
        _opening = new(socket);
        _stream = new(_opening);
        Peer = SocketEnds.Describe(socket);
    }

    internal override string Peer { get; }

    /// <summary>For an answer to who does not speak TLS.</summary>
    internal Socket Socket => _socket;

    /// <summary>SHA-256 of the other side's certificate; null if it has shown none.</summary>
    internal string? PeerCertificate => _stream.RemoteCertificate is { } certificate ? Fingerprint.Of(certificate) : null;

    /// <summary>The answer of the other side instead of TLS; null if it speaks TLS.</summary>
    internal byte[]? PlainStart => _opening.Plain;

    /// <summary>The server's side.</summary>
    /// <returns>Why the client is not trusted; null if it is. See <see cref="CertificateCheck"/>.</returns>
    /// <exception cref="IOException">The client does not speak TLS (<see cref="PlainStart"/>), or is gone.</exception>
    internal string? Authenticate(WireTls tls)
    {
        if (!_opening.TryOpen())
        {
            throw new IOException("The client does not speak TLS.");
        }

        var check = new CertificateCheck(tls, WireRole.Client);
        Telling(() => _stream.AuthenticateAsServer(tls.ForServer(check)));
        return check.Refusal;
    }

    /// <summary>The client's side.</summary>
    /// <returns>Why the server is not trusted; null if it is.</returns>
    /// <exception cref="Exception">The server does not speak TLS (<see cref="PlainStart"/>), or not as this side does, or is gone.</exception>
    internal string? Authenticate(WireTls tls, string dialled)
    {
        var check = new CertificateCheck(tls, WireRole.Server, dialled);
        Telling(() => _stream.AuthenticateAsClient(tls.ForClient(dialled, check)));
        return check.Refusal;
    }

    internal override int Receive(Span<byte> buffer) => _stream.Read(buffer);

    internal override void Send(ReadOnlySpan<byte> bytes) => _stream.Write(bytes);

    internal override bool TrySend(ReadOnlySpan<byte> bytes, out int sent)
    {
        sent = 0;
        return false;
    }

    internal override void EndSending() => SocketEnds.Shutdown(_socket, SocketShutdown.Send);

    internal override void EndReceiving() => SocketEnds.Shutdown(_socket, SocketShutdown.Receive);

    internal override void Close()
    {
        SocketEnds.Shutdown(_socket, SocketShutdown.Both);
        _stream.Dispose();
    }

    /// <summary>The reason is in the inner exceptions, such as an alert of the other side. An end is told as one without TLS is.</summary>
    private void Telling(Action handshake)
    {
        try
        {
            handshake();
        }
        catch (IOException error) when (PlainStart is null && error is not EndOfStreamException)
        {
            throw new EndOfStreamException("It went away in the middle of the TLS handshake.", error);
        }
        catch (AuthenticationException error)
        {
            var words = new List<string>();
            for (Exception? at = error.InnerException ?? error; at is not null; at = at.InnerException)
            {
                words.Add(at.Message.TrimEnd('.'));
            }

            throw new AuthenticationException($"The TLS handshake failed: {string.Join(": ", words)}.", error);
        }
    }
}
