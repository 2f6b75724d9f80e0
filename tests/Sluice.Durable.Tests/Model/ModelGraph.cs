namespace Sluice.Tests.Model;

/// <summary>The kinds of nodes, each as simple as its way of reading inputs allows.</summary>
internal enum ModelKind
{
    /// <summary>Sends the numbers 10 s + 1, 10 s + 2, ... of its own s.</summary>
    Source,

    /// <summary>Reads one inbox, sends each item to every output.</summary>
    Stage,

    /// <summary>Sends each item twice.</summary>
    Twice,

    /// <summary>Ends with its first item.</summary>
    TakeOne,

    /// <summary>Holds items, and sends them at a time of its own; at the end it sends what is left.</summary>
    Buffer,

    /// <summary>Reads its two inboxes in turn and sends the sums of pairs.</summary>
    Zip,

    /// <summary>Reads one inbox to its end, then the next.</summary>
    Concat,

    /// <summary>Keeps the next item of each of its two inboxes and sends the smaller one.</summary>
    MergeBy,

    /// <summary>Sends each item on, and gives itself half of it until that is zero. What it gave itself goes before new items.</summary>
    Feedback,

    /// <summary>Has up to two calls under way, whose results it sends as they are done.</summary>
    SelectAsync,

    /// <summary>Keeps all items, in their order.</summary>
    Sink,
}

/// <summary>A node of a graph of the model.</summary>
/// <param name="Kind">How it works.</param>
/// <param name="Items">For a source: how many items it sends.</param>
internal sealed record ModelNode(ModelKind Kind, int Items = 0)
{
    /// <summary>Gets whether it decides which of its inboxes it reads next.</summary>
    internal bool ChoosesInbox => Kind is ModelKind.Zip or ModelKind.Concat or ModelKind.MergeBy;
}

/// <summary>An edge.</summary>
/// <param name="Capacity">How many items the ring of a boundary holds; 0 for an edge within a segment, whose send ends when the receiver is
/// ready for the next item.</param>
internal sealed record ModelEdge(int From, int To, int Slot, int Capacity);

/// <summary>Which rules hold. The tests switch one off to see that the model finds what that rule prevents.</summary>
internal sealed record ModelRules
{
    /// <summary>Rule 13c: while a mark is under way at a node, all its inputs are read up to their marks.</summary>
    internal bool Drains { get; init; } = true;

    /// <summary>Rule 13d: an edge that has ended counts as marked.</summary>
    internal bool EndCountsAsMark { get; init; } = true;

    /// <summary>Rule 13d: a node whose inputs have all ended gets its mark from the coordinator.</summary>
    internal bool CoordinatorMarksLastNodes { get; init; } = true;

    /// <summary>Alignment: what comes behind a mark waits until all inputs have theirs.</summary>
    internal bool Aligns { get; init; } = true;

    /// <summary>Rule 13f: an abort overtakes its mark, and releases what waits for alignment.</summary>
    internal bool AbortReleases { get; init; } = true;

    /// <summary>Rule 13f: what is left of an aborted mark is dropped where it arrives, since its number is an old one.</summary>
    internal bool LooksAtNumbers { get; init; } = true;

    internal int Marks { get; init; } = 1;

    internal bool MayAbort { get; init; }
}

/// <summary>A graph of the model: nodes before those they send to.</summary>
internal sealed class ModelGraph(ModelNode[] nodes, ModelEdge[] edges)
{
    internal IReadOnlyList<ModelNode> Nodes => nodes;

    internal IReadOnlyList<ModelEdge> Edges => edges;

    /// <summary>The numbers of the edges into each node, in the order of its inboxes.</summary>
    internal int[][] Inputs { get; } = [.. nodes.Select((_, node) => edges.Index().Where(edge => edge.Item.To == node).OrderBy(static edge => edge.Item.Slot).Select(static edge => edge.Index).ToArray())];

    internal int[][] Outputs { get; } = [.. nodes.Select((_, node) => edges.Index().Where(edge => edge.Item.From == node).Select(static edge => edge.Index).ToArray())];
}
