namespace Sluice;

/// <summary>How far event time has come, for one stage, one key or all keys. Moments are ticks in UTC. Owner: the strand.</summary>
internal sealed class Watermark<T>(EventTime<T> time, TimeProvider clock)
{
    private readonly OriginMarks<T>? _origins = time.NewMarks();
    private readonly ElapsedTime? _began = time.UsesClock ? new(clock) : null;
    private TimeSpan _lastItem;

    internal long Value { get; private set; } = long.MinValue;

    /// <summary>An item has come: puts it into its windows.</summary>
    /// <returns>False if it is late.</returns>
    internal bool TryAdd(T item, OpenWindows<T> open)
    {
        var at = Advance(item);
        return (time.LateRule != LateRule.BehindWatermark || at >= Value) && open.TryAdd(at, item, Value);
    }

    internal void RaiseTo(long mark) => Value = Math.Max(Value, mark);

    /// <summary>How long it takes until the clock may close one of the windows that are open; zero if it may already. Only with a clock.</summary>
    internal TimeSpan UntilLook()
    {
        var now = _began!.Value;
        var idle = time.IdleClose == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : time.IdleClose - (now - _lastItem);
        var silent = _origins?.UntilSilent(now) ?? Timeout.InfiniteTimeSpan;
        var least = silent == Timeout.InfiniteTimeSpan || idle < silent ? idle : silent;
        return least == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : least < TimeSpan.Zero ? TimeSpan.Zero : least;
    }

    /// <summary>Lets the clock move it.</summary>
    /// <param name="lastEnd">The end of the last window that is open.</param>
    internal void Look(long lastEnd)
    {
        var now = _began!.Value;
        if (_origins is not null)
        {
            RaiseTo(_origins.Slowest(now));
        }

        if (time.IdleClose != Timeout.InfiniteTimeSpan && now - _lastItem >= time.IdleClose)
        {
            RaiseTo(lastEnd);
        }
    }

    /// <summary>An item has come.</summary>
    /// <returns>The moment to which it belongs.</returns>
    private long Advance(T item)
    {
        var at = time.TicksOf(item);
        var mark = at - time.AllowedLateness.Ticks;
        _lastItem = _began?.Value ?? default;
        _origins?.Advance(item, mark, _lastItem);
        RaiseTo(_origins?.Slowest(_lastItem) ?? mark);
        return at;
    }
}
