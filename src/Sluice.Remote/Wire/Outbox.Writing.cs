using System.Diagnostics;

namespace Sluice;

/// <summary>Writing: on the thread of who flushes as long as that does not block, else on a thread of its own, which is made when it is
/// needed for the first time.</summary>
internal sealed partial class Outbox
{
    /// <summary>The largest piece of one write, so that <see cref="Unsent"/> follows a slow transport.</summary>
    private const int Piece = 256 * 1024;

    /// <summary>A buffer that a large frame has made larger than this is not kept. Above what batches of usual frames come to, since growing a
    /// new one costs more than sending it.</summary>
    private const int LargeBuffer = 4 * 1024 * 1024;

    /// <summary>After so many batches someone else's frames are left to the writer, so that a flush ends.</summary>
    private const int MaxBatches = 4;

    private readonly WakeUpSemaphore _wake = new();

    // Guard: _lock. The bytes in _sending are read by the one who writes without it; a detached transport gets a new buffer,
    // so a writer that is late sees its own until it notices.
    private ByteSink _sending = new();
    private int _sent;
    private Transport? _transport;
    private bool _hasWriter;
    private int _batches;

    /// <summary>Owner: the monitor.</summary>
    private int _seenBatches;

    /// <summary>Writes to this transport from now on.</summary>
    internal void Attach(Transport transport)
    {
        lock (_lock)
        {
            AssertInvariants();
            if (_life == Life.Over)
            {
                return; // the connection has ended since it was given the transport, and has closed it
            }

            _transport = transport;
            WakeWriter();
        }
    }

    /// <summary>Writes no more until another transport comes. The batch that was on its way is gone, maybe in part.</summary>
    internal void Detach()
    {
        lock (_lock)
        {
            DetachWithin();
        }
    }

    private void DetachWithin()
    {
        _transport = null;
        _sending = new();
        _sent = 0;
        _writing = _writing == Writing.Woken ? Writing.Woken : Writing.Idle; // a writer that was woken comes, and finds nothing
        CountUnsent();
        AssertInvariants();
    }

    /// <summary>The end: what is there is dropped, and so is what still comes.</summary>
    internal void Drop()
    {
        lock (_lock)
        {
            DetachWithin();
            _life = Life.Over;
            _filling = new();
            _lastStart = -1;
            CountUnsent();
            if (_hasWriter)
            {
                _wake.Add();
            }
        }
    }

    /// <summary>See <see cref="Connection.Flush"/>.</summary>
    internal void Flush()
    {
        if (Unsent == 0 || !TryTake(out var transport, out var batch, out var from))
        {
            return;
        }

        for (var round = 1; ; round++)
        {
            bool isAll;
            int sent;
            try
            {
                isAll = transport.TrySend(batch.Written[from..], out sent);
            }
            catch (Exception error)
            {
                Failed(transport, error);
                return;
            }

            if (!TryGoOn(transport, ref batch, ref from, sent, canWait: isAll && round < MaxBatches))
            {
                return;
            }
        }
    }

    /// <summary>Called by the monitor: whether something waits for a flush; the second time without success the writer is woken.</summary>
    internal bool Tick()
    {
        lock (_lock)
        {
            AssertInvariants();
            if (_unsent == 0 || _writing != Writing.Idle || _transport is null)
            {
                return false;
            }

            if (_seenBatches == _batches)
            {
                WakeWriter();
            }

            _seenBatches = _batches;
            return true;
        }
    }

    private void WakeWriter()
    {
        if (_writing != Writing.Idle || _transport is null || _unsent == 0)
        {
            return; // who writes looks again before it leaves
        }

        if (TryWake())
        {
            _writing = Writing.Woken;
        }
    }

    /// <summary>False if there is no thread to be had. Then no one writes: the next flush does, and the monitor tries again to start the writer.</summary>
    private bool TryWake()
    {
        _hasWriter = _hasWriter || ConnectionThread.TryStart(options.StartThread, "Sluice connection writer", Write);
        if (_hasWriter)
        {
            _wake.Add();
        }
        else
        {
            ConnectionMonitor.Arm(); // it waits for this lock before it looks
        }

        return _hasWriter;
    }

    private void Write()
    {
        while (true)
        {
            _wake.Wait();
            if (!TryTake(out var transport, out var batch, out var from, isWriter: true))
            {
                if (IsOver)
                {
                    return;
                }

                continue;
            }

            int sent;
            do
            {
                sent = Math.Min(Piece, batch.Length - from);
                try
                {
                    transport.Send(batch.Written.Slice(from, sent));
                }
                catch (Exception error)
                {
                    Failed(transport, error);
                    break;
                }
            }
            while (TryGoOn(transport, ref batch, ref from, sent, canWait: true));
        }
    }

    private bool IsOver
    {
        get
        {
            lock (_lock)
            {
                return _life == Life.Over;
            }
        }
    }

    /// <summary>Becomes the one who writes, if there is something to write and no one else does.</summary>
    private bool TryTake(out Transport transport, out ByteSink batch, out int from, bool isWriter = false)
    {
        lock (_lock)
        {
            AssertInvariants();
            transport = _transport!;
            if (isWriter && _writing == Writing.Woken)
            {
                _writing = Writing.Idle; // it has come
            }

            var isTaken = _writing == Writing.Busy || (_writing == Writing.LeftToWriter && !isWriter);

            // Open here means open on this very thread: what writes a frame has asked for a flush in the middle of it.
            if (_isOpen || _transport is null || _unsent == 0 || isTaken)
            {
                batch = _sending;
                from = 0;
                return false;
            }

            Swap(); // first: it may fail when memory is short, and then no thread is the writer
            _writing = Writing.Busy;
            batch = _sending;
            from = _sent;
            return true;
        }
    }

    /// <summary>After a write. False if the one who wrote is done: all is sent, or the rest is left to the writer, or the transport is
    /// another one by now.</summary>
    private bool TryGoOn(Transport transport, ref ByteSink batch, ref int from, int sent, bool canWait)
    {
        var isGoodbyeSent = false;
        lock (_lock)
        {
            if (_transport != transport)
            {
                return false;
            }

            _sent += sent;
            CountUnsent();
            AssertInvariants();
            Debug.Assert(_writing == Writing.Busy, "A thread writes that was not let.");
            if (_unsent > 0)
            {
                if (canWait)
                {
                    Swap();
                    batch = _sending;
                    from = _sent;
                    return true;
                }

                _writing = TryWake() ? Writing.LeftToWriter : Writing.Idle;
                return false;
            }

            _writing = Writing.Idle;
            isGoodbyeSent = _life is Life.Closing or Life.Closed;
        }

        if (isGoodbyeSent)
        {
            connection.GoodbyeSent(transport);
        }

        return false;
    }

    /// <summary>Exchanges the two buffers: the written one takes new messages.</summary>
    private void Swap()
    {
        if (_sent < _sending.Length)
        {
            return;
        }

        _kept?.Add(_filling.Written);
        _life = _life == Life.Closing ? Life.Closed : _life;
        var empty = _sending.Capacity > LargeBuffer ? new() : _sending;
        empty.Clear();
        (_sending, _filling) = (_filling, empty);
        _sent = 0;
        _lastStart = -1;
        _batches++;
    }

    private void Failed(Transport transport, Exception error)
    {
        lock (_lock)
        {
            if (_transport != transport)
            {
                return; // it was detached, and that is why
            }

            DetachWithin(); // in the same hold of the lock: the next transport may be attached at any time
        }

        connection.SendingFailed(transport, error);
    }
}
