namespace Sluice;

/// <summary>The sessions of a listener, by their number.</summary>
internal sealed class WireSessions(int limit)
{
    private readonly Lock _lock = new();

    /// <summary>Guard: _lock.</summary>
    private readonly Dictionary<Guid, WireSession> _sessions = [];

    internal int Count
    {
        get
        {
            lock (_lock)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>Keeps it until its connection has ended.</summary>
    /// <exception cref="WireRefusedException">There are too many, or it is there already.</exception>
    internal void Add(WireSession session)
    {
        lock (_lock)
        {
            if (_sessions.Count >= limit)
            {
                throw new WireRefusedException(RefusalReason.Busy, $"There are {limit} connections already, which is the limit.");
            }

            if (!_sessions.TryAdd(session.Greeting.Session, session))
            {
                throw new WireRefusedException(RefusalReason.Malformed, "There is such a session already.");
            }
        }

        session.Greeting.Connection.Ended.ContinueWith(
            _ => Remove(session.Greeting.Session), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    internal void Remove(Guid session)
    {
        lock (_lock)
        {
            _sessions.Remove(session);
        }
    }

    /// <summary>The session that a client goes on with, if it is the one that began it.</summary>
    /// <exception cref="WireRefusedException">There is none.</exception>
    internal WireSession Find(Hello hello, string? certificate)
    {
        lock (_lock)
        {
            return _sessions.TryGetValue(hello.Session, out var session)
                && session.Recovery is not null
                && session.Greeting.Application == hello.Application
                && session.Greeting.Role == hello.Role
                && session.Greeting.Certificate == certificate
                ? session
                : throw new WireRefusedException(RefusalReason.UnknownSession, "There is no such session, or not any more.");
        }
    }

    /// <summary>No one can come back any more.</summary>
    internal void StopRecovering()
    {
        lock (_lock)
        {
            foreach (var session in _sessions.Values)
            {
                session.Recovery?.Stop();
            }
        }
    }
}

/// <summary>A client that was let in, and how it may come back; null if it may not.</summary>
internal sealed record WireSession(Greeting Greeting, AwaitingReturn? Recovery);
