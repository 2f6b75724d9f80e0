namespace Sluice;

/// <summary>An edge to a process that may be replaced: items, and an error that was thrown in, are kept until the other side has handled them, and sent again
/// to the one that takes its place.</summary>
internal sealed class ReplayingOutlet<T>(SegmentEndpoint endpoint, SegmentRestarts restarts, Crossing crossing)
    : RemoteOutlet<T>(endpoint, crossing, EdgePosition.Start), IReplayedEnd
{
    /// <summary>Items that the other side has not handled. It is also the lock for all below, and for what the base class counts: who replaces the other
    /// side changes it too. What it says of room without the lock may be wrong, and is asked again within.</summary>
    private readonly Queue<T> _kept = [];
    private bool _isSuspended;
    private byte[]? _keptThrow;
    private ControlMessage? _end;
    private long _takenBefore; // by the sides that were there before this one

    private protected override bool HasRoom => !Volatile.Read(ref _isSuspended) && base.HasRoom;

    internal override int SendSome(ReadOnlySpan<T> items)
    {
        lock (_kept)
        {
            var sent = 0;
            try
            {
                if (!_isSuspended)
                {
                    Write(items, ref sent);
                }
            }
            finally
            {
                foreach (var item in items[..sent])
                {
                    _kept.Enqueue(item);
                }
            }

            return sent;
        }
    }

    public void Suspend()
    {
        lock (_kept)
        {
            Volatile.Write(ref _isSuspended, true);
        }
    }

    public void Resume()
    {
        lock (_kept)
        {
            if (!_isSuspended)
            {
                return; // it was made when the other side was there already
            }

            _takenBefore = TakenItems;
            StartOver();
            foreach (var item in _kept)
            {
                WriteAgain(item);
            }

            if (_keptThrow is not null)
            {
                WriteThrow(_keptThrow);
            }

            if (_end is not null)
            {
                WriteEnd(_end);
            }

            Volatile.Write(ref _isSuspended, false);
        }

        Wake();
    }

    private protected override void Connect()
    {
        lock (_kept)
        {
            Endpoint.Add(Channel, this); // first: who begins to replace the other side from now on finds it
            _isSuspended = restarts.IsReplacing;
            if (!_isSuspended)
            {
                Describe(); // else it is resumed with the others
            }
        }
    }

    private protected override void SendEnd(ControlMessage message)
    {
        lock (_kept)
        {
            _end = message;
            if (!_isSuspended)
            {
                WriteEnd(message);
            }
        }
    }

    private protected override void SendThrow(byte[] message)
    {
        lock (_kept)
        {
            if (_isSuspended)
            {
                Endpoint.Connection.CheckLength(message.Length); // its sender learns now that it is too long: later no one could tell it
            }
            else
            {
                WriteThrow(message);
            }

            _keptThrow = message; // only now: it can be written
        }
    }

    private protected override void Dealt(ulong id, Exception? back)
    {
        lock (_kept)
        {
            _keptThrow = null;
        }

        base.Dealt(id, back);
    }

    private protected override void Take(long items, long bytes)
    {
        lock (_kept)
        {
            var taken = _takenBefore + items;
            for (var dealt = taken - TakenItems; dealt > 0 && _kept.TryDequeue(out _); dealt--)
            {
            }

            Taken(taken, bytes);
        }
    }
}
