namespace Sluice;

/// <content>What windows by event time keep.</content>
public static partial class Stage
{
    /// <summary>Windows that are not sent yet, in the order of their ends. Moments are ticks in UTC.</summary>
    private abstract class OpenWindows<T>
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
    private sealed class SessionWindows<T>(long gap) : OpenWindows<T>
    {
        /// <summary>By start, which is also the order of the ends, since they do not overlap.</summary>
        private readonly List<Session> _open = [];

        private long _count;

        internal override bool TryAdd(long at, T item, long watermark)
        {
            var session = new Session(at, Later(at, gap), [(_count++, item)]);
            var first = _open.FindIndex(other => other.End > at);
            first = first < 0 ? _open.Count : first;
            var behind = first;
            while (behind < _open.Count && _open[behind].Start < session.End)
            {
                behind++;
            }

            if (first == behind && session.End <= watermark)
            {
                return false;
            }

            if (first < behind && _open[first] is var joined)
            {
                joined.Items.AddRange(session.Items);
                for (var i = first + 1; i < behind; i++)
                {
                    joined.Items.AddRange(_open[i].Items); // out of order: sorted by number in the end
                }

                session = new(Math.Min(at, joined.Start), Math.Max(session.End, _open[behind - 1].End), joined.Items);
                _open.RemoveRange(first, behind - first);
            }

            _open.Insert(first, session);
            return true;
        }

        internal override Window<T>? TakeFirst(long watermark)
        {
            if (_open.Count == 0 || _open[0].End > watermark)
            {
                return null;
            }

            var (start, end, items) = _open[0];
            _open.RemoveAt(0);
            return Made(start, end, [.. items.OrderBy(static item => item.Number).Select(static item => item.Item)]);
        }

        private readonly record struct Session(long Start, long End, List<(long Number, T Item)> Items);
    }
}
