using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <content>The delivering side: messages to the coroutine, and its end. Everything here runs within the strand.</content>
public partial class CoroutineTarget<T>
{
    private PortDetails<T>? _details;

    PendingMessage? IReceiver.WaitsFor => _details?.WaitsFor;

    void ICoroutineOwner.SetWaitsFor(PendingMessage? send) => Details.WaitsFor = send;

    /// <summary>The owner of the coroutine that receives here.</summary>
    internal virtual IReceiver Receiver => this;

    /// <summary>Made on first use, which may be after the end; a task that asks for the completion may be first, from any
    /// thread.</summary>
    private protected PortDetails<T> Details
    {
        get
        {
            var details = _details;
            while (details is null || ReferenceEquals(details, PortDetails<T>.Completed))
            {
                var made = new PortDetails<T>(this) { Outcome = details?.Outcome ?? CoroutineStatus.Busy };
                var seen = Interlocked.CompareExchange(ref _details, made, details);
                details = ReferenceEquals(seen, details) ? made : seen;
            }

            return details;
        }
    }

    private protected virtual bool HasResult => false;

    /// <summary>The hot path: the item goes to the coroutine on this stack.</summary>
    /// <remarks>Inlined, as is what it calls: each frame more on the way from stage to stage costs a fifth of a send, and
    /// twice that once a chain is deeper than the processor predicts returns for.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask SendWithin(T item) => SendWithin(item, ExecutionContext.Capture());

    /// <summary>The same for a sender that knows its context. It stays on the stack: to keep it in the port would cost a write
    /// barrier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ValueTask SendWithin(T item, ExecutionContext? context)
    {
        if (_state != PortState.Parked)
        {
            return SendLater(item);
        }

        _item = item;
        _state = PortState.Busy; // as MoveTo would: it was parked
        _receiver!.Resume();
        return _state == PortState.Parked ? default : AfterDelivery(context);
    }

    /// <summary>Gets whether the receiver waits, so that a chunk may be sent.</summary>
    internal bool IsParked => _state == PortState.Parked;

    /// <summary>The same for items <paramref name="start"/> to <paramref name="end"/> of an array at once: the coroutine
    /// takes them without suspending.</summary>
    /// <remarks>Completes when all were handled, or when the receiver takes no more, which <see cref="Target{T}.IsClosed"/>
    /// shows; the rest is then left where it is. Only from the single sender of a port that <see cref="IsParked"/>.</remarks>
    internal ValueTask SendChunkWithin(T[] items, int start, int end, long firstIndex, CancellationToken cancellation)
    {
        Debug.Assert(0 <= start && start < end && end <= items.Length, "A chunk has items, and they are within the array.");
        var details = Details;
        details.Chunk = items;
        details.ChunkNext = start;
        details.ChunkEnd = end;
        details.ChunkFirstIndex = firstIndex;
        details.ChunkCancellation = cancellation;
        details.ChunkContext = null;
        var context = ExecutionContext.Capture();
        MoveTo(PortState.Chunk);
        _receiver!.Resume();
        return _state == PortState.Parked ? default : AfterDelivery(context);
    }

    /// <summary>The number in its array of the first item of the last chunk that was not taken.</summary>
    internal int EndOfChunk => _details!.ChunkNext;

    /// <summary>The source was stopped, or a mark has come, while the receiver is away in the middle of a chunk: the rest is left where it is.</summary>
    internal void EndChunk()
    {
        if (_state == PortState.Chunk)
        {
            KeepItemOfChunk();
            MoveTo(PortState.BusyQueued);
        }
        else if (_state is PortState.Pausing or PortState.FrozenPause)
        {
            EndChunkInPause();
            HoldInPause();
        }
    }

    /// <summary>Leaves a message that nothing waits for; nothing runs before this returns.</summary>
    internal void PostControl(ControlMessage message)
    {
        if (_state != PortState.Ended && !IsClosed)
        {
            Post(NewMessage().For(message));
        }
    }

    /// <summary>Sends a control message. That is rare, so there is a send object even if the receiver waits. Only the close of a
    /// receiver that waits has none: it comes once for each of a million keys.</summary>
    internal ValueTask ControlWithin(ControlMessage message)
    {
        if (ReferenceEquals(message, CloseMessage.Instance) && _state == PortState.Parked)
        {
            return CloseParked();
        }

        var send = NewMessage().For(message);
        var sent = send.AsValueTask();
        var context = send.Context;
        Accept(send);
        ContextFlow.Restore(context);
        return sent;
    }

    /// <summary>A message has reached the port: it is handled now if the receiver waits, else it waits itself.</summary>
    internal void Accept(PendingMessage<T> message)
    {
        if (_state == PortState.Ended || (IsClosed && message.Control is not { PassesClose: true }))
        {
            EndUnhandled(message);
            return;
        }

        if (_state == PortState.Parked)
        {
            AssertAtRest(); // what waits would be overtaken
            Details.CloseRequested |= message.Control is { ClosesInbox: true };
            Deliver(message);
        }
        else
        {
            Post(message);
        }
    }

    /// <summary>The message waits for its turn even if the receiver is ready: nothing runs before this returns.</summary>
    internal void Post(PendingMessage<T> message)
    {
        var details = Details;
        details.CloseRequested |= message.Control is { ClosesInbox: true };
        (details.Waiting ??= new()).Enqueue(HoldsNow(details) ? Held(message) : message);
        WakeUp();
    }

    /// <summary>The strand gives the waiting receiver what is next.</summary>
    internal void DeliverNext()
    {
        if (_state != PortState.Scheduled)
        {
            return;
        }

        if (HasSomethingToRaise())
        {
            _details!.WasAtRest = false;
            _receiver!.Resume();
        }
        else if (_details!.RestWatcher is { } watcher && IsAtRestForMark)
        {
            if (!_details.WasAtRest)
            {
                _details.WasAtRest = true;
                Home.Strand.EnterBehind(_details); // what the node works on beside its coroutine may be ready to go on: it has its turn first
                return;
            }

            _details.RestWatcher = null;
            MoveTo(PortState.Frozen);
            watcher.AtRest();
        }
        else if (_details.HasWaiting)
        {
            _details.WasAtRest = false;
            Deliver(_details.Waiting!.Dequeue());
        }
        else
        {
            _details.WasAtRest = false;
            MoveTo(PortState.Parked); // what it was to be given was taken back
            if (_details.Wait is { IsDue: true } wait)
            {
                EndWait(wait);
            }

            // One that waits for a task of its own has something under way: it comes to rest when that has ended.
        }
    }

    /// <summary>Has the next receive raise <paramref name="ended"/>: no one takes what this stage sends (rule 5).</summary>
    internal void Interrupt(Exception ended)
    {
        if (_state < PortState.Closing)
        {
            Details.Interruption = ended;
            WakeUp();
        }
    }

    /// <summary>Has this and every later receive raise <paramref name="canceled"/>, and so all who wait to send.</summary>
    internal void Cancel(OperationCanceledException canceled)
    {
        if (_state == PortState.Ended)
        {
            return;
        }

        Details.Cancellation = canceled;
        FinishCurrent(canceled);
        while (_details!.Waiting is { Count: > 0 } waiting)
        {
            waiting.Dequeue().Complete(canceled);
        }

        WakeUp();
    }

    internal void Recycle(PendingMessage<T> message)
    {
        message.AssertIsFresh();
        Debug.Assert(!ReferenceEquals(_details?.Current, message), "The message in progress cannot serve another send.");
        Details.Free = message;
    }

    internal TargetClosedException ClosedForSender(Exception? unsent = null) =>
        new(this, Name, _details?.Failure ?? unsent, failed: _details?.Failure is not null);

    /// <summary>Someone has it who can look at it, so that it is not reported as unobserved.</summary>
    internal void FailureIsSeen() => _details?.Unobserved.Observe();

    private PendingMessage<T> NewMessage()
    {
        var message = Details.Free ?? new PendingMessage<T>(this);
        _details!.Free = null;
        return message;
    }

    private ValueTask SendLater(T item)
    {
        if (IsClosed)
        {
            FailureIsSeen(); // the task that it is put into reports it
            return ValueTask.FromException(ClosedForSender());
        }

        var message = NewMessage().ForItem(item);
        var sent = message.AsValueTask();
        Accept(message);
        return sent;
    }

    /// <summary>The receiver was given an item and does not simply wait for the next one.</summary>
    /// <param name="context">The sender's. A receiver that is away keeps its own for when it comes back; the sender should go on
    /// in this one.</param>
    private ValueTask AfterDelivery(ExecutionContext? context)
    {
        ContextFlow.Restore(context);
        switch (_state)
        {
            case PortState.Pausing when _details!.Holds != PortHolding.None:
                return default; // a mark is on its way, and what was sent is in the state of the receiver
            case PortState.Busy or PortState.BusyQueued or PortState.Chunk or PortState.Pausing:
                // It is away: the sender waits until it comes back for its next item.
                if (_state == PortState.Chunk || (_state == PortState.Pausing && _details!.StateBeforePause == PortState.Chunk))
                {
                    _details!.ChunkContext = context;
                }
                else if (_details is { Holds: PortHolding.All })
                {
                    ReleaseSender(); // it may have gone to another inbox, which waits for a mark
                    return default;
                }

                var message = NewMessage().ForItem(default!); // the receiver has the item already
                Debug.Assert(_details!.Current is null, "An item was handed over, and another message is in progress.");
                _details.Current = message;
                if (_state == PortState.Busy)
                {
                    MoveTo(PortState.BusyQueued);
                }

                return message.AsValueTask();
            case PortState.Ended when _details!.SenderError is { } error:
                return ValueTask.FromException(error);
            default:
                return default; // it has reached its next receive, with any outcome
        }
    }

    private void Deliver(PendingMessage<T> message)
    {
        if (message.Control is { } control)
        {
            if (_state == PortState.Scheduled)
            {
                MoveTo(PortState.Parked);
            }

            control.AtRest(this, message);
            if (_state == PortState.Parked && _details!.HasWaiting)
            {
                Schedule(); // the message left the receiver waiting; one that resumes it leaves that to its next receive
            }

            return;
        }

        _item = message.Item;
        ResumeFor(message, PortState.BusyQueued);
    }

    private void ResumeFor(PendingMessage<T> message, PortState state)
    {
        Debug.Assert(_details?.Current is null, "A message has its turn, and another one is in progress.");
        Details.Current = message;
        ContextFlow.Restore(message.Context);

        MoveTo(state);
        _receiver!.Resume();
    }

    /// <summary>Changes the state, by the table of <see cref="PortState"/>. The two changes of each item are written out instead: the state before
    /// stands in the condition there.</summary>
    private void MoveTo(PortState next)
    {
        AssertMayMove(next);
        _state = next;
    }

    [Conditional("DEBUG")]
    private void AssertMayMove(PortState next) =>
        Debug.Assert(PortTransitions.MayMove(_state, next), $"A port that is {_state} cannot be {next}.");

    /// <summary>What holds whenever the coroutine waits or has ended, and no call of this port is under way.</summary>
    [Conditional("DEBUG")]
    private void AssertAtRest()
    {
        Debug.Assert(_state is PortState.Parked or PortState.Scheduled or PortState.Frozen or PortState.Ended, $"A port that is {_state} is not at rest.");
        Debug.Assert(_details is not { Current: not null }, "The message in progress is done when the coroutine waits.");
        Debug.Assert(_state is PortState.Scheduled or PortState.Frozen || _details is not { HasWaiting: true }, "Messages wait, and nothing gives them their turn.");
        Debug.Assert(_state != PortState.Ended || _details is { Outcome: not CoroutineStatus.Busy, Chunk: null }, "A port that has ended says how, and keeps no items.");
    }

    private void FinishCurrent(Exception? error = null)
    {
        if (_details?.Current is { } done)
        {
            _details.Current = null;
            done.Complete(error);
        }
    }

    private void Schedule()
    {
        MoveTo(PortState.Scheduled);
        Home.Strand.Ready(_details!);
    }

    private void WakeUp()
    {
        if (_state == PortState.Parked)
        {
            Schedule();
        }
        else if (_state == PortState.Busy)
        {
            MoveTo(PortState.BusyQueued);
        }
        else if (_state == PortState.Chunk)
        {
            KeepItemOfChunk();
            MoveTo(PortState.BusyQueued);
        }
        else if (_state == PortState.Pausing)
        {
            EndChunkInPause();
            if (_details!.RestWatcher is not null)
            {
                LookAtRestInPause();
            }
        }
    }
}
