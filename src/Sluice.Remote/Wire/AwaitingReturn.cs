namespace Sluice;

/// <summary>The server's recovery: it keeps the session for the client to come back.</summary>
internal sealed class AwaitingReturn(TimeSpan window, TimeProvider time) : Recovery(window, time)
{
    // Guard: Gate.
    private bool _isWaiting;
    private bool _isHeld;
    private long _received;
    private Resumption? _next;

    internal override Resumption Next(long received, Exception why)
    {
        lock (Gate)
        {
            _received = received;
            _isWaiting = true;
            Monitor.PulseAll(Gate);
            try
            {
                // A client that is in the middle of coming back when the window passes may do so.
                while (!Await(() => _next is not null, Window) && _isHeld && !IsStopped)
                {
                }

                return _next ?? throw TooLate(why);
            }
            finally
            {
                _isWaiting = false;
                _next = null;
            }
        }
    }

    /// <summary>The client is back: has the reader give up the old transport, of whose end it may not know, and keeps it from going on
    /// until <see cref="Give"/> or <see cref="Release"/>.</summary>
    /// <returns>How many frames have come; null if the session ends, or does not come to rest in time.</returns>
    internal long? TryHold(Connection connection, TimeSpan limit)
    {
        lock (Gate)
        {
            if (_isHeld || (!_isWaiting && !Break(connection, limit)) || IsStopped || _next is not null)
            {
                return null;
            }

            _isHeld = true;
            return _received;
        }
    }

    internal void Give(Resumption next)
    {
        lock (Gate)
        {
            _isHeld = false;
            if (_isWaiting && !IsStopped)
            {
                _next = next;
                Monitor.PulseAll(Gate);
                return;
            }
        }

        next.Transport.Close();
    }

    internal void Release()
    {
        lock (Gate)
        {
            _isHeld = false;
            Monitor.PulseAll(Gate);
        }
    }

    private bool Break(Connection connection, TimeSpan limit)
    {
        connection.Break();
        return Await(() => _isWaiting, limit);
    }
}
