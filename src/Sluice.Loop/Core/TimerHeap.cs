namespace Sluice;

/// <summary>An event that is due at a time.</summary>
internal interface IScheduled
{
    /// <summary>Its place in the heap, or <see cref="TimerHeap.NoPlace"/>. Owner: the heap.</summary>
    int Place { get; set; }

    /// <summary>The time has come. It is in the heap no more.</summary>
    void Fire();
}

/// <summary>The timers of a loop: a heap of four children a node, which is half as deep as one of two. Setting and removing take
/// a time that grows with the logarithm of their number; a removed timer leaves nothing behind.</summary>
/// <remarks>Timers of the same time fire in the order in which they were set. Thread safety: belongs to the loop's thread.</remarks>
internal sealed class TimerHeap
{
    internal const int NoPlace = -1;
    private const int Children = 4;

    private Node[] _nodes = new Node[16];
    private long _sequence;

    internal int Count { get; private set; }

    /// <summary>The time at which the first one is due; the last possible one if there is none.</summary>
    internal long Earliest => Count == 0 ? long.MaxValue : _nodes[0].Due;

    internal void Add(IScheduled item, long due)
    {
        if (Count == _nodes.Length)
        {
            Array.Resize(ref _nodes, Count * 2);
        }

        Count++;
        Rise(Count - 1, new(due, _sequence++, item));
    }

    /// <summary>Takes out a timer that is in the heap; one that is not is left alone.</summary>
    internal void Remove(IScheduled item)
    {
        var place = item.Place;
        if (place == NoPlace)
        {
            return;
        }

        item.Place = NoPlace;
        var last = _nodes[--Count];
        _nodes[Count] = default;
        if (place == Count)
        {
            return;
        }

        // The last one takes the place, and goes from there to where it belongs.
        if (place > 0 && last.IsBefore(_nodes[(place - 1) / Children]))
        {
            Rise(place, last);
        }
        else
        {
            Sink(place, last);
        }
    }

    /// <summary>Takes out the first timer if it is due.</summary>
    internal bool TryTakeDue(long now, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out IScheduled? item)
    {
        if (Count == 0 || _nodes[0].Due > now)
        {
            item = null;
            return false;
        }

        item = _nodes[0].Entry;
        Remove(item);
        return true;
    }

    private void Rise(int place, Node node)
    {
        while (place > 0)
        {
            var parent = (place - 1) / Children;
            if (!node.IsBefore(_nodes[parent]))
            {
                break;
            }

            Put(place, _nodes[parent]);
            place = parent;
        }

        Put(place, node);
    }

    private void Sink(int place, Node node)
    {
        while (true)
        {
            var first = (place * Children) + 1;
            if (first >= Count)
            {
                break;
            }

            var least = first;
            for (var child = first + 1; child < Math.Min(first + Children, Count); child++)
            {
                least = _nodes[child].IsBefore(_nodes[least]) ? child : least;
            }

            if (!_nodes[least].IsBefore(node))
            {
                break;
            }

            Put(place, _nodes[least]);
            place = least;
        }

        Put(place, node);
    }

    private void Put(int place, Node node)
    {
        _nodes[place] = node;
        node.Entry.Place = place;
    }

    /// <summary>The time stands here and not in the item, so that comparing touches the array alone.</summary>
    private readonly record struct Node(long Due, long Sequence, IScheduled Entry)
    {
        internal bool IsBefore(in Node other) => Due < other.Due || (Due == other.Due && Sequence < other.Sequence);
    }
}
