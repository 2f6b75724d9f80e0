using System.Diagnostics;

namespace Sluice;

/// <summary>The ways in which a connection ends.</summary>
/// <remarks>
/// <list type="table">
/// <item><term>open to closing</term><description><see cref="Close"/> and <see cref="Abort"/>: this side's last frame is in the outbox.</description></item>
/// <item><term>closing to said</term><description><see cref="GoodbyeSent"/>: it went out, and the other side's has not come.</description></item>
/// <item><term>open, closing or said to heard</term><description><see cref="GoodbyeReceived"/>: the other side's has come. From said the connection is over
/// at once; else this side's goes out first.</description></item>
/// <item><term>any to over</term><description><see cref="TryFinish"/>, by the first of: both goodbyes, a transport that is lost for good, the time that a close
/// may take.</description></item>
/// </list>
/// A failure is decided beside that: it is told instead of a goodbye that has not come by then.
/// </remarks>
internal sealed partial class Connection
{
    // Guard: _lock. Read without it where being late by a frame does no harm.
    private Phase _phase;
    private bool _isRecovering; // it has no transport, in any phase before heard
    private bool _isLimited; // see LimitSilence
    private Exception? _failure;
    private Exception? _sendError;
    private ITimer? _closeTimer;

    /// <summary>Gets whether the handler must hear nothing any more.</summary>
    private bool IsQuiet => _phase != Phase.Open || _failure is not null;

    private enum Phase
    {
        /// <summary>Neither side has begun to end it.</summary>
        Open,

        /// <summary>This side is closing it, and its last frame has not gone out.</summary>
        Closing,

        /// <summary>This side has said goodbye, and waits for the other side's.</summary>
        Said,

        /// <summary>The other side has said goodbye: nothing more comes in.</summary>
        Heard,

        /// <summary>Nothing more is sent or told.</summary>
        Over,
    }

    /// <summary>Sends what is left, says goodbye and waits for the other side's, at most for <see cref="ConnectionOptions.CloseTimeout"/>;
    /// <see cref="Ended"/> completes when that is done. The handler hears nothing from now on. Does not block; twice does nothing.</summary>
    /// <param name="hasAll">All that mattered has been received: if the transport breaks now it is not restored for the goodbyes' sake.</param>
    internal void Close(bool hasAll = false)
    {
        if (hasAll)
        {
            _recovery?.Stop();
        }

        lock (_lock)
        {
            if (_phase != Phase.Open)
            {
                return;
            }

            MoveTo(Phase.Closing);
            LimitClosing();
        }

        _outbox.Close();
        _outbox.Flush();
    }

    /// <summary>Ends with a failure in place of the goodbye. Frames that wait to be written are dropped; the other side is told the reason if
    /// it takes it within <see cref="ConnectionOptions.CloseTimeout"/>, and <see cref="Ended"/> completes when that is decided. The handler hears
    /// nothing from now on. Does not block; after a close or a goodbye it does nothing.</summary>
    /// <remarks>The socket stays open, and what comes in is read and dropped, until the other side has closed it: a socket that is closed
    /// with bytes unread resets the connection, and the reset destroys what was sent last, which is the reason.</remarks>
    internal void Abort(Exception cause)
    {
        _recovery?.Stop();
        lock (_lock)
        {
            if (_phase != Phase.Open)
            {
                return;
            }

            MoveTo(Phase.Closing); // before the other side hears of it, whose end would be told as a loss
            LimitClosing();
        }

        if (_outbox.TryCloseWith(cause.Message))
        {
            _outbox.Flush();
        }
        else
        {
            TryFinish(); // it was not started, or its transport is broken
        }
    }

    /// <summary>Only the end of the other side is still of interest. From now on it is lost, for good, when it is silent for this long, or as long as
    /// it may be anyway if that is less: it is asked at once, and a broken transport is not waited for any longer either. Twice does nothing.</summary>
    internal void LimitSilence(TimeSpan limit)
    {
        lock (_lock)
        {
            if (_isLimited || _phase == Phase.Over || _keepAlive is null)
            {
                return;
            }

            _isLimited = true;
            _keepAlive.Stop(); // a tick of it that is under way asks once more, or says what is true
            _keepAlive = new(this, _options.SilenceTimeout == Timeout.InfiniteTimeSpan || limit < _options.SilenceTimeout ? limit : _options.SilenceTimeout, _options.Time);
        }

        Ping();
    }

    /// <summary>Cannot go on; the reader finds out and informs the handler.</summary>
    internal void Fail(Exception cause)
    {
        Transport transport;
        lock (_lock)
        {
            if (_phase == Phase.Heard)
            {
                return; // all is told
            }

            _failure ??= cause;
            transport = _transport;
        }

        _recovery?.Stop();
        transport.Close();
    }

    /// <summary>Nothing was heard for too long.</summary>
    internal void Silent(TimeoutException cause)
    {
        if (_recovery is null || Volatile.Read(ref _isLimited))
        {
            Fail(cause);
        }
        else
        {
            Break();
        }
    }

    /// <summary>Gives the transport up, so that the reader goes on with another one.</summary>
    internal void Break()
    {
        lock (_lock)
        {
            if (_isRecovering)
            {
                return;
            }
        }

        _transport.Close();
    }

    /// <summary>The outbox has given up a transport. What has come in may still say why, so it is read first.</summary>
    internal void SendingFailed(Transport transport, Exception error)
    {
        lock (_lock)
        {
            if (_transport == transport)
            {
                _sendError ??= error;
            }
        }

        transport.EndReceiving();
    }

    internal void GoodbyeSent(Transport transport)
    {
        transport.EndSending();
        bool isDone;
        lock (_lock)
        {
            isDone = _phase == Phase.Heard;
            if (_phase == Phase.Closing)
            {
                MoveTo(Phase.Said); // once: behind a broken transport the goodbye goes out again
            }
        }

        if (isDone)
        {
            TryFinish();
        }
    }

    private void GoodbyeReceived()
    {
        bool isNews, isDone;
        lock (_lock)
        {
            if (_phase is Phase.Heard or Phase.Over || _failure is not null)
            {
                return; // a failure comes first, and is still to be told
            }

            isNews = _phase == Phase.Open;
            isDone = _phase == Phase.Said;
            MoveTo(Phase.Heard);
            LimitClosing();
        }

        if (isNews)
        {
            _handler!.Closed();
        }

        if (isDone)
        {
            TryFinish();
        }
        else
        {
            _outbox.Close();
        }
    }

    /// <summary>The transport has come to its end. True if there is another one to go on with.</summary>
    private bool TryOutlive(Transport transport, Exception? error)
    {
        Exception cause;
        lock (_lock)
        {
            cause = _failure ?? error ?? _sendError ?? new EndOfStreamException($"The other side ({Peer}) is gone without a goodbye.");
            _isRecovering = _recovery is not null && _failure is null && _phase is not (Phase.Heard or Phase.Over);
        }

        if (_isRecovering && TryResume(transport, ref cause))
        {
            return true;
        }

        bool isNews;
        lock (_lock)
        {
            isNews = _phase == Phase.Open;
            cause = _failure ?? cause;
            _failure ??= cause; // decided: a goodbye or a close comes too late
        }

        if (TryFinish() && isNews)
        {
            _handler!.Lost(cause);
        }

        return false;
    }

    private bool TryResume(Transport broken, ref Exception cause)
    {
        broken.Close();
        _outbox.Detach();
        try
        {
            var next = _recovery!.Next(_received, cause);
            bool isOver;
            lock (_lock)
            {
                _transport = next.Transport;
                _sendError = null;
                _isRecovering = false;
                isOver = _phase == Phase.Over;
            }

            if (isOver)
            {
                next.Transport.Close();
                return false;
            }

            _number = long.MaxValue; // nothing but a continuation may come first
            _keepAlive!.Heard();
            _outbox.Resume(next.Transport, next.Received);
            return true;
        }
        catch (Exception error)
        {
            cause = error;
            return false;
        }
    }

    private void LimitClosing() =>
        _closeTimer ??= _options.Time.CreateTimer(static self => ((Connection)self!).TryFinish(), this, _options.CloseTimeout, Timeout.InfiniteTimeSpan);

    /// <summary>False if it was over before.</summary>
    private bool TryFinish()
    {
        lock (_lock)
        {
            if (_phase == Phase.Over)
            {
                return false;
            }

            MoveTo(Phase.Over);
            _closeTimer?.Dispose();
            _keepAlive?.Stop();
        }

        _outbox.Drop();
        _recovery?.Stop();
        _transport.Close();
        ConnectionMonitor.Forget(this);
        _ended.SetResult();
        return true;
    }

    /// <summary>Changes the phase, by the table above. With the lock held.</summary>
    private void MoveTo(Phase next)
    {
        Debug.Assert(_lock.IsHeldByCurrentThread, "The lock is not held.");
        Debug.Assert(
            next switch
            {
                Phase.Closing => _phase == Phase.Open,
                Phase.Said => _phase == Phase.Closing,
                Phase.Heard => _phase is Phase.Open or Phase.Closing or Phase.Said,
                Phase.Over => _phase != Phase.Over,
                _ => false,
            },
            $"A connection that is {_phase} cannot be {next}.");
        _phase = next;
    }
}
