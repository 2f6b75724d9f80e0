namespace Sluice;

/// <summary>A clock that moves only when it is told to, or by itself when a loop has nothing else to do: what takes hours runs
/// at once and always the same way.</summary>
/// <remarks>
/// <para>With <see cref="EventLoopOptions.TimeProvider"/> the loop runs until nothing is ready, no call is under way on another
/// thread (<see cref="EventLoop.RunInThreadAsync{T}(Func{T})"/>) and no descriptor is, and then moves the clock to the next timer. It cannot
/// see what happens elsewhere: a request to another process takes no time at all on this clock, and its time limit is over at
/// once. For tests without such things.</para>
/// <para>Thread safety: all members may be used from any thread. Callbacks run on the thread that moves the clock.</para>
/// </remarks>
public sealed class VirtualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly SortedSet<Timer> _timers = new(Comparer<Timer>.Create(static (a, b) => (a.Due, a.Number).CompareTo((b.Due, b.Number))));
    private readonly DateTimeOffset _start;
    private long _now;
    private long _numbers;

    /// <summary>Makes a clock that stands at the beginning of the year 2000.</summary>
    public VirtualTime()
        : this(new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero))
    {
    }

    /// <summary>Makes a clock.</summary>
    /// <param name="start">What it shows first.</param>
    public VirtualTime(DateTimeOffset start) => _start = start;

    /// <summary>Gets whether a loop moves the clock when it has nothing else to do. Default: yes.</summary>
    public bool AutoAdvance { get; init; } = true;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start.AddTicks(GetTimestamp());

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock. Timers that become due on the way are called in order, each at its own time.</summary>
    /// <param name="by">By how much; zero or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="by"/> is negative.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var until = GetTimestamp() + by.Ticks;
        while (TakeNext(until) is { } timer)
        {
            timer.Call();
        }

        Set(until);
    }

    /// <summary>Moves the clock to the next timer and calls it.</summary>
    /// <returns>False if there is none.</returns>
    internal bool AdvanceToNextTimer()
    {
        var timer = TakeNext(long.MaxValue);
        timer?.Call();
        return timer is not null;
    }

    /// <summary>Takes the first timer that is due then, and moves the clock to it.</summary>
    private Timer? TakeNext(long until)
    {
        lock (_gate)
        {
            var timer = _timers.Min;
            if (timer is null || timer.Due > until)
            {
                return null;
            }

            _timers.Remove(timer);
            Set(timer.Due);
            if (timer.Period > 0)
            {
                timer.Due += timer.Period;
                timer.Number = _numbers++;
                _timers.Add(timer);
            }

            return timer;
        }
    }

    /// <summary>The clock never goes back, also if several move it.</summary>
    private void Set(long to)
    {
        lock (_gate)
        {
            _now = Math.Max(_now, to);
        }
    }

    /// <summary>Guard of everything that changes: the clock's gate.</summary>
    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private bool _isDisposed;

        internal long Due { get; set; }

        /// <summary>Distinguishes timers of the same time.</summary>
        internal long Number { get; set; }

        internal long Period { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            EventLoop.CheckTimeout(dueTime);
            EventLoop.CheckTimeout(period);
            lock (time._gate)
            {
                time._timers.Remove(this);
                if (!_isDisposed && dueTime != Timeout.InfiniteTimeSpan)
                {
                    (Due, Number, Period) = (time._now + dueTime.Ticks, time._numbers++, Math.Max(0, period.Ticks));
                    time._timers.Add(this);
                }

                return !_isDisposed;
            }
        }

        public void Dispose()
        {
            lock (time._gate)
            {
                _isDisposed = true;
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }

        internal void Call()
        {
            if (_context is null)
            {
                callback(state);
            }
            else
            {
                ExecutionContext.Run(_context, state => callback(state), state);
            }
        }
    }
}
