namespace Sluice;

/// <summary>The life of one mark at one node.</summary>
/// <remarks>
/// <code>
/// state       to          by
/// Expected    Aligning    EdgeMarked: it has come along one edge, and others are left
/// Expected    Resting     EdgeMarked, InputEnded, BeginMark: no edge is left along which it may come
/// Aligning    Resting     EdgeMarked, InputEnded: it has come along all edges
/// Resting     Frozen      AtRest: the node is captured, and the mark goes on to the nodes behind it
/// Frozen      Passed      OutputReleased: all nodes behind it have been captured, so what it sends now comes after the mark everywhere
/// </code>
/// A node that ends has Passed, from each state.
/// </remarks>
internal enum MarkState
{
    /// <summary>It has not come yet: the node works as ever.</summary>
    Expected,

    /// <summary>It has come along some edges; what the node does not read of the others is held (rule 13c).</summary>
    Aligning,

    /// <summary>It has come along all edges; the node's coroutine has not come to rest yet.</summary>
    Resting,

    /// <summary>The node is captured and sends nothing.</summary>
    Frozen,

    /// <summary>The node works on, behind the mark.</summary>
    Passed,
}
