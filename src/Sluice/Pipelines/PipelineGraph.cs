using System.Diagnostics;

namespace Sluice;

/// <summary>The kinds of a pipeline's nodes.</summary>
public enum NodeKind
{
    /// <summary>Produces items.</summary>
    Source,

    /// <summary>A coroutine that transforms items.</summary>
    Stage,

    /// <summary>Transforms items without a coroutine of its own.</summary>
    Operator,

    /// <summary>Sends to several branches.</summary>
    FanOut,

    /// <summary>Receives from several branches.</summary>
    FanIn,

    /// <summary>Consumes items.</summary>
    Sink,
}

/// <summary>A node of a pipeline. Thread safety: immutable.</summary>
[DebuggerDisplay("{Kind} {Name,nq}")]
public sealed class GraphNode
{
    internal GraphNode(int index, string name, NodeSpec spec)
    {
        Index = index;
        Name = name;
        Spec = spec;
    }

    /// <summary>The name, unique within the pipeline: from the stage's method, its <c>Named</c>, or the operator.</summary>
    public string Name { get; }

    /// <summary>The kind of the node.</summary>
    public NodeKind Kind => Spec.Kind;

    /// <summary>More about the node, such as the text of a filter's condition; null if there is nothing to say.</summary>
    public string? Detail => Spec.Detail;

    internal int Index { get; }

    internal NodeSpec Spec { get; }

    /// <summary>The environment that was chosen for it; null for that of the nodes before it.</summary>
    internal Env? Env { get; init; }

    /// <summary>The node's name.</summary>
    /// <returns><see cref="Name"/>.</returns>
    public override string ToString() => Name;
}

/// <summary>An edge of a pipeline: items go from one node to another. Thread safety: immutable.</summary>
/// <param name="From">The node that sends.</param>
/// <param name="To">The node that receives.</param>
[DebuggerDisplay("{From.Name,nq} -> {To.Name,nq}")]
public sealed record GraphEdge(GraphNode From, GraphNode To)
{
    /// <summary>The number of the receiving node's inbox that it leads to; most nodes have one.</summary>
    internal int Slot { get; init; }
}

/// <summary>The nodes and edges of a pipeline, for looking at and for drawing. Thread safety: immutable.</summary>
[DebuggerDisplay("{Nodes.Count} nodes, {Edges.Count} edges")]
public sealed class PipelineGraph
{
    internal PipelineGraph(IReadOnlyList<GraphNode> nodes, IReadOnlyList<GraphEdge> edges)
    {
        Nodes = nodes;
        Edges = edges;
        IsInOnePlace = nodes.All(static node => node.Env is null or InlineEnv or CallerEnv);
    }

    /// <summary>The nodes; each comes before all that it sends to.</summary>
    public IReadOnlyList<GraphNode> Nodes { get; }

    /// <summary>The edges, in the order in which a node sends to its outputs.</summary>
    public IReadOnlyList<GraphEdge> Edges { get; }

    /// <summary>Gets whether no node was said to run anywhere but where the run is started.</summary>
    internal bool IsInOnePlace { get; }

    /// <summary>The graph as a Mermaid flowchart, which GitHub and many editors draw.</summary>
    /// <returns>The text, lines ending in a line feed.</returns>
    public string ToMermaid() => GraphText.Mermaid(this);

    /// <summary>The graph in DOT, the language of Graphviz: <c>dot -Tsvg</c> draws it.</summary>
    /// <returns>The text, lines ending in a line feed.</returns>
    public string ToDot() => GraphText.Dot(this);
}
