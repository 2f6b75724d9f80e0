namespace Sluice;

/// <summary>The rarely needed part of a port, made on first use: the waiters, the error to raise, the end.</summary>
/// <remarks>It is also the strand's work by which a waiting receiver gets its next message. Owner: the strand's
/// holder, except <see cref="Completion"/>, which is guarded by a lock on this object.</remarks>
internal sealed class PortDetails<T>(CoroutineTarget<T> port) : StrandWork
{
    /// <summary>In place of one of its own, for a port that never needed it and whose receiver has completed. Never written
    /// to: <see cref="CoroutineTarget{T}.Details"/> then makes one.</summary>
    internal static readonly PortDetails<T> Completed = new(null!) { Outcome = CoroutineStatus.Completed };

    /// <summary>The message in progress, if its sender waits for it.</summary>
    internal PendingMessage<T>? Current;

    /// <summary>Messages that wait behind it, first come first served.</summary>
    internal Queue<PendingMessage<T>>? Waiting;

    /// <summary>Told, once, when the receiver waits and has nothing to look at but held items: a mark waits for that.</summary>
    internal IRestWatcher? RestWatcher;

    /// <summary>It was at rest in its last turn, and is looked at once more behind everything that was ready then.</summary>
    internal bool WasAtRest;

    /// <summary>The items whose senders go on though the receiver has not come to them (rule 13c).</summary>
    internal PortHolding Holds;

    /// <summary>The error that the next receive raises: a thrown one, or the end of all outputs.</summary>
    internal Exception? Interruption;

    /// <summary>True when <see cref="Interruption"/> is a message, whose sender waits until it has been handled.</summary>
    internal bool InterruptionIsMessage;

    /// <summary>A close is in the queue or done: later sends are refused.</summary>
    internal bool CloseRequested;

    /// <summary>Set when the run was cancelled: every receive raises this.</summary>
    internal OperationCanceledException? Cancellation;

    /// <summary>Receives after close, up to <see cref="CoroutineTarget{T}.MaxReceivesPastClose"/>.</summary>
    internal int ReceivesPastClose;

    /// <summary>Items handed over at once, and the next one to take.</summary>
    internal T[]? Chunk;
    internal int ChunkNext;
    internal int ChunkEnd;
    internal long ChunkFirstIndex;
    internal CancellationToken ChunkCancellation;

    /// <summary>The sender's context, once the receiver has been away in the middle: each later item begins in it again.</summary>
    internal ExecutionContext? ChunkContext;

    /// <summary>The outcome of the receiver; <see cref="CoroutineStatus.Busy"/> until it has ended.</summary>
    internal CoroutineStatus Outcome = CoroutineStatus.Busy;
    internal Exception? Failure;

    /// <summary>The error for the sender of the message in progress at the end; null if that message was handled.</summary>
    internal Exception? SenderError;

    /// <summary>The failure, as long as neither a sender nor <see cref="Completion"/> has it.</summary>
    internal Unobserved Unobserved;

    /// <summary>The bound of a receive that has one.</summary>
    internal TimedWait<T>? Wait;

    /// <summary>The time that a receiver that came from a snapshot is still to wait.</summary>
    internal TimeSpan? ResumedWait;

    internal PortState StateBeforeRefusal;

    /// <summary>The state to which a pause leads back, and the context of the receiver in it.</summary>
    internal PortState StateBeforePause;
    internal ExecutionContext? PauseContext;
    internal string? Name;
    internal PendingMessage? WaitsFor;
    internal PendingMessage<T>? Free;
    internal object? Completion;

    internal bool HasWaiting => Waiting is { Count: > 0 };

    internal override void Run() => port.DeliverNext();
}

/// <summary>The items that a port holds while a mark is under way: their senders go on.</summary>
internal enum PortHolding
{
    None,

    /// <summary>Those that come while the receiver pauses.</summary>
    InPauses,

    /// <summary>Those that come while the receiver is not here.</summary>
    All,
}
