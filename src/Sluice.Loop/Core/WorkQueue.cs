namespace Sluice;

/// <summary>A queue of callbacks that are ready to run, first in, first out: a ring that grows. Thread safety: belongs to the loop's thread.</summary>
internal sealed class WorkQueue
{
    private WorkItem[] _items = new WorkItem[64];
    private int _first;

    internal int Count { get; private set; }

    internal void Enqueue(in WorkItem item)
    {
        if (Count == _items.Length)
        {
            var larger = new WorkItem[Count * 2];
            _items.AsSpan(_first).CopyTo(larger);
            _items.AsSpan(0, _first).CopyTo(larger.AsSpan(Count - _first));
            (_items, _first) = (larger, 0);
        }

        _items[(_first + Count) & (_items.Length - 1)] = item; // the length is a power of two
        Count++;
    }

    internal WorkItem Dequeue()
    {
        var item = _items[_first];
        _items[_first] = default; // nothing is kept alive by an empty place
        _first = (_first + 1) & (_items.Length - 1);
        Count--;
        return item;
    }
}
