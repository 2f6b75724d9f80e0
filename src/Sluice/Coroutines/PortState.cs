namespace Sluice;

/// <summary>The hot state of a port. Its order matters: up to <see cref="BusyQueued"/> an item was just delivered.</summary>
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
