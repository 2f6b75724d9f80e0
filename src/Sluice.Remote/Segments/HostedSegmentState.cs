namespace Sluice;

/// <summary>The life of a <see cref="HostedSegment"/>.</summary>
/// <remarks>
/// Each state may go to:
/// <code>
/// state     to        by
/// Waiting   Made      Create: the blueprint is read
/// Waiting   Ended     Refuse
/// Made      Going     the frame go
/// Made      Ended     End: the run was cancelled, or had nothing to wait for
/// Going     Ended     End
/// </code>
/// </remarks>
internal enum HostedSegmentState
{
    /// <summary>The blueprint has not come.</summary>
    Waiting,

    /// <summary>Its run is made, and maybe prepared. Sources do not start yet.</summary>
    Made,

    /// <summary>It was told to go.</summary>
    Going,

    /// <summary>It was refused, or its run has ended: the other side is told so and may go.</summary>
    Ended,
}

/// <summary>The table of <see cref="HostedSegmentState"/>.</summary>
internal static class HostedSegmentTransitions
{
    internal static bool MayMove(HostedSegmentState from, HostedSegmentState to) => to switch
    {
        HostedSegmentState.Made => from == HostedSegmentState.Waiting,
        HostedSegmentState.Going => from == HostedSegmentState.Made,
        HostedSegmentState.Ended => from != HostedSegmentState.Ended,
        _ => false,
    };
}
