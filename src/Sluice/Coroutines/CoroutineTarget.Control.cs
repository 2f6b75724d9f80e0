using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <content>The port as control messages see it, and as a value. Everything but the ways in runs within the strand.</content>
public partial class CoroutineTarget<T>
{
    /// <summary>Captures the coroutine where it waits for its next item, with everything that it refers to: the coroutines
    /// that it awaits, and those that it sends to. It goes on as if nothing had been.</summary>
    /// <remarks>
    /// <para>The request takes its place behind sends that wait already, and waits until the coroutine, and each other that it
    /// sends to, waits for an item. No send that is under way is in the snapshot. The copy shares nothing with the original;
    /// each runs its own <c>finally</c> blocks.</para>
    /// <para>A coroutine of a pipeline's run cannot be captured by itself. A coroutine that awaits its own snapshot, or that of one
    /// that sends to it, gets an error, since it would wait for itself.</para>
    /// </remarks>
    /// <param name="options">What stays outside, and which types may be stored; default nothing, and the application's own.</param>
    /// <returns>The snapshot.</returns>
    /// <exception cref="NotPortableException">Awaited: something that it keeps cannot be stored.</exception>
    /// <exception cref="TargetClosedException">Awaited: it has ended or was closed before.</exception>
    /// <exception cref="InvalidOperationException">Awaited: a coroutine would wait for itself, or another thread uses this one.</exception>
    [RequiresUnreferencedCode("The types in a snapshot are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types in a snapshot.")]
    public ValueTask<CoroutineSnapshot> SnapshotAsync(SnapshotOptions? options = null) => new SnapshotMessage(this, options ?? SnapshotOptions.Default).SendAsync();

    /// <summary>Captures the coroutine as <see cref="SnapshotAsync"/> does, and ends it here, with all that is in the snapshot:
    /// whoever resumes the snapshot has the only one.</summary>
    /// <remarks>Its <c>finally</c> blocks do not run here, but where it ends. Its status is then
    /// <see cref="CoroutineStatus.Moved"/>; sends to it, those that wait too, fail, and so does <see cref="Completion"/>.</remarks>
    /// <inheritdoc cref="SnapshotAsync"/>
    [RequiresUnreferencedCode("The types in a snapshot are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types in a snapshot.")]
    public ValueTask<CoroutineSnapshot> MoveAsync(SnapshotOptions? options = null) => new MoveMessage(this, options ?? SnapshotOptions.Default).SendAsync();

    IReceiver IPort.Receiver => Receiver;

    bool IPort.IsAtRest => _state == PortState.Ended || (_state is PortState.Parked or PortState.Scheduled && _queue is not ({ Signal: not null } or { Cancellation: not null }));

    bool IParkingPlace.IsParkedHere(Coroutine coroutine) => ReferenceEquals(_receiver, coroutine) && _state is PortState.Parked or PortState.Scheduled;

    ValueTask IPort.Enter(ControlMessage message) => Enter(message, default!);

    void IPort.EnterBehind(ControlMessage message, Action<Exception> fail) => EnterAgain(new PendingSend<T>(this).For(message), fail);

    void IPort.Reenter(PendingSend send) => EnterAgain((PendingSend<T>)send, send.Complete);

    Exception IPort.ClosedForSender(Exception? unsent) => ClosedForSender(unsent);

    void IPort.ResumeClosed(PendingSend send) => ResumeFor((PendingSend<T>)send, PortState.Closing);

    void IPort.ResumeRaising(PendingSend send, Exception error)
    {
        var queue = Queue;
        queue.Signal = error;
        queue.SignalIsMessage = true;
        ResumeFor((PendingSend<T>)send, PortState.Raising);
    }

    bool IPort.TryHold(PortHolds holds)
    {
        if (IsHeldHere)
        {
            return true;
        }

        if (_strand is not null)
        {
            if (!_strand.TryHold(out var hold))
            {
                return false;
            }

            holds.Add(this, hold);
        }
        else if (_holder != 0)
        {
            return false;
        }
        else
        {
            holds.Add(this, HoldPlainly());
        }

        return true;
    }

    void IPort.Release(in StrandThread.Hold hold) => LeavePlainly(hold);

    RestingPort IPortState.Rest => _state == PortState.Ended
        ? new(true, _queue!.Outcome != CoroutineStatus.Completed, Name, null, false, null)
        : new(false, false, _queue?.Name, _receiver, _queue?.Wait?.Until is not null, _queue?.Wait?.Left);

    void IPortState.Restore(Strand? strand, in RestingPort rest)
    {
        _strand = strand;
        if (rest.Name is not null)
        {
            Queue.Name = rest.Name;
        }

        if (rest.HasEnded)
        {
            Queue.Outcome = CoroutineStatus.Completed;
            _state = PortState.Ended;
            return;
        }

        _receiver = rest.Waiting;
        _state = PortState.Parked;
        if (rest.Left is not null)
        {
            Queue.ResumedWait = rest.Left;
        }
    }

    bool IPortState.CanEndWith(Coroutine root) => CanEndWith(root);

    private protected virtual bool CanEndWith(Coroutine root) => true;

    void IPortState.ResumeWait()
    {
        if (_queue?.ResumedWait is not { } left)
        {
            return;
        }

        _queue.ResumedWait = null;
        var holds = new PortHolds();
        _ = ((IPort)this).TryHold(holds); // no other thread knows of it yet
        Wait.Begin(left);
        holds.Release();
    }

    void IPortState.EndMoved()
    {
        if (_state != PortState.Ended)
        {
            _receiver = null;
            EndWith(CoroutineStatus.Moved, new InvalidOperationException($"'{Name}' was moved: it does not run here any more."), null);
        }
    }

    private void EnterAgain(PendingSend<T> message, Action<Exception> fail)
    {
        if (IsHeldHere)
        {
            if (_state == PortState.Ended)
            {
                Accept(message);
            }
            else
            {
                Post(message);
            }
        }
        else if (_strand is not null)
        {
            _strand.Enter(message);
        }
        else if (_holder != 0)
        {
            fail(new InvalidOperationException($"Two threads use the coroutine '{Name}' at the same time. Send to a target from one thread at a time."));
        }
        else
        {
            var hold = HoldPlainly();
            Accept(message);
            LeavePlainly(hold);
        }
    }
}
