namespace Sluice;

/// <summary>One mark at one node. Owner: the run's strand.</summary>
/// <param name="edges">The number of edges along which it has not come.</param>
internal sealed class NodeMark(int edges)
{
    internal MarkState State { get; private set; }

    /// <summary>The number of edges along which it has not come, and which have not ended.</summary>
    internal int EdgesLeft { get; private set; } = edges;

    /// <summary>The number of nodes behind this one that it has not passed.</summary>
    internal int OutputsLeft { get; set; }

    /// <summary>Gets whether the node was captured; else it has ended before.</summary>
    internal bool WasCaptured { get; set; }

    internal void EdgeIsMarked() => EdgesLeft--;

    internal void MoveTo(MarkState next)
    {
        System.Diagnostics.Debug.Assert(MayMove(State, next), $"A mark that is {State} at a node cannot be {next}.");
        State = next;
    }

    /// <summary>The table of <see cref="MarkState"/>.</summary>
    internal static bool MayMove(MarkState from, MarkState to) => to switch
    {
        MarkState.Aligning => from == MarkState.Expected,
        MarkState.Resting => from is MarkState.Expected or MarkState.Aligning,
        MarkState.Frozen => from == MarkState.Resting,
        MarkState.Passed => from != MarkState.Passed,
        _ => false,
    };
}
