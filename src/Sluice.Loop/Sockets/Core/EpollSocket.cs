using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>A socket that the loop drives itself. It tries first, and asks the poller only when it would block: once for each
/// direction and for good, since the poller reports changes.</summary>
/// <remarks>A receive that fills less than the buffer, and a send that takes less than all, say that the next one would block
/// (epoll(7)), so that one is not even tried before the poller reports a change. A round trip is one wait, one receive, one send.</remarks>
internal sealed partial class EpollSocket : LoopSocket
{
    private const PollEvents Trouble = PollEvents.Error | PollEvents.HangUp | PollEvents.PeerClosed | PollEvents.Urgent;

    private readonly SafeSocketHandle _handle;
    private readonly int _descriptor;
    private Socket? _socket;
    private SocketWaiter? _reader;
    private SocketWaiter? _writer;

    internal EpollSocket(EventLoop loop, Socket socket)
        : this(loop, socket.SafeHandle)
    {
        _socket = socket;
        socket.Blocking = false;
    }

    private EpollSocket(EventLoop loop, SafeSocketHandle handle)
        : base(loop)
    {
        _handle = handle;
        _descriptor = (int)handle.DangerousGetHandle();
    }

    /// <summary>Made when it is asked for, which for an accepted connection is mostly never.</summary>
    internal override Socket Socket => _socket ??= new(_handle);

    internal static new async ValueTask<LoopSocket> ConnectAsync(EventLoop loop, EndPoint address)
    {
        var socket = new EpollSocket(loop, NewHandle(Libc.NewSocket(address.AddressFamily)));
        try
        {
            await socket.ConnectAsync(address.Serialize());
            _ = socket.Socket; // it is made of a connected one, so it knows the addresses
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal override ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        CheckReader("read from one stream");
        var scope = Loop.CurrentScope;
        if (scope.IsCancelled)
        {
            return Refuse(scope).AsValueTaskOfInt();
        }

        if (_canRead)
        {
            var count = buffer.IsEmpty ? Look() : Receive(buffer.Span);
            if (count >= 0)
            {
                return Loop.MayGoOn() ? new(count) : Turn(ref _reader, count).AsValueTaskOfInt();
            }

            if (count != -Libc.WouldBlock)
            {
                return ValueTask.FromException<int>(LinuxError.ToException(-count));
            }
        }

        Watch(PollEvents.Read);
        _reader = Loop.SocketWaiters.Rent();
        if (buffer.IsEmpty)
        {
            _reader.Begin(this, scope, "bytes from");
        }
        else
        {
            _reader.Begin(this, scope, "bytes from", buffer);
        }

        return _reader.AsValueTaskOfInt();
    }

    internal override ValueTask SendAsync(ReadOnlyMemory<byte> data)
    {
        CheckUse();
        if (_writer is not null)
        {
            throw Busy("write to one stream");
        }

        var scope = Loop.CurrentScope;
        if (scope.IsCancelled)
        {
            return Refuse(scope).AsValueTask();
        }

        if (_canWrite)
        {
            var count = Send(data.Span);
            if (count == data.Length)
            {
                return Loop.MayGoOn() ? default : Turn(ref _writer, count).AsValueTask();
            }

            if (count < 0 && count != -Libc.WouldBlock)
            {
                return ValueTask.FromException(LinuxError.ToException(-count));
            }

            data = data[Math.Max(count, 0)..];
        }

        Watch(PollEvents.Write);
        _writer = Loop.SocketWaiters.Rent();
        _writer.Begin(this, scope, "room to write to", MemoryMarshal.AsMemory(data));
        return _writer.AsValueTask();
    }

    internal override async ValueTask<LoopSocket> AcceptAsync()
    {
        CheckReader("accept from one listener");
        await CheckpointAsync();
        while (true)
        {
            var accepted = _canRead ? Libc.Accept(_descriptor) : -Libc.WouldBlock;
            if (accepted >= 0)
            {
                var socket = new EpollSocket(Loop, NewHandle(accepted));
                if (!Loop.MayGoOn())
                {
                    await Loop.TurnAsync(); // not to be cancelled: the connection is taken
                }

                return socket;
            }

            if (accepted == -Libc.WouldBlock)
            {
                _canRead = false;
                Watch(PollEvents.Read);
                _reader = Loop.SocketWaiters.Rent();
                _reader.Begin(this, Loop.CurrentScope, "a connection to");
                await _reader.AsValueTask();
                CheckUse();
            }
            else if (!LinuxError.IsOfTheConnection(-accepted))
            {
                throw LinuxError.ToException(-accepted);
            }
        }
    }

    private static SafeSocketHandle NewHandle(int descriptor) =>
        descriptor >= 0 ? new(descriptor, ownsHandle: true) : throw LinuxError.ToException(-descriptor);

    private async ValueTask ConnectAsync(SocketAddress address)
    {
        await CheckpointAsync();
        while (true)
        {
            switch (Libc.Connect(_descriptor, address.Buffer.Span[..address.Size]))
            {
                case 0 or -Libc.IsConnected:
                    return;
                case -Libc.ConnectBegun or -Libc.ConnectAlreadyBegun:
                    Watch(PollEvents.Write);
                    _writer = Loop.SocketWaiters.Rent();
                    _writer.Begin(this, Loop.CurrentScope, "a connection");
                    await _writer.AsValueTask();
                    break;
                case var error:
                    throw LinuxError.ToException(-error);
            }
        }
    }

    private void CheckReader(string what)
    {
        CheckUse();
        if (_reader is not null)
        {
            throw Busy(what);
        }
    }

    private ValueTask CheckpointAsync()
    {
        var scope = Loop.CurrentScope;
        return scope.IsCancelled ? Loop.TurnAsync(scope.NewCancellation()) : default;
    }

    private SocketWaiter Refuse(CancelScope scope)
    {
        var waiter = Loop.SocketWaiters.Rent();
        waiter.BeginTurn(Loop, scope.NewCancellation());
        return waiter;
    }

    private SocketWaiter Turn(ref SocketWaiter? place, int count)
    {
        place = Loop.SocketWaiters.Rent();
        place.BeginTurn(this, count);
        return place;
    }
}
