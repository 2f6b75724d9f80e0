namespace Sluice;

/// <content>What windows by event time keep.</content>
public static partial class Stage
{
    /// <summary>Windows that are not sent yet, in the order of their ends. Moments are ticks in UTC.</summary>
    internal abstract class OpenWindows<T>
    {
        /// <summary>False if the item is late. The watermark is not beyond the item unless other items were.</summary>
        internal abstract bool TryAdd(long at, T item, long watermark);

        /// <summary>Takes out the first window if the watermark has reached its end.</summary>
        internal abstract Window<T>? TakeFirst(long watermark);

        private protected static long Later(long at, long by) => at < DateTimeOffset.MaxValue.UtcTicks - by ? at + by : DateTimeOffset.MaxValue.UtcTicks;

        private protected static Window<T> Made(long start, long end, T[] items) => new(new(start, TimeSpan.Zero), new(end, TimeSpan.Zero), items);
    }

    /// <summary>Windows of one size at multiples of a step.</summary>
    private sealed class AlignedWindows<T>(long size, long step) : OpenWindows<T>, IKeptState
    {
        bool IKeptState.IsWhole => size > 0 && step > 0;

        /// <summary>By start, which is also the order of the ends.</summary>
        private readonly SortedDictionary<long, List<T>> _open = [];

        internal override bool TryAdd(long at, T item, long watermark)
        {
            var last = at - (at % step); // the last window that may have it
            for (var start = last; start >= 0 && start > at - size; start -= step)
            {
                if (Later(start, size) <= watermark)
                {
                    return start != last; // this one was sent, and so were all before it
                }

                if (!_open.TryGetValue(start, out var window))
                {
                    _open.Add(start, window = []);
                }

                window.Add(item);
            }

            return true;
        }

        internal override Window<T>? TakeFirst(long watermark)
        {
            foreach (var (start, window) in _open)
            {
                var end = Later(start, size);
                if (end > watermark)
                {
                    break;
                }

                _open.Remove(start);
                return Made(start, end, [.. window]);
            }

            return null;
        }
    }

    /// <summary>Windows that reach from item to item.</summary>
    /// <param name="gap">How far apart two items of different sessions are at the least.</param>
    /// <param name="starts">Compares starts; default the order of numbers.</param>
    internal sealed class SessionWindows<T>(long gap, IComparer<long>? starts = null) : OpenWindows<T>
    {
        /// <summary>By start, which is also the order of the ends, since they do not overlap. A session whose start or end changes keeps its place.</summary>
        private readonly SortedSet<Session> _open = new(new ByStart(starts ?? Comparer<long>.Default));

        /// <summary>The bounds of a search.</summary>
        private readonly Session _from = new();
        private readonly Session _to = new();

        private long _count;

        internal override bool TryAdd(long at, T item, long watermark)
        {
            var end = Later(at, gap);
            if (FirstThatEndsAfter(at) is not { } session || session.Start >= end)
            {
                if (end <= watermark)
                {
                    return false;
                }

                _open.Add(new() { Start = at, End = end, Items = [(_count++, item)] });
                return true;
            }

            session.Items.Add((_count++, item));
            session.Start = Math.Min(session.Start, at);
            session.End = Math.Max(session.End, end);
            while (Between(session.Start + 1, session.End - 1)?.Min is { } next)
            {
                _open.Remove(next);
                session.Absorb(next);
            }

            return true;
        }

        internal override Window<T>? TakeFirst(long watermark)
        {
            if (_open.Min is not { } first || first.End > watermark)
            {
                return null;
            }

            _open.Remove(first);
            return Made(first.Start, first.End, [.. first.Items.OrderBy(static item => item.Number).Select(static item => item.Item)]);
        }

        /// <summary>The last one, as a rule: items come in about their order.</summary>
        private Session? FirstThatEndsAfter(long at)
        {
            if (_open.Max is not { } last || last.End <= at)
            {
                return null;
            }

            return last.Start <= at ? last
                : Between(0, at)?.Max is { } before && before.End > at ? before
                : Between(at + 1, last.Start)!.Min;
        }

        /// <summary>Those that start there; null if nothing can.</summary>
        private SortedSet<Session>? Between(long first, long last)
        {
            if (last < first || _open.Max!.Start < first)
            {
                return null;
            }

            (_from.Start, _to.Start) = (first, last);
            return _open.GetViewBetween(_from, _to);
        }

        private sealed class Session
        {
            internal long Start { get; set; }

            internal long End { get; set; }

            /// <summary>In any order, with numbers that tell how they came.</summary>
            internal List<(long Number, T Item)> Items { get; set; } = [];

            /// <summary>The fewer items move to the more, so that each moves seldom.</summary>
            internal void Absorb(Session other)
            {
                var (more, fewer) = Items.Count < other.Items.Count ? (other.Items, Items) : (Items, other.Items);
                more.AddRange(fewer);
                Items = more;
                End = Math.Max(End, other.End);
            }
        }

        private sealed class ByStart(IComparer<long> starts) : IComparer<Session>
        {
            public int Compare(Session? x, Session? y) => starts.Compare(x!.Start, y!.Start);
        }
    }
}
