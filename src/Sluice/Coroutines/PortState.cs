namespace Sluice;

/// <summary>The hot state of a port. Its order matters: up to <see cref="BusyQueued"/> an item was just delivered.</summary>
/// <remarks>
/// From each state but itself it may go to <see cref="Ended"/>, by EndWith or Restore. The other ways, which <see cref="PortTransitions"/> holds:
/// <code>
/// state       to          by
/// Parked      Busy        SendWithin
/// Parked      Chunk       SendChunkWithin
/// Parked      BusyQueued  Deliver: an item that was waiting, or was sent by a message
/// Parked      Scheduled   WakeUp, and Deliver if more waits
/// Parked      Closing     CloseParked, and a CloseMessage at rest
/// Parked      Raising     a ThrowMessage or a FaultMessage at rest
/// Parked      Between     EndWait: the time of the receive is over
/// Scheduled   Parked      Deliver: a control message; DeliverNext: what it was scheduled for is gone
/// Scheduled   Frozen      DeliverNext: a mark passes the node
/// Frozen      Parked      Thaw
/// Busy        Pausing     ParkInPause: a wait that takes no items
/// Chunk       Pausing     ParkInPause
/// BusyQueued  Pausing     ParkInPause
/// Between     Pausing     ParkInPause, RestoreInRun
/// Closing     Pausing     ParkInPause
/// Pausing     FrozenPause  FreezeInPause: a mark passes the node
/// FrozenPause  Pausing    Thaw
/// Pausing     Chunk       EndPause: to what it was
/// Pausing     BusyQueued  EndPause: the sender of the item in progress waits
/// Pausing     Between     EndPause: it does not
/// Pausing     Closing     EndPause: to what it was
/// Scheduled   BusyQueued  Deliver: an item
/// Scheduled   Raising     DeliverNext: an interruption
/// Scheduled   Closing     DeliverNext: a cancellation
/// Busy        Parked      Park: the next receive
/// Busy        BusyQueued  AfterDelivery and WakeUp: the next receive has something to look at
/// Busy        Between     ReleaseSender
/// Busy        Refusing    RefuseReceiver
/// Chunk       BusyQueued  the last item was taken, or something else comes before the next one
/// Chunk       Closing     TakeFromChunk: the token of the chunk was cancelled
/// BusyQueued  Parked      Park: nothing waits
/// BusyQueued  Scheduled   Park: a message waits
/// BusyQueued  Raising     a receive finds an interruption
/// BusyQueued  Closing     a receive finds a cancellation
/// BusyQueued  Between     ReleaseSender
/// BusyQueued  Refusing    RefuseReceiver
/// Between     Parked      Park: nothing waits
/// Between     Scheduled   Park: a message waits
/// Between     Raising     a receive finds an interruption
/// Between     Closing     a receive finds a cancellation
/// Between     Refusing    RefuseReceiver
/// Raising     BusyQueued  Raise: the error of a message, whose sender waits until it was handled
/// Raising     Between     Raise: an end of all outputs
/// Refusing    Busy        TakeSlow: back to what it was
/// Refusing    BusyQueued  TakeSlow: back to what it was
/// Refusing    Between     TakeSlow: back to what it was
/// Refusing    Parked      Park: the coroutine came to a receive of its own first
/// Refusing    Scheduled   Park: the coroutine came to a receive of its own first
/// </code>
/// </remarks>
internal enum PortState
{
    /// <summary>The receiver handles an item and nothing else is known.</summary>
    Busy,

    /// <summary>The receiver handles a message, and the port's <see cref="PortDetails{T}"/> must be looked at when it is done.</summary>
    BusyQueued,

    /// <summary>The receiver handles an item of a chunk that has more.</summary>
    Chunk,

    /// <summary>The receiver waits: a send runs it.</summary>
    Parked,

    /// <summary>The receiver waits, but for its turn: the strand will hand it what is next.</summary>
    Scheduled,

    /// <summary>The receiver waits, and nothing resumes it until a mark has passed the nodes behind it.</summary>
    Frozen,

    /// <summary>The receiver waits for a time or a signal in the middle of its work, and takes no items.</summary>
    Pausing,

    /// <summary>The same, and nothing resumes it until a mark has passed the nodes behind it.</summary>
    FrozenPause,

    /// <summary>The receiver is being resumed to raise an error.</summary>
    Raising,

    /// <summary>Something that is no coroutine tried to receive and is being told so.</summary>
    Refusing,

    /// <summary>The receiver runs and handles nothing: before its first receive, or after an end was raised.</summary>
    Between,

    /// <summary>Closed or cancelled: each receive says so. The receiver may still run.</summary>
    Closing,

    /// <summary>The receiver has ended.</summary>
    Ended,
}

/// <summary>The table of <see cref="PortState"/>.</summary>
internal static class PortTransitions
{
    internal static bool MayMove(PortState from, PortState to) => to switch
    {
        PortState.Busy => from is PortState.Parked or PortState.Refusing,
        PortState.BusyQueued => from is PortState.Parked or PortState.Scheduled or PortState.Busy or PortState.Chunk or PortState.Raising or PortState.Refusing or PortState.Pausing,
        PortState.Chunk => from is PortState.Parked or PortState.Pausing,
        PortState.Parked => from is PortState.Busy or PortState.BusyQueued or PortState.Between or PortState.Scheduled or PortState.Refusing or PortState.Frozen,
        PortState.Scheduled => from is PortState.Parked or PortState.BusyQueued or PortState.Between or PortState.Refusing,
        PortState.Frozen => from == PortState.Scheduled,
        PortState.Pausing => from is PortState.Busy or PortState.Chunk or PortState.BusyQueued or PortState.Between or PortState.Closing or PortState.FrozenPause,
        PortState.FrozenPause => from == PortState.Pausing,
        PortState.Raising => from is PortState.Parked or PortState.Scheduled or PortState.BusyQueued or PortState.Between,
        PortState.Refusing => from is PortState.Busy or PortState.BusyQueued or PortState.Between,
        PortState.Between => from is PortState.Busy or PortState.BusyQueued or PortState.Parked or PortState.Raising or PortState.Refusing or PortState.Pausing,
        PortState.Closing => from is PortState.Parked or PortState.Scheduled or PortState.BusyQueued or PortState.Between or PortState.Chunk or PortState.Pausing,
        PortState.Ended => from != PortState.Ended,
        _ => false,
    };
}
