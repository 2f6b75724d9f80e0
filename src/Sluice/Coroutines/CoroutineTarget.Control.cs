namespace Sluice;

/// <content>The port as control messages see it, and as a value. Everything but the ways in runs within the strand.</content>
public partial class CoroutineTarget<T>
{
    IReceiver IPort.Receiver => Receiver;

    bool IPort.IsAtRest => _state == PortState.Ended || (_state is PortState.Parked or PortState.Scheduled && _details is not ({ Interruption: not null } or { Cancellation: not null }));

    bool IParkingPlace.IsParkedHere(Coroutine coroutine) => ReferenceEquals(_receiver, coroutine) && _state is PortState.Parked or PortState.Scheduled or PortState.Frozen or PortState.Pausing or PortState.FrozenPause;

    ValueTask IPort.Enter(ControlMessage message) => Enter(message, default!);

    void IPort.EnterBehind(ControlMessage message) => EnterAgain(new PendingMessage<T>(this).For(message));

    void IPort.Reenter(PendingMessage send) => EnterAgain((PendingMessage<T>)send);

    Exception IPort.ClosedForSender(Exception? unsent) => ClosedForSender(unsent);

    void IPort.ResumeClosed(PendingMessage send) => ResumeFor((PendingMessage<T>)send, PortState.Closing);

    void IPort.ResumeRaising(PendingMessage send, Exception error)
    {
        var details = Details;
        details.Interruption = error;
        details.InterruptionIsMessage = true;
        ResumeFor((PendingMessage<T>)send, PortState.Raising);
    }

    bool IPort.TryHold(PortHolds holds)
    {
        if (IsHeldHere)
        {
            return true;
        }

        if (!TryHold(out var hold))
        {
            return false;
        }

        holds.Add(this, hold);
        return true;
    }

    void IPort.Release(in StrandThread.Hold hold) => Leave(hold);

    RestingPort IPortState.Rest => _state == PortState.Ended
        ? new(true, _details!.Outcome != CoroutineStatus.Completed, Name, null, false, null)
        : new(false, false, _details?.Name, _receiver, _details?.Wait is { Until: not null } or { IsForSignal: true }, _details?.Wait?.Left);

    void IPortState.Restore(Strand? strand, in RestingPort rest)
    {
        _strand = strand;
        _bias.Give(StrandThread.Current);
        if (rest.Name is not null)
        {
            Details.Name = rest.Name;
        }

        if (rest.HasEnded)
        {
            Details.Outcome = CoroutineStatus.Completed;
            MoveTo(PortState.Ended);
            return;
        }

        _receiver = rest.Waiting;
        MoveTo(PortState.Parked);
        if (rest.Left is not null)
        {
            Details.ResumedWait = rest.Left;
        }
    }

    bool IPortState.CanEndWith(Coroutine root) => CanEndWith(root);

    private protected virtual bool CanEndWith(Coroutine root) => true;

    void IPortState.ResumeWait()
    {
        if (_details?.ResumedWait is not { } left)
        {
            return;
        }

        _details.ResumedWait = null;
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

    private void EnterAgain(PendingMessage<T> message)
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
        else if (TryHold(out var hold))
        {
            try
            {
                Accept(message);
            }
            finally
            {
                Leave(hold);
            }
        }
        else
        {
            _strand!.Enter(message);
        }
    }
}
