namespace Sluice;

/// <summary>What is due first, of many: a heap. A snapshot stores it as it is.</summary>
internal sealed class DueQueue<T> : IKeptState
    where T : class
{
    private Entry[] _entries = new Entry[4];

    internal int Count { get; private set; }

    /// <summary>The loops go by the count, and find an item in each entry.</summary>
    bool IKeptState.IsWhole => _entries is not null && Count >= 0 && Count <= _entries.Length && !Array.Exists(_entries[..Count], static entry => entry.Item is null);

    /// <summary>The first entry; only if there is one.</summary>
    internal ref readonly Entry First => ref _entries[0];

    internal void Add(long due, long order, T item)
    {
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(4, 2 * Count));
        }

        var entry = new Entry(due, order, item);
        var at = Count++;
        while (at > 0 && entry.IsBefore(_entries[(at - 1) / 2]))
        {
            _entries[at] = _entries[(at - 1) / 2];
            at = (at - 1) / 2;
        }

        _entries[at] = entry;
    }

    internal void RemoveFirst()
    {
        var last = _entries[--Count];
        _entries[Count] = default;
        if (Count > 0)
        {
            Sink(last);
        }
    }

    /// <summary>The item of the first entry is due later than that one says.</summary>
    internal void MoveFirst(long due, long order) => Sink(new(due, order, _entries[0].Item));

    private void Sink(in Entry entry)
    {
        var at = 0;
        for (var child = 1; child < Count; child = (2 * at) + 1)
        {
            if (child + 1 < Count && _entries[child + 1].IsBefore(_entries[child]))
            {
                child++;
            }

            if (!_entries[child].IsBefore(entry))
            {
                break;
            }

            _entries[at] = _entries[child];
            at = child;
        }

        _entries[at] = entry;
    }

    /// <param name="Due">When it is due, in ticks of the user's clock.</param>
    /// <param name="Order">Of those that are due at the same moment the one with the lower number is first.</param>
    /// <param name="Item">What is due.</param>
    internal readonly record struct Entry(long Due, long Order, T Item)
    {
        internal bool IsBefore(in Entry other) => Due < other.Due || (Due == other.Due && Order < other.Order);
    }
}
