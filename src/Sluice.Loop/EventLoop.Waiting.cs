namespace Sluice;

/// <summary>Waiting: used when no callback is ready.</summary>
public sealed partial class EventLoop
{
    private readonly Poller _poller = Poller.Create();
    private ProofPauses _proofPauses = new();
    private EventLoopDeadlockException? _deadlock;

    /// <summary>Watches descriptors.</summary>
    internal Poller Poller => _poller;

    /// <summary>Something is ready to run, but descriptors have a right to be looked at too.</summary>
    private void Look()
    {
        if (_sinceLook >= BatchSize && _poller.Watched > 0)
        {
            Poll(0);
        }
    }

    private void WaitForWork()
    {
        _running = default; // nor is what ran last kept alive by that
        var milliseconds = Clock.WaitUntil(Timers.Earliest);
        if (milliseconds != 0 && Clock.CanJump && _work.Calls == 0)
        {
            Poll(0);
            if (_ready.Count > 0 || _incoming.HasWork || Clock.TryJump())
            {
                TurnTimestamp = Clock.Now;
                return;
            }
        }

        var canBeStuck = CanBeStuck;
        if (canBeStuck && _proofPauses.IsTime() && IsDeadlock())
        {
            EndDeadlock();
            return;
        }

        if (milliseconds != 0 && !_incoming.TrySleep())
        {
            milliseconds = 0;
        }

        Poll(milliseconds != 0 && canBeStuck ? _proofPauses.Quiet : milliseconds);
        var isQuiet = _incoming.EndSleep() && _ready.Count == 0;
        if (canBeStuck && isQuiet)
        {
            _proofPauses.EndQuiet();
        }
    }

    private void Poll(int milliseconds)
    {
        _statistics.Polls++;
        _sinceLook = 0;
        _poller.Wait(milliseconds);
        TurnTimestamp = Clock.Now;
    }

    /// <summary>Gets whether it is worth the cost to look for a deadlock: nothing that the loop knows of can wake it. The proof finds out.</summary>
    private bool CanBeStuck =>
        _options.DetectDeadlocks && Timers.Count == 0 && _poller.Watched == 0 && _work.MayBeStuck(_deadlock is not null) && !_incoming.HasWork;

    /// <summary>If a signal can cancel the tasks, who waits with a token waits for that, as who sleeps without end does.</summary>
    private bool IsDeadlock()
    {
        var tokens = _options.HandleSignals ? _root.TokensDown() : [];
        var isProved = DeadlockProof.NobodyElseRefersTo(ref _root);
        GC.KeepAlive(tokens);
        return isProved;
    }

    private void EndDeadlock()
    {
        if (_deadlock is not null)
        {
            throw _deadlock; // they were cancelled, and wait again: they are left as they are
        }

        _deadlock = new(Dump());
        _proofPauses.LookAgain();
        Fail(_deadlock);
    }
}
