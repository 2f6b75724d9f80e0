using System.Diagnostics;

namespace Sluice;

/// <summary>Its ways from one <see cref="RemoteSegmentState"/> to another, beside those of the run.</summary>
internal abstract partial class RemoteSegment
{
    /// <summary>All edges have ended, in order or by a loss.</summary>
    private void Finish()
    {
        lock (_gate)
        {
            AssertInvariants();
            if (_state != RemoteSegmentState.Over)
            {
                MoveTo(RemoteSegmentState.Over);
            }
        }

        _marks?.End(hasStates: false); // nothing, if it has ended as it should
        _ended.TrySetResult();
    }

    /// <summary>The other side is lost for good.</summary>
    internal void GiveUp(Exception reason)
    {
        WasCanceled = _canceled.IsCancellationRequested;
        if (!WasCanceled)
        {
            Whole.Failed(reason);
        }

        LoseEnds(reason);
        Finish();
    }

    /// <summary>Another side is about to be made.</summary>
    internal void BeginReplacing()
    {
        lock (_gate)
        {
            AssertInvariants();
            Debug.Assert(_restarts is not null, "A segment that is never restarted is replaced.");
            _prepared = NewPrepared();
            switch (_state)
            {
                case RemoteSegmentState.Prepared:
                    MoveTo(RemoteSegmentState.Replacing);
                    break;
                case RemoteSegmentState.Going:
                    MoveTo(RemoteSegmentState.ReplacingGoing);
                    break;
                default:
                    Debug.Assert(_state is RemoteSegmentState.Replacing or RemoteSegmentState.ReplacingGoing, $"A segment that is {_state} is replaced.");
                    break; // the new side could not be had, and this is the next attempt
            }
        }
    }

    /// <summary>Makes and prepares another side, and nothing is left of the one before.</summary>
    internal async Task PrepareAgainAsync()
    {
        await DisconnectAsync().ConfigureAwait(false);
        await PrepareAsync(Capture()).ConfigureAwait(false);
    }

    /// <summary>It is prepared: tells it to go, if that is what the other one was told.</summary>
    internal void EndReplacing()
    {
        lock (_gate)
        {
            AssertInvariants();
            switch (_state)
            {
                case RemoteSegmentState.Replacing:
                    MoveTo(RemoteSegmentState.Prepared);
                    break;
                case RemoteSegmentState.ReplacingGoing:
                    MoveTo(RemoteSegmentState.Going);
                    SendGo();
                    break;
                default:
                    // A cancellation may have found the new connection, and the new part has ended by that.
                    Debug.Assert(_state is RemoteSegmentState.Ended or RemoteSegmentState.Over, $"A segment that is {_state} was not being replaced.");
                    break;
            }
        }
    }

    /// <summary>Changes the state, by the table of <see cref="RemoteSegmentState"/>. With the gate held.</summary>
    private void MoveTo(RemoteSegmentState next)
    {
        Debug.Assert(RemoteSegmentTransitions.MayMove(_state, next), $"A segment that is {_state} cannot be {next}.");
        _state = next;
        AssertInvariants();
    }

    /// <summary>With the gate held.</summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(_gate.IsHeldByCurrentThread, "The gate is not held.");
        Debug.Assert(_state is RemoteSegmentState.Preparing or RemoteSegmentState.Ended or RemoteSegmentState.Over || Connection is not null, $"A segment that is {_state} has no connection.");
        Debug.Assert(_restarts is not null || _state is not (RemoteSegmentState.Replacing or RemoteSegmentState.ReplacingGoing), "A segment that is never restarted is replaced.");
        Debug.Assert(_state == RemoteSegmentState.Over || !_ended.Task.IsCompleted, $"A segment that is {_state} is taken down.");
    }
}
