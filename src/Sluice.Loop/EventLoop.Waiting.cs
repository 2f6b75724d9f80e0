namespace Sluice;

/// <summary>What the loop does when nothing is ready.</summary>
public sealed partial class EventLoop
{
    private readonly Poller _poller = Poller.Create();
    private long _polls;
    private int _restsBeforeProof;
    private int _nextRests = 1;
    private EventLoopDeadlockException? _deadlock;

    /// <summary>What watches descriptors.</summary>
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
        var milliseconds = Clock.WaitUntil(Timers.Earliest);
        if (milliseconds != 0 && Clock.CanJump && _calls == 0)
        {
            Poll(0);
            if (_ready.Count > 0 || _hasIncoming || Clock.TryJump())
            {
                TurnTimestamp = Clock.Now;
                return;
            }
        }

        if (IsStuck() && DeadlockProof.NobodyElseRefersTo(ref _root))
        {
            EndDeadlock();
            return;
        }

        lock (_gate)
        {
            if (_hasIncoming || _isWoken)
            {
                milliseconds = 0;
            }

            _isAsleep = milliseconds != 0;
        }

        Poll(milliseconds);
        lock (_gate)
        {
            (_isAsleep, _isWoken) = (false, false);
        }
    }

    private void Poll(int milliseconds)
    {
        _polls++;
        _sinceLook = 0;
        _poller.Wait(milliseconds);
        TurnTimestamp = Clock.Now;
    }

    /// <summary>Whether it is worth the cost to look for a deadlock: nothing that the loop knows of can wake it, and there is a wait
    /// for each task. A task may have several, and another one none: the proof tells.</summary>
    private bool IsStuck()
    {
        if (!_options.DetectDeadlocks || Timers.Count > 0 || _poller.Watched > 0 || _outsideWaits > 0 || _calls > 0 || _voidMethods > 0 || OutsideTokens > 0 || (Waits < Tasks && _deadlock is null) || _hasIncoming)
        {
            return false;
        }

        if (_restsBeforeProof > 0)
        {
            _restsBeforeProof--;
            return false;
        }

        (_restsBeforeProof, _nextRests) = (_nextRests, Math.Min(_nextRests * 2, int.MaxValue / 2));
        return true;
    }

    private void EndDeadlock()
    {
        if (_deadlock is not null)
        {
            throw _deadlock; // they were cancelled, and wait again: they are left as they are
        }

        _deadlock = new(Dump());
        _restsBeforeProof = 0;
        Fail(_deadlock);
    }
}
