using System.Diagnostics;

namespace Sluice;

/// <content>The end of the coroutine: what it counts as, and who is told. Everything here runs within the strand.</content>
public partial class CoroutineTarget<T>
{
    void ICoroutineOwner.OnEnded(Coroutine root)
    {
        var error = root.Error?.SourceException;
        if (error is null)
        {
            KeepResult(root);
        }

        _receiver = root; // keeps the name, lets go of everything nested
        var (outcome, failure) = Classify(error);
        EndWith(outcome, failure, failure is null && error is not null ? SenderErrorFor(error) : failure);
    }

    /// <summary>Returns whether an escaped exception is a failure. By hand only the end of one's own inbox is not (rule 8), since
    /// the outputs are unknown (rule 5).</summary>
    private protected virtual (CoroutineStatus Outcome, Exception? Failure) Classify(Exception? error) =>
        error is null ? (CoroutineStatus.Completed, null)
        : IsOwnClose(error) ? OutcomeOf(IncompleteBy(error))
        : (CoroutineStatus.Faulted, error);

    private protected static (CoroutineStatus Outcome, Exception? Failure) OutcomeOf(Exception? failure) =>
        (failure is null ? CoroutineStatus.Completed : CoroutineStatus.Faulted, failure);

    /// <summary>Gets whether the end of the input in the middle is a failure. By hand the sender of the close says so, which is
    /// the message in progress while the coroutine ends by it.</summary>
    internal virtual bool FailsIfIncomplete => ReferenceEquals(_details?.Current?.Control, CloseMessage.OfWholeInput);

    /// <summary>Closes another target, started by hand, as this one is being closed.</summary>
    internal ValueTask CloseAlike(IStartedTarget target) => ((IPort)target).Enter(FailsIfIncomplete ? CloseMessage.OfWholeInput : CloseMessage.Instance);

    /// <summary>The failure that the end of the inbox is; null if it is none.</summary>
    internal IncompleteInputException? IncompleteBy(Exception error) =>
        error is InboxClosedException { IsDelegated: true } end && FailsIfIncomplete ? new(StageName, end) : null;

    /// <summary>The stage that the coroutine works for.</summary>
    private protected virtual string StageName => Name;

    /// <summary>The error for the sender when an exception is not a failure.</summary>
    private protected virtual Exception? SenderErrorFor(Exception error) => null;

    /// <summary>Called once, when everything else about the end is done.</summary>
    private protected virtual void AfterEnd()
    {
    }

    private protected virtual void KeepResult(Coroutine root)
    {
    }

    /// <summary>Gets whether no one else reports its failure: not in a run.</summary>
    internal virtual bool ReportsItsFailure => true;

    private protected Exception? Failure => _details?.Failure;

    private protected bool HasEnded => _state == PortState.Ended;

    internal bool IsOwnClose(Exception? error) =>
        !HasResult && error is InboxClosedException closed && ReferenceEquals(closed.Port, this);

    /// <summary>Closes a receiver that waits, on this stack; only if it then goes away is there a message to wait for.</summary>
    private ValueTask CloseParked()
    {
        var context = ExecutionContext.Capture();
        MoveTo(PortState.Closing);
        _receiver!.Resume();
        if (_state == PortState.Ended)
        {
            return AfterDelivery(context);
        }

        ContextFlow.Restore(context);
        var send = NewMessage().For(CloseMessage.Instance);
        Debug.Assert(_details!.Current is null, "The receiver was closed, and another message is in progress.");
        _details.Current = send;
        return send.AsValueTask();
    }

    /// <summary>It went on receiving after close: it stays parked for good (design, rule 9).</summary>
    private void Abandon()
    {
        var error = new InvalidOperationException(
            $"'{Name}' was abandoned: it went on receiving {MaxReceivesPastClose} times after its inbox was {(_details!.Cancellation is null ? "closed" : "canceled")}. End the loop when the inbox closes; its finally blocks have not run.");
        EndWith(CoroutineStatus.Faulted, error, error);
    }

    /// <summary>Ends the port.</summary>
    private protected void EndWith(CoroutineStatus outcome, Exception? failure, Exception? senderError)
    {
        if (_strand is { } strand && ReferenceEquals(strand.Home, this))
        {
            foreach (var unawaited in strand.TakeUnawaited())
            {
                (outcome, failure) = failure is null ? (CoroutineStatus.Faulted, unawaited) : (outcome, failure);
                senderError ??= failure;
            }
        }

        // Against a thread that asks for the completion: the second of the two finds what the first one has left.
        if (outcome == CoroutineStatus.Completed && senderError is null && Interlocked.CompareExchange(ref _details, PortDetails<T>.Completed, null) is null)
        {
            _item = default!;
            MoveTo(PortState.Ended);
            AssertAtRest();
            AfterEnd();
            return;
        }

        var details = Details;
        details.SenderError = _state is PortState.Busy or PortState.BusyQueued or PortState.Chunk or PortState.Closing ? senderError : null;
        details.Failure = failure;
        details.Wait?.Dispose();
        _item = default!;
        if (details.Chunk is not null)
        {
            failure?.Note("Sluice.Item", details.ChunkFirstIndex + details.ChunkNext - 1); // the sender of a chunk cannot tell
            details.Chunk = null;
        }

        // A sender that awaits, or is on this stack, gets it. Else a sender, or who asks for the completion, may come to look.
        if (failure is not null && ReportsItsFailure && (details.SenderError is null || details.Current is { IsAwaited: false }))
        {
            details.Unobserved.Keep(failure);
        }

        lock (details)
        {
            details.Outcome = outcome;
            MoveTo(PortState.Ended);
            if (details.Completion is not null)
            {
                SetCompletion(); // its continuations run elsewhere
            }
        }

        FinishCurrent(details.SenderError);
        while (details.Waiting is { Count: > 0 } waiting)
        {
            EndUnhandled(waiting.Dequeue());
        }

        AssertAtRest();
        AfterEnd();
    }

    /// <summary>The receiver has ended, or takes no more, before the message had its turn.</summary>
    private void EndUnhandled(PendingMessage<T> send) => send.Complete(send.Control is { } message ? message.AtEnd(this) : ClosedForSender());
}
