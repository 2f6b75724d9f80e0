namespace Sluice;

/// <summary>The life of a <see cref="SourceBody{T}"/>. It only goes downwards in this list.</summary>
/// <remarks>
/// <code>
/// state     to        by
/// Waiting   Ready     GetReady: what it feeds is open, and the sources may start
/// Waiting   Ended     Stop, Cancel, or OutputsEnded while it waits for its turn
/// Ready     Started   Run
/// Ready     Ended     Stop or Cancel before Run
/// Started   Ended     OnEnded, or Run if the run has failed or the source cannot be started
/// </code>
/// A call that finds another state changes nothing.
/// </remarks>
internal enum SourceState
{
    /// <summary>It is not in the strand's queue.</summary>
    Waiting,

    /// <summary>It is in the strand's queue.</summary>
    Ready,

    /// <summary>Its coroutine was started, or is being started.</summary>
    Started,

    /// <summary>Its node has ended. It may still be in the strand's queue, and does nothing when its turn comes.</summary>
    Ended,
}

/// <summary>The table of <see cref="SourceState"/>.</summary>
internal static class SourceTransitions
{
    internal static bool MayMove(SourceState from, SourceState to) => to switch
    {
        SourceState.Ready => from == SourceState.Waiting,
        SourceState.Started => from == SourceState.Ready,
        SourceState.Ended => from is SourceState.Waiting or SourceState.Ready or SourceState.Started,
        _ => false,
    };
}
