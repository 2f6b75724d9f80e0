namespace Sluice;

/// <summary>The life of a <see cref="RemoteSegment"/>.</summary>
/// <remarks>
/// Each state may go to:
/// <code>
/// state            to               by
/// Preparing        Prepared         PrepareAsync: the first side is prepared
/// Preparing        Ended            the part has ended before PrepareAsync came to that
/// Preparing        Over             PrepareAsync failed or was cancelled, or the side was lost
/// Prepared         Going            Go
/// Prepared         Replacing        BeginReplacing
/// Prepared         Ended            the part has ended, since it was cancelled or had nothing to wait for
/// Prepared         Over             GiveUp
/// Going            ReplacingGoing   BeginReplacing
/// Going            Ended            the part has ended
/// Going            Over             GiveUp
/// Replacing        ReplacingGoing   Go
/// Replacing        Prepared         EndReplacing
/// Replacing        Ended            the new part has ended, since it was cancelled
/// Replacing        Over             GiveUp
/// ReplacingGoing   Going            EndReplacing, which tells the new side to go
/// ReplacingGoing   Ended            the new part has ended, since it was cancelled
/// ReplacingGoing   Over             GiveUp
/// Ended            Over             End, behind what came before it
/// </code>
/// The way by BeginReplacing is there only for a segment with <see cref="SegmentRestarts"/>. From <c>Prepared</c> on there is a connection, which is that of
/// the lost side while a segment is replaced: what is sent to that goes nowhere, and is made up for by EndReplacing.
/// </remarks>
internal enum RemoteSegmentState
{
    /// <summary>The first side is being made and prepared.</summary>
    Preparing,

    /// <summary>Every stage there waits for items.</summary>
    Prepared,

    /// <summary>It was told to go.</summary>
    Going,

    /// <summary>The other side was lost before it was told to go, and another one is made and prepared.</summary>
    Replacing,

    /// <summary>The same, and the other one is told to go when it is prepared.</summary>
    ReplacingGoing,

    /// <summary>The other side has said that its part has ended: that it goes is no loss any more.</summary>
    Ended,

    /// <summary>All edges have ended, in order or by a loss. Nothing is left but to take the connection down.</summary>
    Over,
}

/// <summary>The table of <see cref="RemoteSegmentState"/>.</summary>
internal static class RemoteSegmentTransitions
{
    internal static bool MayMove(RemoteSegmentState from, RemoteSegmentState to) => to switch
    {
        RemoteSegmentState.Prepared => from is RemoteSegmentState.Preparing or RemoteSegmentState.Replacing,
        RemoteSegmentState.Going => from is RemoteSegmentState.Prepared or RemoteSegmentState.ReplacingGoing,
        RemoteSegmentState.Replacing => from == RemoteSegmentState.Prepared,
        RemoteSegmentState.ReplacingGoing => from is RemoteSegmentState.Going or RemoteSegmentState.Replacing,
        RemoteSegmentState.Ended => from < RemoteSegmentState.Ended,
        RemoteSegmentState.Over => from < RemoteSegmentState.Over,
        _ => false,
    };
}
