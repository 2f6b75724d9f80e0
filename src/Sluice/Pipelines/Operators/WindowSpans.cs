namespace Sluice;

/// <summary>Open windows in the order of their starts, each start once. The first one takes no memory besides itself, since of a million keys most have one; more
/// are in blocks, so that a search reads few lines of memory and a change moves few entries.</summary>
/// <remarks>Places are a block and an index in it; -1 is the place before the first entry. A change makes them invalid.</remarks>
internal struct WindowSpans<TSpan, T>(IComparer<long>? starts)
    where TSpan : WindowSpan<T>
{
    /// <summary>2 KB: half a page, and a search in it reads some four lines of memory.</summary>
    private const int MaxBlock = 128;

    private readonly IComparer<long>? _starts = starts;
    private TSpan? _only; // while there are no blocks
    private Block[]? _blocks;
    private int _blockCount;

    internal readonly bool IsEmpty => _only is null && _blocks is null;

    internal readonly TSpan? First => _blocks is null ? _only : _blocks[0].Entries[0].Span;

    internal readonly TSpan? Last => _blocks is null ? _only : _blocks[_blockCount - 1] is var block ? block.Entries[block.Count - 1].Span : null;

    /// <summary>The place of the last one that starts at that moment or before.</summary>
    internal readonly (int Block, int At) Find(long start)
    {
        if (_blocks is null)
        {
            return (0, _only is not null && Compare(_only.Start, start) <= 0 ? 0 : -1);
        }

        ref var end = ref _blocks[_blockCount - 1];
        if (Compare(end.Entries[end.Count - 1].Start, start) <= 0)
        {
            return (_blockCount - 1, end.Count - 1); // as a rule: items come in about their order
        }

        var (low, high) = (0, _blockCount - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Compare(_blocks[middle].Entries[0].Start, start) <= 0)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        ref var block = ref _blocks[low];
        var (from, to) = (-1, block.Count - 1);
        while (from < to)
        {
            var middle = (from + to + 1) / 2;
            if (Compare(block.Entries[middle].Start, start) <= 0)
            {
                from = middle;
            }
            else
            {
                to = middle - 1;
            }
        }

        return (low, from);
    }

    internal readonly TSpan? At((int Block, int At) place) =>
        place.At < 0 ? null : _blocks is null ? _only : _blocks[place.Block].Entries[place.At].Span;

    /// <summary>The one behind a place, and its place.</summary>
    internal readonly TSpan? Next(ref (int Block, int At) place)
    {
        var count = _blocks is null ? (_only is null ? 0 : 1) : _blocks[place.Block].Count;
        if (place.At + 1 < count)
        {
            place.At++;
            return At(place);
        }

        if (place.Block + 1 >= _blockCount)
        {
            return null;
        }

        place = (place.Block + 1, 0);
        return At(place);
    }

    /// <summary>Puts one in behind a place.</summary>
    internal void Insert((int Block, int At) place, TSpan span)
    {
        if (IsEmpty)
        {
            _only = span;
            return;
        }

        if (_blocks is null)
        {
            _blocks = [new(new Entry[4]) { Count = 1 }];
            _blocks[0].Entries[0] = new(_only!.Start, _only);
            (_only, _blockCount) = (null, 1);
        }

        var (at, index) = (place.Block, place.At + 1);
        if (_blocks[at].Count == MaxBlock)
        {
            var kept = index == MaxBlock ? MaxBlock : MaxBlock / 2; // what comes in order fills its blocks
            Split(at, kept);
            if (index > kept || kept == MaxBlock)
            {
                (at, index) = (at + 1, index - kept);
            }
        }

        _blocks[at].Insert(index, new(span.Start, span));
    }

    /// <summary>Takes one out. Places before it stay valid.</summary>
    internal void Remove((int Block, int At) place)
    {
        if (_blocks is null)
        {
            _only = null;
            return;
        }

        _blocks[place.Block].Remove(place.At);
        if (_blocks[place.Block].Count == 0)
        {
            RemoveBlock(place.Block);
        }
        else if (place.Block + 1 < _blockCount && _blocks[place.Block].Count + _blocks[place.Block + 1].Count <= MaxBlock / 2)
        {
            ref var next = ref _blocks[place.Block + 1];
            for (var i = 0; i < next.Count; i++)
            {
                _blocks[place.Block].Insert(_blocks[place.Block].Count, next.Entries[i]);
            }

            RemoveBlock(place.Block + 1);
        }
    }

    /// <summary>One starts earlier, and keeps its place.</summary>
    internal readonly void Move((int Block, int At) place, long start)
    {
        At(place)!.Start = start;
        if (_blocks is not null)
        {
            _blocks[place.Block].Entries[place.At].Start = start;
        }
    }

    internal void Clear() => (_only, _blocks, _blockCount) = (null, null, 0);

    /// <summary>For a snapshot that may be damaged: all places are there, in order.</summary>
    internal readonly bool IsWhole()
    {
        if (_blocks is null)
        {
            return _blockCount == 0 && (_only is null || _only.IsWhole);
        }

        if (_only is not null || _blockCount < 1 || _blockCount > _blocks.Length)
        {
            return false;
        }

        var before = -1L;
        foreach (ref readonly var block in _blocks.AsSpan(0, _blockCount))
        {
            if (block.Entries is null || block.Count < 1 || block.Count > block.Entries.Length || block.Entries.Length > MaxBlock)
            {
                return false;
            }

            foreach (ref readonly var entry in block.Entries.AsSpan(0, block.Count))
            {
                if (entry.Span is null || !entry.Span.IsWhole || entry.Start != entry.Span.Start || entry.Start <= before)
                {
                    return false;
                }

                before = entry.Start;
            }
        }

        return true;
    }

    private readonly int Compare(long x, long y) => _starts is null ? x.CompareTo(y) : _starts.Compare(x, y);

    private void Split(int at, int kept)
    {
        if (_blockCount == _blocks!.Length)
        {
            Array.Resize(ref _blocks, 2 * _blockCount);
        }

        Array.Copy(_blocks, at + 1, _blocks, at + 2, _blockCount - at - 1);
        _blocks[at + 1] = new(new Entry[MaxBlock]);
        _blockCount++;
        _blocks[at].MoveTo(ref _blocks[at + 1], kept);
    }

    private void RemoveBlock(int at)
    {
        Array.Copy(_blocks!, at + 1, _blocks!, at, --_blockCount - at);
        _blocks![_blockCount] = default;
        if (_blockCount == 0)
        {
            _blocks = null;
        }
    }

    private record struct Entry(long Start, TSpan Span);

    private struct Block(Entry[] entries)
    {
        internal Entry[] Entries = entries;
        internal int Count;

        internal void Insert(int index, in Entry entry)
        {
            if (Count == Entries.Length)
            {
                Array.Resize(ref Entries, 2 * Count);
            }

            Array.Copy(Entries, index, Entries, index + 1, Count++ - index);
            Entries[index] = entry;
        }

        internal void Remove(int index)
        {
            Array.Copy(Entries, index + 1, Entries, index, --Count - index);
            Entries[Count] = default;
        }

        /// <summary>All behind the first ones.</summary>
        internal void MoveTo(ref Block other, int kept)
        {
            Array.Copy(Entries, kept, other.Entries, 0, Count - kept);
            other.Count = Count - kept;
            Array.Clear(Entries, kept, Count - kept);
            Count = kept;
        }
    }
}
