using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <content>The receiving side: what the inbox's awaiters do. Everything here runs within the strand.</content>
public partial class CoroutineTarget<T>
{
    /// <summary>The number of times that a coroutine may receive past its close before it is abandoned (design, rule 9).</summary>
    internal const int MaxReceivesPastClose = 64;

    private T _item = default!;
    private PortState _state = PortState.Between;

    /// <summary>The coroutine that received last: the outermost one or a child of it.</summary>
    private Coroutine? _receiver;

    /// <summary>The item that was taken last. That of a chunk is read where it is, since copying it here would be half of
    /// what an item costs; it is copied when the chunk ends (<see cref="KeepItemOfChunk"/>).</summary>
    internal T Item => _state == PortState.Chunk ? _details!.Chunk![_details.ChunkNext - 1] : _item;

    /// <summary>The items of the chunk that were not taken yet; empty if there is none.</summary>
    internal ReadOnlySpan<T> RestOfChunk => _state == PortState.Chunk ? _details!.Chunk.AsSpan(_details.ChunkNext.._details.ChunkEnd) : default;

    /// <summary>Cancelled when there is no reason to go on: see <see cref="Inbox{T}.Cancellation"/>.</summary>
    internal virtual CancellationToken Cancellation => _strand?.Cancellation ?? default;

    /// <summary>The cause of a cancellation: a failure of the run, if it was one; else <paramref name="error"/>.</summary>
    internal virtual Exception CauseOf(Exception error) => error;

    /// <summary>The first failure of the run, unless it was cancelled.</summary>
    internal virtual Exception? FailureOfRun => null;

    /// <summary>The coroutine comes to wait until what is behind it has taken something that is under way, or goes on.</summary>
    internal virtual void NoteWaitForRoom(bool waits)
    {
    }

    /// <summary>The inbox is closed, or will be at the next receive: nothing waits before the close.</summary>
    internal bool IsOver => _state == PortState.Ended || (_state == PortState.Closing && _details?.Cancellation is null)
        || (_details is { CloseRequested: true, Cancellation: null, Waiting: { Count: 1 } waiting } && waiting.Peek().Control is CloseMessage);

    /// <summary>The message in progress, if its sender waits for it.</summary>
    private protected PendingMessage? CurrentMessage => _details?.Current;

    /// <summary>The item that was taken last is handled, and the next one may be sent; it waits until the coroutine comes to this
    /// inbox again. For a coroutine that waits at another inbox first: else the end of what sends here is not seen.</summary>
    internal void ReleaseSender()
    {
        if (_state is PortState.Busy or PortState.BusyQueued)
        {
            MoveTo(PortState.Between); // a sender that is still on the stack finds this state, and so its send completed
            FinishCurrent();
        }
    }

    /// <summary>Completes when the inbox is closed, behind what waits there; null if it is, or if this is no inbox of a node.</summary>
    internal virtual Task? Closing => null;

    /// <summary>What <see cref="Closing"/> gave, also if the inbox is closed by now: a receiver may wait for it and not have learnt of that. Null if nothing has asked.</summary>
    internal virtual Task? GivenClosing => null;

    /// <summary>The coroutine is about to receive from this inbox for the first time: what feeds it starts, if it waits for that.</summary>
    internal virtual void OpenInput()
    {
    }

    /// <summary>Gets whether a receive completes without suspending. Reaching a receive ends the message in progress.</summary>
    internal bool ReceiveIsReady => _state != PortState.Busy && (_state == PortState.Chunk || ReceiveIsReadySlow());

    /// <summary>Suspends the coroutine until it is resumed with something to <see cref="Take"/>.</summary>
    internal void Park(Coroutine receiver)
    {
        if (!ReferenceEquals(_receiver, receiver))
        {
            _receiver = receiver; // not each time: the write barrier would be a fifth of a send
        }

        if (_state == PortState.Busy)
        {
            _state = PortState.Parked; // as MoveTo would
        }
        else if (_state == PortState.Closing)
        {
            Abandon();
        }
        else if (_details is { HasWaiting: true } or { RestWatcher: not null })
        {
            Schedule();
        }
        else
        {
            MoveTo(PortState.Parked);
            AssertAtRest();
        }
    }

    /// <summary>True: <see cref="Item"/> is the next item. False: the inbox is closed. Else throws the error that has to be raised.</summary>
    internal bool Take() => _state <= PortState.BusyQueued || (_state == PortState.Chunk ? TakeFromChunk() : TakeSlow());

    [DoesNotReturn]
    internal void ThrowClosed() => throw new InboxClosedException(this, Name);

    /// <summary>Something other than a coroutine awaits a receive: resumes it so that it gets the error.</summary>
    internal void RefuseReceiver(Action continuation)
    {
        if (_state != PortState.Parked)
        {
            Details.StateBeforeRefusal = _state;
            MoveTo(PortState.Refusing);
        }

        ThreadPool.UnsafeQueueUserWorkItem(static run => run(), continuation, preferLocal: false);
    }

    private bool ReceiveIsReadySlow()
    {
        switch (_state)
        {
            case PortState.BusyQueued:
                _details!.Chunk = null;
                FinishCurrent();
                return HasSomethingToRaise();
            case PortState.Between:
                return HasSomethingToRaise();
            case PortState.Closing:
                return ++Details.ReceivesPastClose <= MaxReceivesPastClose;
            default:
                return true; // Parked, Scheduled: Take reports the second receiver
        }
    }

    private bool HasSomethingToRaise()
    {
        if (_details?.Cancellation is not null)
        {
            MoveTo(PortState.Closing);
            return true;
        }

        if (_details?.Interruption is not null)
        {
            MoveTo(PortState.Raising);
            return true;
        }

        return false;
    }

    private bool TakeSlow()
    {
        switch (_state)
        {
            case PortState.Raising:
                Raise();
                return false;
            case PortState.Closing when _details?.Cancellation is { } canceled:
                throw new OperationCanceledException(canceled.Message, canceled.CancellationToken);
            case PortState.Closing:
                return false;
            case PortState.Refusing:
                MoveTo(_details!.StateBeforeRefusal);
                throw new InvalidOperationException($"Only a method that returns Coroutine can receive from the inbox of '{Name}'. Make the method an 'async Coroutine' and await that.");
            default:
                throw new InvalidOperationException($"'{Name}' receives twice at the same time: await each receive before the next.");
        }
    }

    private bool TakeFromChunk()
    {
        var details = _details!;
        if (details.ChunkCancellation.IsCancellationRequested)
        {
            // The strand is held by this loop, so the cancellation's own work has no chance yet.
            KeepItemOfChunk();
            details.Cancellation ??= new OperationCanceledException(details.ChunkCancellation);
            MoveTo(PortState.Closing);
            FinishCurrent(details.Cancellation);
            details.ChunkCancellation.ThrowIfCancellationRequested();
        }

        ContextFlow.Restore(details.ChunkContext); // null as long as the receiver has not been away
        TakeOfChunk(1);
        return true;
    }

    /// <summary>Takes the next ones of <see cref="RestOfChunk"/>.</summary>
    internal void TakeOfChunk(int count)
    {
        var details = _details!;
        Debug.Assert(_state == PortState.Chunk && count >= 0 && details.ChunkNext + count <= details.ChunkEnd, "More is taken of a chunk than it has.");
        details.ChunkNext += count;
        if (details.ChunkNext == details.ChunkEnd)
        {
            KeepItemOfChunk();
            MoveTo(PortState.BusyQueued);
        }
    }

    private void KeepItemOfChunk()
    {
        if (_details!.ChunkNext > 0)
        {
            _item = _details.Chunk![_details.ChunkNext - 1];
        }
    }

    private void Raise()
    {
        var details = _details!;
        var error = details.Interruption!;
        MoveTo(details.InterruptionIsMessage ? PortState.BusyQueued : PortState.Between);
        details.Interruption = null;
        details.InterruptionIsMessage = false;
        ExceptionDispatchInfo.Throw(error);
    }
}
