namespace Sluice;

/// <summary>What the reader calls.</summary>
internal sealed partial class Connection
{
    /// <summary>After so many bytes the other side is told that it need not keep them.</summary>
    private const int AcknowledgedAfter = 64 * 1024;

    // Owner: the reader; the count is read by the timer too.
    private long _received;
    private long _number;
    private long _unacknowledgedBytes;

    /// <summary>Guard: an open frame.</summary>
    private long _acknowledged;

    /// <summary>Waits for bytes. False if none will come any more; the handler knows by then.</summary>
    internal bool TryFill(FrameBuffer buffer)
    {
        while (true)
        {
            var transport = _transport;
            Exception? error = null;
            var count = 0;
            try
            {
                count = transport.Receive(buffer.Room());
            }
            catch (Exception failure)
            {
                error = failure;
            }

            if (count > 0)
            {
                buffer.Add(count);
                _keepAlive!.Heard();
                return true;
            }

            buffer.Clear();
            if (!TryOutlive(transport, error))
            {
                return false;
            }
        }
    }

    /// <summary>A frame. True if the handler was told of it.</summary>
    internal bool Received(byte kind, int channel, ByteSource payload)
    {
        if (FrameKind.IsNumbered(kind))
        {
            if (IsQuiet || !IsNew(payload.Left))
            {
                return false;
            }

            _handler!.Received(kind, channel, payload);
            return true;
        }

        switch (kind)
        {
            case FrameKind.Ping:
                _outbox.Begin(FrameKind.Pong, 0);
                _outbox.End(flushFollows: true);
                break;
            case FrameKind.Pong:
                break; // that it was heard is all
            case FrameKind.Acknowledgement:
                _outbox.Acknowledge(Number(payload));
                break;
            case FrameKind.Continuation when _recovery is not null:
                _number = Number(payload) - 1;
                break;
            case FrameKind.Goodbye:
                GoodbyeReceived();
                break;
            case FrameKind.Failure:
                throw new IOException($"The other side ({Peer}) gave up: {payload.ReadText()}");
            default:
                throw new ProtocolException($"The other side ({Peer}) sent a frame of kind {kind}, which has no meaning here.");
        }

        return false;
    }

    /// <summary>After frames that the handler was told of: also if the connection has ended since, with a goodbye in the same batch or because
    /// the handler closed it. What it has put off until now would never be done.</summary>
    internal void BatchEnded() => Tell(static handler => handler.BatchEnded());

    internal void TakenOver() => Tell(static handler => handler.TakenOver());

    private void Tell(Action<IFrameHandler> what)
    {
        try
        {
            what(_handler!);
        }
        catch (Exception error)
        {
            Fail(error);
        }

        _outbox.Flush();
    }

    /// <summary>Counts a numbered frame; false if it was here before.</summary>
    private bool IsNew(int length)
    {
        if (_recovery is null)
        {
            return true;
        }

        if (_number > _received)
        {
            throw new ProtocolException($"The other side ({Peer}) does not go on with frame {_received + 1}.");
        }

        if (++_number <= _received)
        {
            return false;
        }

        Volatile.Write(ref _received, _number);
        _unacknowledgedBytes += length;
        if (_unacknowledgedBytes >= AcknowledgedAfter)
        {
            _unacknowledgedBytes = 0;
            Acknowledge();
        }

        return true;
    }

    /// <summary>The outbox's lock, which an open frame holds, keeps the reader's acknowledgements and the timer's in order.</summary>
    private void Acknowledge()
    {
        if (_recovery is null)
        {
            return;
        }

        var frame = _outbox.Begin(FrameKind.Acknowledgement, 0);
        var received = Volatile.Read(ref _received);
        if (received == _acknowledged)
        {
            _outbox.Rewind();
            return;
        }

        _acknowledged = received;
        frame.WriteVarint((ulong)received);
        _outbox.End(flushFollows: true);
    }

    private static long Number(ByteSource payload) =>
        payload.ReadVarint() is var number && number <= long.MaxValue ? (long)number : throw new ProtocolException("A number of a frame is damaged.");
}
