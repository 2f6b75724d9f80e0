namespace Sluice;

/// <content>What windows by event time keep.</content>
public static partial class Stage
{
    /// <summary>Open windows, kept in one way.</summary>
    /// <param name="numbers">Numbers the items of several of these; null for those of this one alone.</param>
    /// <param name="starts">Compares starts; default the order of numbers.</param>
    internal abstract class OpenWindows<T, TSpan>(ItemNumbers? numbers, IComparer<long>? starts) : OpenWindows<T>, IKeptState
        where TSpan : WindowSpan<T>
    {
        private protected WindowSpans<TSpan, T> _open = new(starts);
        private long _count;

        internal sealed override bool IsEmpty => _open.IsEmpty;

        internal sealed override long LastEnd => _open.Last?.End ?? long.MinValue;

        bool IKeptState.IsWhole => AreSizesWhole && _open.IsWhole();

        private protected abstract bool AreSizesWhole { get; }

        internal sealed override bool TryGetFirst(out long end, out long order)
        {
            (end, order) = _open.First is { } first ? (first.End, first.Order) : default;
            return !IsEmpty;
        }

        internal sealed override Window<T>? TakeFirst(long watermark)
        {
            if (_open.First is not { } first || first.End > watermark)
            {
                return null;
            }

            _open.Remove((0, 0));
            return first.ToWindow();
        }

        internal sealed override void Clear() => _open.Clear();

        private protected long NextNumber() => numbers?.Next() ?? _count++;

        private protected static long Later(long at, long by) => at < DateTimeOffset.MaxValue.UtcTicks - by ? at + by : DateTimeOffset.MaxValue.UtcTicks;
    }

    /// <summary>Counts the items of all keys.</summary>
    internal sealed class ItemNumbers
    {
        private long _count;

        internal long Next() => _count++;
    }

    /// <summary>Windows of one size at multiples of a step.</summary>
    private sealed class AlignedWindows<T>(long size, long step, ItemNumbers? numbers) : OpenWindows<T, AlignedSpan<T>>(numbers, null)
    {
        internal AlignedWindows(long size, long step)
            : this(size, step, null)
        {
        }

        private protected override bool AreSizesWhole => size > 0 && step > 0;

        internal override bool TryAdd(long at, T item, long watermark)
        {
            var last = at - (at % step); // the last window that may have it
            var number = NextNumber();
            for (var start = last; start >= 0 && start > at - size; start -= step)
            {
                var end = Later(start, size);
                if (end <= watermark)
                {
                    return start != last; // this one was sent, and so were all before it
                }

                var place = _open.Find(start);
                if (_open.At(place) is not { } window || window.Start != start)
                {
                    _open.Insert(place, window = new(start, end) { Order = number });
                }

                window.Add(number, item);
            }

            return true;
        }
    }

    /// <summary>Windows that reach from item to item. They do not overlap, so the order of the starts is that of the ends.</summary>
    /// <param name="gap">How far apart two items of different sessions are at the least.</param>
    /// <param name="starts">Compares starts; default the order of numbers.</param>
    /// <param name="numbers">Numbers the items of several of these; null for those of this one alone.</param>
    internal sealed class SessionWindows<T>(long gap, IComparer<long>? starts = null, ItemNumbers? numbers = null) : OpenWindows<T, SessionSpan<T>>(numbers, starts)
    {
        private protected override bool AreSizesWhole => gap > 0;

        internal override bool TryAdd(long at, T item, long watermark)
        {
            var (end, number) = (Later(at, gap), NextNumber());
            var place = _open.Find(at);
            var session = _open.At(place);
            var behind = place;
            if (session is null || session.End <= at)
            {
                if (_open.Next(ref behind) is not { } next || next.Start >= end)
                {
                    if (end <= watermark)
                    {
                        return false;
                    }

                    session = new(at, end) { Order = number };
                    session.Add(number, item);
                    _open.Insert(place, session);
                    return true;
                }

                session = next;
                _open.Move(behind, at);
            }

            session.Add(number, item);
            if (end >= session.End)
            {
                (session.End, session.Order) = (end, number);
            }

            AbsorbOverlapping(behind, session);
            return true;
        }

        private void AbsorbOverlapping((int Block, int At) place, SessionSpan<T> session)
        {
            while (true)
            {
                var behind = place;
                if (_open.Next(ref behind) is not { } next || next.Start >= session.End)
                {
                    return;
                }

                _open.Remove(behind);
                session.Absorb(next);
            }
        }
    }
}

/// <summary>Windows that are not sent yet, in the order of their ends. Moments are ticks in UTC.</summary>
internal abstract class OpenWindows<T>
{
    internal abstract bool IsEmpty { get; }

    /// <summary>The end of the last one; the earliest moment if there is none.</summary>
    internal abstract long LastEnd { get; }

    /// <summary>False if the item is late. The watermark is not beyond the item unless other items were.</summary>
    internal abstract bool TryAdd(long at, T item, long watermark);

    /// <summary>The end of the first one, and what decides between those that end then.</summary>
    internal abstract bool TryGetFirst(out long end, out long order);

    /// <summary>Takes out the first window if the watermark has reached its end.</summary>
    internal abstract Window<T>? TakeFirst(long watermark);

    internal abstract void Clear();
}
