namespace Sluice;

/// <summary>Frames on their way out. Two buffers: while one is written the other one fills, so a slow transport makes large batches and
/// an idle one sends at once. At most one thread writes; a blocked transport blocks no one who puts in frames.</summary>
internal sealed partial class Outbox(Connection connection, ConnectionOptions options, bool keeps)
{
    /// <summary>So much is sent by who put it in, without waiting for a flush.</summary>
    private const int FlushAt = 64 * 1024;

    /// <summary>A frame of this length is not continued, so that the receiver need not wait for all of a long stream of small items.</summary>
    private const int JoinedUpTo = 64 * 1024;

    /// <summary>So many characters of a failure are told.</summary>
    private const int MaxFailure = 1000;

    private readonly Lock _lock = new();

    // Guard of all below: _lock. A frame that is open is a lock that is held.
    private ByteSink _filling = new();
    private bool _isOpen; // a frame is, on the thread that holds the lock
    private bool _wasEmpty; // when that thread took the lock
    private int _openStart;
    private int _openAt;
    private byte _openKind;
    private int _openChannel;
    private int _lastStart = -1;
    private byte _lastKind;
    private int _lastChannel;
    private long _unsent;

    /// <summary>Bytes that the system has not taken yet.</summary>
    internal long Unsent => Volatile.Read(ref _unsent);

    /// <summary>See <see cref="Connection.Begin"/>.</summary>
    internal ByteSink Begin(byte kind, int channel)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channel);
        _lock.Enter();
        if (_isOpen)
        {
            _lock.Exit();
            throw new InvalidOperationException("This thread has a frame open already: what writes a frame must not begin another one.");
        }

        _wasEmpty = _unsent == 0;
        Open(kind, channel);
        return _filling;
    }

    /// <summary>See <see cref="Connection.Next"/>.</summary>
    internal void Next()
    {
        _ = TryCloseFrame(); // if no one reads it the rest has to go somewhere all the same
        Open(_openKind, _openChannel);
    }

    private void Open(byte kind, int channel)
    {
        _isOpen = true;
        _openAt = _filling.Length;
        _openKind = kind;
        _openChannel = channel;
        if (FrameKind.IsJoined(kind) && _lastStart >= 0 && kind == _lastKind && channel == _lastChannel && _filling.Length - _lastStart < JoinedUpTo)
        {
            _openStart = _lastStart;
        }
        else
        {
            OpenOwn();
        }
    }

    /// <summary>A frame that continues no other.</summary>
    private void OpenOwn()
    {
        _openStart = _openAt;
        try
        {
            FrameHeader.Write(_filling, _openKind, _openChannel);
        }
        catch
        {
            Rewind(); // no memory: the lock must not stay behind
            throw;
        }
    }

    /// <summary>See <see cref="Connection.End"/>.</summary>
    internal void End(bool flushFollows)
    {
        if (!TryCloseFrame())
        {
            _lock.Exit();
            return;
        }

        var isFirst = _wasEmpty;
        var flush = _writing is Writing.Idle or Writing.Woken && _filling.Length >= FlushAt;
        if (!flush && !flushFollows)
        {
            WakeWriter();
        }

        var isTooMuch = _kept is not null && (long)_kept.Length + _filling.Length > options.MaxKeptBytes;
        _lock.Exit();
        if (isTooMuch)
        {
            connection.Fail(new IOException($"More than {options.MaxKeptBytes} bytes wait for the other side's acknowledgement."));
        }
        else if (flush)
        {
            Flush();
        }
        else if (isFirst && flushFollows)
        {
            Interlocked.MemoryBarrier(); // either the monitor still sees the frame, or this sees that it has stopped
            ConnectionMonitor.Arm();
        }
    }

    /// <summary>See <see cref="Connection.Rewind"/>.</summary>
    internal void Rewind()
    {
        TakeBack();
        _lock.Exit();
    }

    /// <summary>Closes the open frame and keeps the lock. False if no one will read it: it is taken back.</summary>
    /// <exception cref="InvalidOperationException">It is too long: it is taken back, and the lock is given back.</exception>
    private bool TryCloseFrame()
    {
        if (LengthOfOpen > options.MaxFrameSize && _openStart < _openAt)
        {
            SplitOff();
        }

        if (LengthOfOpen is var length && length > options.MaxFrameSize)
        {
            Rewind();
            throw TooLarge(length);
        }

        if (_life != Life.Open)
        {
            TakeBack();
            return false;
        }

        FrameHeader.Seal(_filling, _openStart);
        _isOpen = false;
        _lastStart = _openStart;
        _lastKind = _openKind;
        _lastChannel = _openChannel;
        CountUnsent();
        AssertInvariants();
        return true;
    }

    /// <summary>See <see cref="Connection.CheckLength"/>.</summary>
    internal void CheckLength(int payload)
    {
        if (payload + FrameHeader.Longest > options.MaxFrameSize)
        {
            throw TooLarge(payload);
        }
    }

    private InvalidOperationException TooLarge(int length) =>
        new($"An item or message of {length} bytes is too large: at most {options.MaxFrameSize} may cross (MaxFrameSize in the options of the environment).");

    private int LengthOfOpen => _filling.Length - _openStart - FrameHeader.Prefix;

    /// <summary>The frame that is continued has no room for what was added: that gets one of its own.</summary>
    private void SplitOff()
    {
        var added = _filling.Written[_openAt..].ToArray();
        _filling.Rewind(_openAt);
        OpenOwn();
        _filling.WriteBytes(added);
    }

    private void TakeBack()
    {
        _filling.Rewind(_openAt);
        _isOpen = false;
    }

    /// <summary>Nothing is taken any more; a goodbye follows what is there.</summary>
    internal void Close()
    {
        lock (_lock)
        {
            AssertInvariants();
            if (_life == Life.Open)
            {
                _life = Life.Closing;
                AppendLast(FrameKind.Goodbye);
                WakeWriter();
            }
        }
    }

    /// <summary>Nothing is taken any more. A failure follows the batch that is being written; frames that no write was given are dropped.</summary>
    /// <returns>False if there is no transport to write it to, or the last frame was put in before.</returns>
    internal bool TryCloseWith(string failure)
    {
        lock (_lock)
        {
            AssertInvariants();
            if (_transport is null || _life != Life.Open)
            {
                return false;
            }

            _life = Life.Closing;
            _filling.Clear();
            AppendLast(FrameKind.Failure, failure.AsSpan(0, Math.Min(failure.Length, MaxFailure)));
            WakeWriter();
            return true;
        }
    }

    private void AppendLast(byte kind, ReadOnlySpan<char> text = default)
    {
        var start = _filling.Length;
        FrameHeader.Write(_filling, kind, 0);
        if (kind == FrameKind.Failure)
        {
            _filling.WriteText(text);
        }

        FrameHeader.Seal(_filling, start);
        _lastStart = -1;
        CountUnsent();
    }

    private void CountUnsent() => Volatile.Write(ref _unsent, (long)_filling.Length + _sending.Length - _sent);
}
