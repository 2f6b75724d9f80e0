namespace Sluice;

/// <summary>The part of a pipeline that runs in one place: a graph of its own, which begins and ends with a node for each edge that
/// crosses.</summary>
/// <param name="Env">The place.</param>
/// <param name="Graph">The part's graph.</param>
/// <param name="Origins">For each of its nodes the one of the pipeline; null for those that were added.</param>
/// <param name="Entries">The edges that come in.</param>
/// <param name="Exits">The edges that go out.</param>
internal sealed record Segment(Env Env, PipelineGraph Graph, IReadOnlyList<GraphNode?> Origins, IReadOnlyList<Crossing> Entries, IReadOnlyList<Crossing> Exits)
{
    /// <summary>The number of the member of a pool that the place is; 0 for all other places.</summary>
    internal int Part { get; init; }

    /// <summary>Gets whether a source of the pipeline is in it, which may hold its thread.</summary>
    internal bool HasSources => Origins.Any(static node => node?.Kind == NodeKind.Source);
}

/// <summary>An edge of a pipeline whose ends are in different places.</summary>
/// <param name="Channel">Its number within the pipeline.</param>
/// <param name="Type">What goes along it.</param>
/// <param name="Capacity">How many items it holds.</param>
internal sealed record Crossing(int Channel, EdgeType Type, int Capacity);
