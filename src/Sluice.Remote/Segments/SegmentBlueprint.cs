namespace Sluice;

/// <summary>The plan that a segment elsewhere is made from. It travels as a snapshot: the nodes with the application's delegates and what
/// those have captured.</summary>
internal sealed class SegmentBlueprint
{
    private readonly NodeSpec[] _specs;
    private readonly string[] _names;
    private readonly (int From, int To, int Slot)[] _edges;
    private readonly int _result;

    internal SegmentBlueprint(Segment segment, SegmentedRun whole, SegmentEndpoint endpoint, IEnumerable<EdgePosition> exitPositions)
    {
        _specs = [.. segment.Graph.Nodes.Select(static node => node.Spec)];
        _names = [.. segment.Graph.Nodes.Select(static node => node.Name)];
        _edges = [.. segment.Graph.Edges.Select(static edge => (edge.From.Index, edge.To.Index, edge.Slot))];
        _result = segment.Graph.Nodes.ToList().FindLastIndex(static node => node.Spec.HasResult);
        Entries = [.. segment.Entries];
        Exits = [.. segment.Exits];
        ExitPositions = [.. exitPositions];
        Codecs = [.. endpoint.Codecs];
        CountsItems = whole.CountsItems;
        IncompleteInput = whole.Options.IncompleteInput;
        IsWatched = whole.IsWatched;
        MayBeReplaced = endpoint.IsReplayed;
        KeepsState = whole.Options.Starter is not null;
    }

    internal Crossing[] Entries { get; }

    internal Crossing[] Exits { get; }

    /// <summary>From where each exit goes on, if another segment was there before.</summary>
    internal EdgePosition[] ExitPositions { get; }

    internal ItemCodec[] Codecs { get; }

    internal bool CountsItems { get; }

    internal IncompleteInput IncompleteInput { get; }

    /// <summary>Gets whether someone may want to know what the nodes do.</summary>
    internal bool IsWatched { get; }

    /// <summary>Gets whether another one takes its place if it is lost.</summary>
    internal bool MayBeReplaced { get; }

    /// <summary>Gets whether the states of its nodes are asked for at marks. Those at which they go on have come before.</summary>
    internal bool KeepsState { get; }

    /// <summary>The graph, and the sink that has the result, if it is here.</summary>
    internal PipelineGraph ToGraph(out GraphNode? result)
    {
        GraphNode[] nodes = [.. _specs.Select((spec, i) => new GraphNode(i, _names[i], spec))];
        result = _result < 0 ? null : nodes[_result];
        return new PipelineGraph(nodes, [.. _edges.Select(edge => new GraphEdge(nodes[edge.From], nodes[edge.To]) { Slot = edge.Slot })]);
    }
}
