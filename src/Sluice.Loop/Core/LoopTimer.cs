namespace Sluice;

/// <summary>A timer for callbacks. It may be set and disposed of from any thread; then the loop does it.</summary>
internal sealed class LoopTimer : ITimer, IScheduled
{
    private readonly EventLoop _loop;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private readonly Action<object?> _run;
    private TimeSpan _period;
    private long _due;
    private int _isDisposed;

    internal LoopTimer(EventLoop loop, TimerCallback callback, object? state)
    {
        (_loop, _callback, _state) = (loop, callback, state);
        _run = _ => Run();
    }

    int IScheduled.Place { get; set; } = TimerHeap.NoPlace;

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        EventLoop.CheckTimeout(dueTime);
        EventLoop.CheckTimeout(period);
        if (Volatile.Read(ref _isDisposed) == 1)
        {
            return false;
        }

        OnLoop(() => Set(dueTime, period));
        return true;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            OnLoop(() => _loop.Timers.Remove(this));
        }
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return default;
    }

    void IScheduled.Fire()
    {
        if (_period > TimeSpan.Zero)
        {
            _due += Math.Max(1, _loop.Clock.Ticks(_period)); // from when it was due, so that it does not drift
            if (_due <= _loop.TurnTimestamp)
            {
                _due = _loop.DueIn(_period); // ticks that were missed are one
            }

            _loop.Timers.Add(this, _due);
        }

        _loop.Enqueue(new(_run, null));
    }

    private void Set(TimeSpan dueTime, TimeSpan period)
    {
        _loop.Timers.Remove(this);
        if (Volatile.Read(ref _isDisposed) == 1 || dueTime == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        _period = period;
        _due = _loop.DueIn(dueTime);
        _loop.Timers.Add(this, _due);
    }

    private void Run()
    {
        if (Volatile.Read(ref _isDisposed) == 1)
        {
            return;
        }

        if (_context is null)
        {
            _callback(_state);
        }
        else
        {
            ExecutionContext.Run(_context, static timer => ((LoopTimer)timer!)._callback(((LoopTimer)timer)._state), this);
        }
    }

    private void OnLoop(Action change)
    {
        if (_loop.IsOnThread)
        {
            change();
        }
        else if (!_loop.HasEnded)
        {
            _loop.PostFromAnywhere(new(change, null));
        }
    }
}
