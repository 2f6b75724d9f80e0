using System.Diagnostics;

namespace Sluice;

/// <summary>The thread that reads, and who takes over from it: while it is inside of application code another one goes on, and it parks
/// as the spare when it comes back.</summary>
internal sealed class FrameReader(Connection connection, ConnectionOptions options)
{
    private readonly FrameBuffer _buffer = new(options.MaxFrameSize);
    private readonly ByteSource _payload = new([], 0, 0);
    private readonly WakeUpSemaphore _spareIsNeeded = new();
    private readonly Lock _spareLock = new();

    /// <summary>Even: its thread reads. Odd: it is inside of <see cref="Connection.BatchEnded"/>. The thread that changes it from odd to even
    /// is the reader then, the thread that comes back or the monitor in the name of another one. It only grows, so a thread
    /// that comes back late cannot mistake a later batch for its own.</summary>
    private long _turn;

    /// <summary>Owner: the monitor.</summary>
    private long _seenTurn;

    /// <summary>Guard: _spareLock.</summary>
    private SpareState _spare;

    private int _reader;
    private long _takeOvers;

    /// <summary>The number of times that another thread had to go on, which costs a wake-up.</summary>
    internal long TakeOvers => Volatile.Read(ref _takeOvers);

    /// <summary>Gets whether the caller is the reading thread, which flushes by itself when a batch has ended.</summary>
    internal bool IsReader => Volatile.Read(ref _reader) == Environment.CurrentManagedThreadId;

    /// <summary>False if there is no thread to be had.</summary>
    internal bool TryStart() => TryStart(takesOver: false);

    private bool TryStart(bool takesOver) => ConnectionThread.TryStart(options.StartThread, "Sluice connection reader", () => Run(takesOver));

    /// <summary>Called by the monitor: whether it should go on looking.</summary>
    internal bool Tick()
    {
        var turn = Volatile.Read(ref _turn);
        var isNews = turn != _seenTurn;
        _seenTurn = turn;
        if ((turn & 1) == 0)
        {
            return isNews;
        }

        if (!isNews && Interlocked.CompareExchange(ref _turn, turn + 1, turn) == turn)
        {
            Interlocked.Increment(ref _takeOvers);
            WakeSpare();
        }

        return true;
    }

    private void Run(bool takesOver)
    {
        do
        {
            Volatile.Write(ref _reader, Environment.CurrentManagedThreadId);
            for (var isReader = !takesOver || Tell(isBatch: false); isReader; isReader = TryRead())
            {
            }

            takesOver = true;
        }
        while (TryPark());
    }

    /// <summary>One read and what it brings. False if this thread is not the reader any more.</summary>
    private bool TryRead()
    {
        Debug.Assert((Volatile.Read(ref _turn) & 1) == 0 && IsReader, "A thread reads that is not the reader.");
        if (!connection.TryFill(_buffer))
        {
            End();
            return false;
        }

        var isForHandler = false;
        try
        {
            while (_buffer.TryNext(_payload, out var kind, out var channel))
            {
                isForHandler |= connection.Received(kind, channel, _payload);
            }
        }
        catch (Exception error)
        {
            _buffer.Clear();
            connection.Fail(error is InvalidDataException ? new ProtocolException($"The other side ({connection.Peer}) sent a damaged frame. {error.Message}", error) : error);
        }

        if (!isForHandler)
        {
            connection.Flush();
            return true;
        }

        return Tell(isBatch: true);
    }

    /// <summary>Has the handler do what may take long. False if another thread reads then.</summary>
    private bool Tell(bool isBatch)
    {
        var turn = Interlocked.Increment(ref _turn);
        Debug.Assert((turn & 1) == 1, "A thread that is not the reader has called the handler.");
        ConnectionMonitor.Arm();
        if (isBatch)
        {
            connection.BatchEnded();
        }
        else
        {
            connection.TakenOver();
        }

        return Interlocked.CompareExchange(ref _turn, turn + 1, turn) == turn;
    }

    private void WakeSpare()
    {
        lock (_spareLock)
        {
            if (TryWakeParked())
            {
                return;
            }
        }

        if (!TryStart(takesOver: true))
        {
            lock (_spareLock)
            {
                // No thread to be had, and the one inside of the application code is not the reader any more: it may have come back and parked just
                // now, or it has not. Then it, or another one that comes back first, reads on as if no one had taken over from it.
                if (!TryWakeParked())
                {
                    MoveTo(SpareState.Awaited);
                }
            }
        }
    }

    private bool TryWakeParked()
    {
        if (_spare != SpareState.Parked)
        {
            return false;
        }

        MoveTo(SpareState.None);
        _spareIsNeeded.Add();
        return true;
    }

    private bool TryPark()
    {
        lock (_spareLock)
        {
            switch (_spare)
            {
                case SpareState.None:
                    MoveTo(SpareState.Parked);
                    break;
                case SpareState.Awaited:
                    MoveTo(SpareState.None);
                    return true;
                default:
                    return false;
            }
        }

        _spareIsNeeded.Wait();
        lock (_spareLock)
        {
            return _spare != SpareState.Ended;
        }
    }

    private void End()
    {
        lock (_spareLock)
        {
            var isParked = _spare == SpareState.Parked;
            MoveTo(SpareState.Ended);
            if (isParked)
            {
                _spareIsNeeded.Add();
            }
        }
    }

    /// <summary>With the lock held.</summary>
    private void MoveTo(SpareState next)
    {
        Debug.Assert(_spareLock.IsHeldByCurrentThread, "The lock is not held.");
        Debug.Assert(SpareTransitions.MayMove(_spare, next), $"A spare that is {_spare} cannot be {next}.");
        _spare = next;
    }
}
