namespace Sluice;

/// <summary>What the reader calls.</summary>
internal sealed partial class Connection
{
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
            if (IsQuiet)
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
            case FrameKind.Goodbye:
                GoodbyeReceived();
                break;
            default:
                throw new InvalidDataException($"The other side ({Peer}) sent a frame of kind {kind}, which has no meaning here.");
        }

        return false;
    }

    internal void BatchEnded()
    {
        if (!IsQuiet)
        {
            try
            {
                _handler!.BatchEnded();
            }
            catch (Exception error)
            {
                Fail(error);
            }
        }

        _outbox.Flush();
    }
}
