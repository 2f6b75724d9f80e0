namespace Sluice;

/// <summary>An edge from a process that may be replaced: its items wait until it has handled the items that they result from, since the one that takes its
/// place sends them again.</summary>
internal sealed class ReplayedInlet<T>(SegmentEndpoint endpoint, Crossing crossing, Inlet<T> inlet) : RemoteInlet<T>(endpoint, crossing, inlet), IReplayedEnd
{
    /// <summary>It is also the lock for the credit that the other side was told of, by the strand or by the reading thread.</summary>
    private readonly UncountedItems<T> _held = new(inlet);
    private readonly int _capacity = inlet.Capacity;

    // Owner: the strand; see Resume.
    private bool _isOpened;
    private ReaderEnd? _end;
    private bool _isSettled;

    /// <summary>Owner: the reading thread.</summary>
    private long _bytes;

    EdgePosition IReplayedEnd.Position
    {
        get
        {
            lock (_held)
            {
                return new(Items, _bytes, ToldItems, ToldBytes);
            }
        }
    }

    private protected override (long Items, long Bytes) Credit => (base.Credit.Items + _held.Count, base.Credit.Bytes + _held.Bytes);

    public void Commit()
    {
        if (_held.Count > 0)
        {
            Items += _held.Count;
            _bytes += _held.Bytes;
            Count(_held.Bytes);
            _held.Pass();
        }
    }

    public void Suspend()
    {
        lock (_held)
        {
            _held.Drop();
            TellAll();
        }

        ForgetDescription();
    }

    /// <summary>Sends again the messages that went to the side that was lost.</summary>
    public void Resume()
    {
        Interlocked.MemoryBarrier(); // the connection is the new one: the strand sees that, or this what the strand has noted
        lock (_held)
        {
            TellAll();
            SendCredit();
        }

        if (_isOpened)
        {
            base.SendOpened();
        }

        if (_end is { } end)
        {
            base.SendReaderEnded(end);
        }

        if (_isSettled)
        {
            base.SendSettled();
        }
    }

    private protected override void TakeItems(ByteSource payload)
    {
        var bytes = payload.Left;
        while (payload.Left > 0)
        {
            var item = Read(payload);
            if (Items + _held.Count - ToldItems >= _capacity)
            {
                throw TooMany();
            }

            _held.Hold(item);
        }

        _held.AddBytes(bytes);
        Tell();
    }

    private protected override void Handled()
    {
        _held.Refill();
        Tell();
    }

    private protected override void SendOpened()
    {
        _isOpened = true;
        Interlocked.MemoryBarrier(); // before something is said on the connection, which may just be replaced: see Resume
        base.SendOpened();
    }

    private protected override void SendReaderEnded(ReaderEnd end)
    {
        _end = end;
        Interlocked.MemoryBarrier(); // as above
        base.SendReaderEnded(end);
    }

    private protected override void SendSettled()
    {
        _isSettled = true;
        Interlocked.MemoryBarrier(); // as above
        base.SendSettled();
    }

    private protected override void Raise(ControlMessage message, Action<Exception?>? done) => _held.WriteControl(message, done);

    private protected override void CountAll() => Commit();

    private void Tell()
    {
        lock (_held)
        {
            TellIfOwed();
        }
    }
}
