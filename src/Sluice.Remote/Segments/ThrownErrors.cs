namespace Sluice;

/// <summary>Errors that were thrown into a segment elsewhere, and who waits until they were handled. Thread safety: any thread.</summary>
internal sealed class ThrownErrors
{
    private readonly Dictionary<ulong, Action<Exception?>> _waiting = []; // guarded by itself
    private ulong _last;
    private Exception? _lost;

    /// <summary>False: no one is there to deal with it, which <paramref name="done"/> was told.</summary>
    internal bool TryAdd(Action<Exception?> done, out ulong id)
    {
        lock (_waiting)
        {
            id = ++_last;
            if (_lost is null)
            {
                _waiting.Add(id, done);
                return true;
            }
        }

        done(_lost);
        return false;
    }

    /// <summary>One was handled; <paramref name="back"/> is what came back, if anything did.</summary>
    internal void Dealt(ulong id, Exception? back)
    {
        Action<Exception?>? done;
        lock (_waiting)
        {
            _ = _waiting.Remove(id, out done);
        }

        done?.Invoke(back);
    }

    /// <summary>It was not sent after all. Its waiter is told nothing here.</summary>
    internal void Forget(ulong id)
    {
        lock (_waiting)
        {
            _ = _waiting.Remove(id);
        }
    }

    internal void FailAll(Exception cause)
    {
        Action<Exception?>[] all;
        lock (_waiting)
        {
            _lost = cause;
            all = [.. _waiting.Values];
            _waiting.Clear();
        }

        Array.ForEach(all, done => done(cause));
    }
}
