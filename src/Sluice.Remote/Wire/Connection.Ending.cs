namespace Sluice;

/// <summary>The ways in which a connection ends.</summary>
internal sealed partial class Connection
{
    // Guard: _lock. Read without it where being late by a frame does no harm.
    private bool _isClosing;
    private bool _isGoodbyeSent;
    private bool _isGoodbyeReceived;
    private bool _isOver;
    private bool _isRecovering;
    private Exception? _failure;
    private Exception? _sendError;
    private ITimer? _closeTimer;

    /// <summary>Whether the handler is to hear nothing any more.</summary>
    private bool IsQuiet => _isClosing || _isGoodbyeReceived || _isOver || _failure is not null;

    /// <summary>Sends what is left, says goodbye and waits for the other side's, at most for <see cref="ConnectionOptions.CloseTimeout"/>;
    /// <see cref="Ended"/> tells when that is done. The handler hears nothing from now on. Does not block; twice does nothing.</summary>
    /// <param name="hasAll">All that mattered has been received: if the transport breaks now it is not restored for the goodbyes' sake.</param>
    internal void Close(bool hasAll = false)
    {
        if (hasAll)
        {
            _recovery?.Stop();
        }

        lock (_lock)
        {
            if (_isClosing || _isGoodbyeReceived || _isOver)
            {
                return;
            }

            _isClosing = true;
            LimitClosing();
        }

        _outbox.Close();
        _outbox.Flush();
    }

    /// <summary>Ends at once: what is unsent is dropped, and the other side sees a failure. The handler hears nothing from now on.</summary>
    internal void Abort(Exception cause)
    {
        lock (_lock)
        {
            _isClosing = true; // before the other side hears of it, whose end would be told as a loss
        }

        _outbox.TryTell(cause.Message);
        TryFinish();
    }

    /// <summary>Cannot go on; the reader finds out and tells the handler.</summary>
    internal void Fail(Exception cause)
    {
        Transport transport;
        lock (_lock)
        {
            if (_isGoodbyeReceived)
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
        if (_recovery is null)
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
            _isGoodbyeSent = true;
            isDone = _isGoodbyeReceived;
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
            if (_isGoodbyeReceived || _isOver || _failure is not null)
            {
                return; // a failure comes first, and is still to be told
            }

            isNews = !_isClosing;
            _isGoodbyeReceived = true;
            isDone = _isGoodbyeSent;
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
            _isRecovering = _recovery is not null && _failure is null && !_isGoodbyeReceived && !_isOver;
        }

        if (_isRecovering && TryResume(transport, ref cause))
        {
            return true;
        }

        bool isNews;
        lock (_lock)
        {
            isNews = !_isClosing && !_isGoodbyeReceived;
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
                isOver = _isOver;
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
            if (_isOver)
            {
                return false;
            }

            _isOver = true;
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
}
