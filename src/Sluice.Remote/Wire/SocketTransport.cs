using System.Net.Sockets;

namespace Sluice;

/// <summary>A connected socket in blocking mode, owned from now on.</summary>
internal sealed class SocketTransport(Socket socket) : Transport
{
    internal override string Peer { get; } = SocketEnds.Describe(socket);

    internal override int Receive(Span<byte> buffer)
    {
        if (!OperatingSystem.IsLinux())
        {
            return socket.Receive(buffer);
        }

        var result = Libc.Receive(socket.SafeHandle, buffer);
        return result >= 0 ? result : throw LinuxError.ToException(-result);
    }

    internal override void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[socket.Send(bytes)..];
        }
    }

    internal override bool TrySend(ReadOnlySpan<byte> bytes, out int sent)
    {
        sent = 0;
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        var result = Libc.SendAtOnce(socket.SafeHandle, bytes);
        if (result < 0)
        {
            return result == -Libc.WouldBlock ? false : throw LinuxError.ToException(-result);
        }

        sent = result;
        return sent == bytes.Length;
    }

    internal override void EndSending() => SocketEnds.Shutdown(socket, SocketShutdown.Send);

    internal override void EndReceiving() => SocketEnds.Shutdown(socket, SocketShutdown.Receive);

    internal override void Close()
    {
        SocketEnds.Shutdown(socket, SocketShutdown.Both); // wakes the thread that is inside of a call
        socket.Dispose();
    }
}
