namespace Sluice;

/// <summary>A loop's time: reading it, and waiting for it on any <see cref="TimeProvider"/>.</summary>
/// <remarks>Thread safety: belongs to the loop's thread.</remarks>
/// <param name="provider">The source of time.</param>
/// <param name="wake">Ends the loop's wait; from any thread.</param>
internal sealed class LoopClock(TimeProvider provider, Action wake) : IDisposable
{
    /// <summary>The longest that every timer takes.</summary>
    private static readonly TimeSpan s_maxAlarm = TimeSpan.FromDays(40);

    private ITimer? _alarm;

    internal TimeProvider Provider => provider;

    internal long Now => provider.GetTimestamp();

    /// <summary>Rounded up, so that no timer fires early.</summary>
    internal long Ticks(TimeSpan time) => (long)Math.Ceiling(Math.Min((decimal)time.Ticks * provider.TimestampFrequency / TimeSpan.TicksPerSecond, long.MaxValue));

    /// <summary>The timestamp <paramref name="time"/> from now; the last possible one if that is infinite.</summary>
    internal long DueIn(TimeSpan time)
    {
        var now = Now;
        var wait = Ticks(time);
        return time == Timeout.InfiniteTimeSpan || wait >= long.MaxValue - now ? long.MaxValue : now + wait;
    }

    /// <summary>The time that the poller may wait: milliseconds, rounded up, or -1 forever. Other clocks than the system's are not
    /// waited for: they wake the loop when they get there.</summary>
    internal int WaitUntil(long due)
    {
        if (due == long.MaxValue)
        {
            _alarm?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return -1;
        }

        var left = provider.GetElapsedTime(Now, due);
        if (left <= TimeSpan.Zero || ReferenceEquals(provider, TimeProvider.System))
        {
            return (int)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 0, int.MaxValue);
        }

        _alarm ??= provider.CreateTimer(static wake => ((Action)wake!)(), wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _alarm.Change(left < s_maxAlarm ? left : s_maxAlarm, Timeout.InfiniteTimeSpan);
        return Now >= due ? 0 : -1; // the clock may have been moved before the alarm was set
    }

    /// <summary>Moves a virtual clock to where the next of its timers is due.</summary>
    internal bool TryJump() => provider is VirtualTime { AutoAdvance: true } time && time.AdvanceToNextTimer();

    /// <summary>Gets whether time passes only when nothing happens.</summary>
    internal bool CanJump => provider is VirtualTime { AutoAdvance: true };

    public void Dispose() => _alarm?.Dispose();
}
