namespace Sluice;

/// <summary>The watermarks of several origins whose items are merged.</summary>
internal abstract class OriginMarks<T>
{
    /// <summary>An item of one of them has come.</summary>
    /// <param name="item">The item.</param>
    /// <param name="mark">The watermark that it makes for its origin.</param>
    /// <param name="now">The time by the clock, since the beginning.</param>
    internal abstract void Advance(T item, long mark, TimeSpan now);

    /// <summary>The watermark of the slowest origin that is not silent; of the fastest one if all are.</summary>
    internal abstract long Slowest(TimeSpan now);

    /// <summary>How long it takes until the next of them has been silent for too long.</summary>
    internal abstract TimeSpan UntilSilent(TimeSpan now);
}

/// <summary>The same for a type of origins.</summary>
internal sealed class OriginMarks<T, TOrigin>(Func<T, TOrigin> selector, TimeSpan timeout, IEqualityComparer<TOrigin>? comparer) : OriginMarks<T>
    where TOrigin : notnull
{
    private readonly Dictionary<TOrigin, Origin> _origins = new(comparer);

    /// <summary>By their marks, which may have grown since.</summary>
    private readonly DueQueue<Origin> _byMark = new();

    /// <summary>By the times of their last items, which may have come later since. Only those that are not silent, if there is a timeout.</summary>
    private readonly DueQueue<Origin> _byLastItem = new();

    private long _newest = long.MinValue;

    internal override void Advance(T item, long mark, TimeSpan now)
    {
        Silence(now);
        var key = selector(item);
        if (!_origins.TryGetValue(key, out var origin))
        {
            _origins.Add(key, origin = new());
        }

        origin.Mark = Math.Max(origin.Mark, mark);
        origin.LastItem = now.Ticks;
        _newest = Math.Max(_newest, mark);
        if (!origin.Counts)
        {
            origin.Counts = true;
            if (timeout != Timeout.InfiniteTimeSpan)
            {
                _byLastItem.Add(now.Ticks, 0, origin);
            }
        }

        if (!origin.IsQueued)
        {
            origin.IsQueued = true;
            _byMark.Add(origin.Mark, 0, origin);
        }
    }

    internal override long Slowest(TimeSpan now)
    {
        Silence(now);
        while (_byMark.Count > 0)
        {
            var (mark, _, origin) = _byMark.First;
            if (!origin.Counts)
            {
                origin.IsQueued = false;
                _byMark.RemoveFirst();
            }
            else if (origin.Mark > mark)
            {
                _byMark.MoveFirst(origin.Mark, 0);
            }
            else
            {
                return mark;
            }
        }

        return _newest;
    }

    internal override TimeSpan UntilSilent(TimeSpan now)
    {
        Silence(now);
        return _byLastItem.Count == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromTicks(_byLastItem.First.Due) + timeout - now;
    }

    private void Silence(TimeSpan now)
    {
        while (_byLastItem.Count > 0)
        {
            var (at, _, origin) = _byLastItem.First;
            if (origin.LastItem > at)
            {
                _byLastItem.MoveFirst(origin.LastItem, 0);
            }
            else if (now.Ticks - at >= timeout.Ticks)
            {
                origin.Counts = false;
                _byLastItem.RemoveFirst();
            }
            else
            {
                return;
            }
        }
    }

    private sealed class Origin
    {
        internal long Mark { get; set; } = long.MinValue;

        internal long LastItem { get; set; }

        /// <summary>False while it is silent.</summary>
        internal bool Counts { get; set; }

        internal bool IsQueued { get; set; }
    }
}
