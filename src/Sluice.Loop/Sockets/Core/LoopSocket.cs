using System.Net;
using System.Net.Sockets;

namespace Sluice;

/// <summary>A socket of a loop: driven by the loop itself, or by .NET.</summary>
/// <remarks>At most one receives or accepts at a time, and one sends. Every operation is a checkpoint of the current scope; one that is
/// cancelled has moved no byte that it does not tell of, other than a send, and taken no connection.
/// Thread safety: belongs to the loop's thread.</remarks>
internal abstract class LoopSocket(EventLoop loop) : PolledHandle
{
    internal EventLoop Loop => loop;

    internal bool IsDisposed { get; private set; }

    /// <summary>For its addresses and options.</summary>
    internal abstract Socket Socket { get; }

    /// <summary>Makes a socket that listens one of the loop.</summary>
    internal static LoopSocket Listening(EventLoop loop, Socket socket) => loop.UsesPortableSockets ? new PortableSocket(loop, socket) : new EpollSocket(loop, socket);

    /// <summary>Connects a new socket.</summary>
    internal static ValueTask<LoopSocket> ConnectAsync(EventLoop loop, EndPoint address) =>
        loop.UsesPortableSockets ? PortableSocket.ConnectAsync(loop, address) : EpollSocket.ConnectAsync(loop, address);

    /// <summary>Receives some bytes; 0 is the end. Into an empty buffer none, but waits until there is something.</summary>
    internal abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer);

    /// <summary>Sends all.</summary>
    internal abstract ValueTask SendAsync(ReadOnlyMemory<byte> data);

    internal abstract ValueTask<LoopSocket> AcceptAsync();

    /// <summary>On the loop's thread, or after the loop has ended.</summary>
    internal void Dispose()
    {
        if (!loop.HasEnded)
        {
            loop.CheckThread();
        }

        if (!IsDisposed)
        {
            IsDisposed = true;
            Close();
        }
    }

    /// <summary>Begins an operation.</summary>
    internal void CheckUse()
    {
        loop.CheckThread();
        if (IsDisposed)
        {
            throw Disposed();
        }
    }

    /// <summary>Closes the socket; tasks that wait for it get <see cref="Disposed"/>.</summary>
    private protected abstract void Close();

    private protected static ObjectDisposedException Disposed() => new(null, "The stream or listener was disposed of.");

    private protected static InvalidOperationException Busy(string what) => new($"Two {what} at once: let the first one end, or share it by a LoopLock.");

    public sealed override string ToString()
    {
        const string Closed = "a closed socket";
        try
        {
            return IsDisposed ? Closed : Socket.RemoteEndPoint is { } peer ? $"{peer}" : $"{Socket.LocalEndPoint}";
        }
        catch (Exception error) when (error is ObjectDisposedException or SocketException)
        {
            return Closed; // just now: a dump asks on another thread
        }
    }
}
