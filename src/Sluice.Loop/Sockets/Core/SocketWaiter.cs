using System.Threading.Tasks.Sources;

namespace Sluice;

/// <summary>Someone who waits for an <see cref="EpollSocket"/>: for bytes, for room, or only until it is ready. The socket moves the
/// bytes as soon as it can, and keeps the waiter until its result was read.</summary>
internal sealed class SocketWaiter : Waiter, IValueTaskSource<int>, IWaitedFor
{
    private readonly WaiterPool<SocketWaiter> _pool;
    private EpollSocket? _socket;
    private string _what = "";

    internal SocketWaiter(WaiterPool<SocketWaiter> pool) => _pool = pool;

    /// <summary>The buffer to receive into, or the rest of the bytes to send.</summary>
    internal Memory<byte> Buffer { get; set; }

    /// <summary>Gets whether to move bytes; otherwise it waits only until the socket is ready.</summary>
    internal bool MovesBytes { get; private set; }

    /// <summary>The result.</summary>
    internal int Count { get; set; }

    internal override IWaitedFor Source => this;

    string IWaitedFor.Description => $"{_what} {_socket}";

    internal void Begin(EpollSocket socket, CancelScope scope, string what)
    {
        (_socket, _what) = (socket, what);
        Begin(socket.Loop, scope);
    }

    internal void Begin(EpollSocket socket, CancelScope scope, string what, Memory<byte> buffer)
    {
        (Buffer, MovesBytes) = (buffer, true);
        Begin(socket, scope, what);
    }

    /// <summary>The bytes were moved, but the others have their turn first.</summary>
    internal void BeginTurn(EpollSocket socket, int count)
    {
        (_socket, Count) = (socket, count);
        BeginTurn(socket.Loop);
    }

    internal ValueTask<int> AsValueTaskOfInt() => new(this, Version);

    int IValueTaskSource<int>.GetResult(short token)
    {
        var count = Count;
        TakeResult(token);
        return count;
    }

    void IWaitedFor.Abandon(Waiter waiter)
    {
        // the socket looks whether it still waits
    }

    private protected override void Recycle()
    {
        _socket?.Forget(this);
        (_socket, Buffer, MovesBytes, Count) = (null, default, false, 0);
        _pool.Return(this);
    }
}
