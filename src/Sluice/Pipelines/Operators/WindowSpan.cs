namespace Sluice;

/// <summary>An open window: where it begins and ends, in ticks in UTC, and its items.</summary>
internal abstract class WindowSpan<T>(long start, long end)
{
    internal long Start { get; set; } = start;

    internal long End { get; set; } = end;

    /// <summary>Decides between windows that end at the same moment: the number of an item.</summary>
    internal long Order { get; set; }

    /// <summary>For a snapshot that may be damaged.</summary>
    internal bool IsWhole => AreItemsWhole && Start >= 0 && End >= Start && End <= DateTimeOffset.MaxValue.UtcTicks;

    private protected abstract bool AreItemsWhole { get; }

    internal abstract void Add(long number, T item);

    /// <summary>The items in the order in which they came.</summary>
    private protected abstract T[] ToArray();

    internal Window<T> ToWindow() => new(new(Start, TimeSpan.Zero), new(End, TimeSpan.Zero), ToArray());

    private protected static void Append<TItem>(ref TItem[] items, ref int count, TItem item)
    {
        if (count == items.Length)
        {
            Array.Resize(ref items, 2 * count);
        }

        items[count++] = item;
    }
}

/// <summary>One that never becomes a part of another.</summary>
internal sealed class AlignedSpan<T>(long start, long end) : WindowSpan<T>(start, end)
{
    private T[] _items = new T[1];
    private int _count;

    private protected override bool AreItemsWhole => _items is { Length: > 0 } && _count >= 0 && _count <= _items.Length;

    internal override void Add(long number, T item) => Append(ref _items, ref _count, item);

    private protected override T[] ToArray() => _items.AsSpan(0, _count).ToArray();
}

/// <summary>One that may become one with another: its items have numbers that say how they came.</summary>
internal sealed class SessionSpan<T>(long start, long end) : WindowSpan<T>(start, end)
{
    private (long Number, T Item)[] _items = new (long, T)[1];
    private int _count;

    private protected override bool AreItemsWhole => _items is { Length: > 0 } && _count >= 0 && _count <= _items.Length;

    internal override void Add(long number, T item) => Append(ref _items, ref _count, (number, item));

    /// <summary>The fewer items move to the more, so that each moves seldom.</summary>
    internal void Absorb(SessionSpan<T> other)
    {
        var (more, fewer) = _count < other._count ? (other, this) : (this, other);
        var (items, count) = (more._items, more._count + fewer._count);
        if (count > items.Length)
        {
            Array.Resize(ref items, Math.Max(count, 2 * more._count));
        }

        fewer._items.AsSpan(0, fewer._count).CopyTo(items.AsSpan(more._count));
        (_items, _count) = (items, count);
        if (other.End > End || (other.End == End && other.Order > Order))
        {
            (End, Order) = (other.End, other.Order);
        }
    }

    private protected override T[] ToArray()
    {
        var items = _items.AsSpan(0, _count);
        for (var i = 1; i < items.Length; i++)
        {
            if (items[i].Number < items[i - 1].Number)
            {
                items.Sort(static (x, y) => x.Number.CompareTo(y.Number));
                break;
            }
        }

        var sent = new T[items.Length];
        for (var i = 0; i < sent.Length; i++)
        {
            sent[i] = items[i].Item;
        }

        return sent;
    }
}
