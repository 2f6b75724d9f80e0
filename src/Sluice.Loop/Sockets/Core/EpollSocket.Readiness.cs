namespace Sluice;

/// <summary>Readiness: the socket's knowledge of it, and its source.</summary>
internal sealed partial class EpollSocket
{
    private PollEvents _watched;
    private bool _canRead = true;
    private bool _canWrite = true;

    /// <summary>The end, an error or an urgent mark is behind the bytes, so a short receive proves nothing.</summary>
    private bool _isTroubled;

    /// <summary>On the loop's thread, while it polls.</summary>
    internal override void OnReady(PollEvents events)
    {
        var isTrouble = (events & Trouble) != 0;
        _isTroubled |= isTrouble;
        if (isTrouble || (events & PollEvents.Read) != 0)
        {
            _canRead = true;
            GoOnReading();
        }

        if (isTrouble || (events & PollEvents.Write) != 0)
        {
            _canWrite = true;
            GoOnWriting();
        }
    }

    internal override void FetchAhead()
    {
        CachePrefetch.Fetch(_reader);
        CachePrefetch.Fetch(_writer);
    }

    /// <summary>The waiter's result was read.</summary>
    internal void Forget(SocketWaiter waiter)
    {
        _reader = ReferenceEquals(_reader, waiter) ? null : _reader;
        _writer = ReferenceEquals(_writer, waiter) ? null : _writer;
    }

    private protected override void Close()
    {
        if (_watched != PollEvents.None && !Loop.HasEnded)
        {
            Loop.Poller.Unwatch(_descriptor, this);
        }

        if (_socket is not null)
        {
            _socket.Dispose();
        }
        else
        {
            _handle.SetHandleAsInvalid(); // its own disposal is an abort: what was written would be lost
            Epoll.Close(_descriptor);
        }

        FailIfWaiting(_reader);
        FailIfWaiting(_writer);
    }

    private static void FailIfWaiting(SocketWaiter? waiter)
    {
        if (waiter is { IsWaiting: true })
        {
            waiter.Fail(Disposed());
        }
    }

    private void GoOnReading()
    {
        if (_reader is not { IsWaiting: true } reader)
        {
            return; // no one waits, or what was decided was not looked at yet
        }

        if (!reader.MovesBytes)
        {
            reader.Complete();
            return;
        }

        CachePrefetch.Fetch(reader.Scope);
        var count = Receive(reader.Buffer.Span);
        if (count != -Libc.WouldBlock)
        {
            End(reader, count);
        }
    }

    private void GoOnWriting()
    {
        if (_writer is not { IsWaiting: true } writer)
        {
            return;
        }

        if (!writer.MovesBytes)
        {
            writer.Complete();
            return;
        }

        var count = Send(writer.Buffer.Span);
        if (count >= 0 && count < writer.Buffer.Length)
        {
            writer.Buffer = writer.Buffer[count..];
        }
        else if (count != -Libc.WouldBlock)
        {
            End(writer, count);
        }
    }

    private static void End(SocketWaiter waiter, int result)
    {
        if (result < 0)
        {
            waiter.Fail(LinuxError.ToException(-result));
            return;
        }

        waiter.Count = result;
        waiter.Complete();
    }

    private int Receive(Span<byte> buffer)
    {
        var count = Libc.Receive(_descriptor, buffer);
        if (count == -Libc.WouldBlock || (count > 0 && count < buffer.Length && !_isTroubled))
        {
            _canRead = false;
        }

        return count;
    }

    /// <summary>Returns whether there is something to receive: 0, or the negative number of the error.</summary>
    private int Look()
    {
        var count = Libc.Look(_descriptor);
        if (count == -Libc.WouldBlock)
        {
            _canRead = false;
        }

        return Math.Min(count, 0);
    }

    private int Send(ReadOnlySpan<byte> data)
    {
        var count = Libc.Send(_descriptor, data);
        if (count == -Libc.WouldBlock || (count >= 0 && count < data.Length))
        {
            _canWrite = false;
        }

        return count;
    }

    private void Watch(PollEvents direction)
    {
        var events = _watched | direction | PollEvents.PeerClosed | PollEvents.Urgent | PollEvents.OnChange;
        if (_watched == PollEvents.None)
        {
            Loop.Poller.Watch(_descriptor, this, events);
        }
        else if (events != _watched)
        {
            Loop.Poller.Change(_descriptor, this, events);
        }

        _watched = events;
    }
}
