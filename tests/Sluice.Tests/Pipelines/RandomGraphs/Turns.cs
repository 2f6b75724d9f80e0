using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice.Tests;

/// <summary>Decides by chance the order of everything that a run waits for: coroutines that gave way go on, and timers ring, one at a time
/// on the thread that calls <see cref="RunUntil"/>. So a seed gives the same run nearly each time (what the library
/// itself leaves to the pool is the exception), and no time is waited for. Given
/// threads, those that gave way go on on pool threads instead, and chance is the machine's.</summary>
/// <remarks>A timer rings when nothing else is ready, or, seldom, before; the clock is then what it was set for.</remarks>
internal sealed class Turns(Random random, bool onThreads) : TimeProvider
{
    private const int MaxTurns = 100_000;

    private static readonly DateTimeOffset s_start = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    private readonly object _lock = new(); // guards all that follows; pulsed when there is something to do
    private readonly List<Action> _ready = [];
    private readonly List<TurnTimer> _armed = [];
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => new(s_start.Ticks + GetTimestamp(), TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new TurnTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>To be awaited: lets others go first.</summary>
    internal Giving GiveWay() => new(this);

    internal void RunUntil(Task end, Func<string> what)
    {
        _ = end.ContinueWith(_ => Change(static () => { }), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        for (var turn = 0; turn < MaxTurns; turn++)
        {
            if (Next(end, what) is not { } next)
            {
                return;
            }

            next();
        }

        throw new TimeoutException($"After {MaxTurns} turns there was no end of {what()}");
    }

    /// <summary>Null at the end. If nothing is ready, something goes on on another thread.</summary>
    private Action? Next(Task end, Func<string> what)
    {
        lock (_lock)
        {
            while (!end.IsCompleted)
            {
                if (_armed.Count > 0 && (_ready.Count == 0 || random.Next(8) == 0))
                {
                    var first = _armed.MinBy(timer => timer.DueAt)!;
                    _armed.Remove(first);
                    Volatile.Write(ref _now, Math.Max(_now, first.DueAt));
                    return first.Ring;
                }

                if (_ready.Count > 0)
                {
                    var chosen = random.Next(_ready.Count);
                    var next = _ready[chosen];
                    _ready.RemoveAt(chosen);
                    return next;
                }

                if (!Monitor.Wait(_lock, Wait.Limit))
                {
                    throw new TimeoutException($"Waited {Wait.Limit.TotalSeconds} s in vain for the end of {what()}");
                }
            }

            return null;
        }
    }

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
            Monitor.PulseAll(_lock);
        }
    }

    private void Add(Action continuation)
    {
        if (onThreads)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static go => go(), continuation, preferLocal: false);
        }
        else
        {
            Change(() => _ready.Add(continuation));
        }
    }

    internal readonly struct Giving(Turns turns) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => false;

        public Giving GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => turns.Add(continuation);

        public void UnsafeOnCompleted(Action continuation) => turns.Add(continuation);
    }

    private sealed class TurnTimer(Turns turns, TimerCallback callback, object? state) : ITimer
    {
        internal long DueAt { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Debug.Assert(period == Timeout.InfiniteTimeSpan);
            turns.Change(() =>
            {
                turns._armed.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    DueAt = turns._now + dueTime.Ticks;
                    turns._armed.Add(this);
                }
            });
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        internal void Ring() => callback(state);
    }
}
