namespace Sluice;

/// <summary>The life of a <see cref="Run"/>. It only goes downwards in this list.</summary>
/// <remarks>
/// Each state may go to:
/// <code>
/// state             to                by
/// Made              CanceledEarly     CancelWithin, from a stage that ends while it is started
/// Made              Prepared          the end of Prepare
/// Made              Ended             the last node, while Prepare runs: a stage failed as it was started, and all sources waited for their turn
/// CanceledEarly     Prepared          the end of Prepare, which then cancels
/// CanceledEarly     Ended             as from Made: there was nothing left to cancel
/// Prepared          Going             GetSourcesReady
/// Prepared          Canceled          CancelWithin
/// Prepared          Ended             the last node
/// Going             Canceled          CancelWithin
/// Going             Ended             the last node
/// Canceled          EndedByCancel     the last node
/// </code>
/// In each other state these calls change nothing. A run whose nodes could not all be made stays where it is: it has no end of its own.
/// </remarks>
internal enum RunState
{
    /// <summary>Its nodes are made, and are not all connected or started.</summary>
    Made,

    /// <summary>The same, and it was cancelled before everything was there that learns of it.</summary>
    CanceledEarly,

    /// <summary>Every stage waits for items. Sources do not start yet.</summary>
    Prepared,

    /// <summary>Sources start, each when all that it feeds is open.</summary>
    Going,

    /// <summary>Everything that waits has got the cancellation.</summary>
    Canceled,

    /// <summary>Every node has ended, and the run was not cancelled before.</summary>
    Ended,

    /// <summary>Every node has ended, after a cancellation.</summary>
    EndedByCancel,
}
