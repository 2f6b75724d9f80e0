namespace Sluice;

/// <summary>Stages in a row, as they were put together: two rows, or a row whose last stage was changed. So putting rows together costs the same
/// however long they are, from either side.</summary>
/// <remarks>Thread safety: immutable, except for the array, which any thread may make.</remarks>
internal sealed class StageRow
{
    private readonly StageRow? _first;
    private readonly StageRow? _second;
    private NodeSpec[]? _specs;

    internal StageRow(params NodeSpec[] specs)
    {
        _specs = specs;
        Last = specs[^1];
        Count = specs.Length;
    }

    private StageRow(StageRow first, StageRow second)
    {
        _first = first;
        _second = second;
        Last = second.Last;
        Count = first.Count + second.Count;
    }

    private StageRow(StageRow unchanged, NodeSpec last)
    {
        _first = unchanged;
        Last = last;
        Count = unchanged.Count;
    }

    internal int Count { get; }

    internal NodeSpec Last { get; }

    /// <summary>The stages, the first one first.</summary>
    internal NodeSpec[] Specs => _specs ?? (_specs = ToArray());

    internal StageRow Then(StageRow second) => new(this, second);

    internal StageRow WithLast(NodeSpec last) => Count == 1 ? new([last]) : new(this, last);

    private NodeSpec[] ToArray()
    {
        var specs = new NodeSpec[Count];
        var left = new Stack<(StageRow Row, int End)>([(this, Count)]); // each with the place behind its last stage, which may be filled already
        while (left.TryPop(out var at))
        {
            var (row, end) = at;
            specs[end - 1] ??= row.Last; // a change that was made to a longer row counts
            if (row._specs is { } known)
            {
                known.AsSpan(..^1).CopyTo(specs.AsSpan(end - known.Length));
            }
            else if (row._second is { } second)
            {
                left.Push((second, end));
                left.Push((row._first!, end - second.Count));
            }
            else
            {
                left.Push((row._first!, end));
            }
        }

        return specs;
    }
}
