using System.Net.Security;
using System.Net.Sockets;

namespace Sluice;

/// <summary>TLS over a connected socket in blocking mode, owned from now on. It cannot tell what would block, so only the outbox's
/// writer sends.</summary>
internal sealed class TlsTransport : Transport
{
    private readonly Socket _socket;
    private readonly SslStream _stream;

    internal TlsTransport(Socket socket)
    {
        _socket = socket;
        _stream = new(new NetworkStream(socket, ownsSocket: true));
        Peer = SocketEnds.Describe(socket);
    }

    internal override string Peer { get; }

    /// <summary>SHA-256 of the other side's certificate; null if it has shown none.</summary>
    internal string? PeerCertificate => _stream.RemoteCertificate?.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256);

    internal void Authenticate(WireTls tls) => _stream.AuthenticateAsServer(tls.ForServer());

    internal void Authenticate(WireTls tls, string dialled) => _stream.AuthenticateAsClient(tls.ForClient(dialled));

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
}
