using System.Diagnostics;

namespace Sluice;

/// <content>A wait of the coroutine in the middle of its work, in which it takes no items: a backoff, or calls that are under way. A mark may pass the node in it (rule 13e).
/// Everything here runs within the strand.</content>
public partial class CoroutineTarget<T>
{
    /// <summary>The coroutine waits for a time; less if <see cref="Cancellation"/> is cancelled.</summary>
    internal void ParkInPause(Coroutine receiver, TimeSpan time)
    {
        BeginPause(receiver);
        Wait.BeginPause(time, Cancellation);
        LookAtPause();
    }

    /// <summary>The coroutine waits for <see cref="Signal"/>.</summary>
    internal void ParkUntilSignal(Coroutine receiver)
    {
        BeginPause(receiver);
        Wait.BeginForSignal();
        LookAtPause();
    }

    /// <summary>Ends the wait for it; nothing if there is none now.</summary>
    internal void Signal() => _details?.Wait?.Signal();

    private void BeginPause(Coroutine receiver)
    {
        _receiver = receiver;
        var details = Details;
        details.StateBeforePause = _state;
        details.PauseContext = ExecutionContext.Capture();
        MoveTo(PortState.Pausing);
    }

    private void LookAtPause()
    {
        HoldInPause();
        if (_details!.RestWatcher is not null)
        {
            LookAtRestInPause();
        }
    }

    /// <summary>The time is over, or the signal has come.</summary>
    private void EndPause(TimedWait<T> wait)
    {
        var details = _details!;
        wait.End();
        MoveTo(details.StateBeforePause is PortState.Closing or PortState.Chunk ? details.StateBeforePause : details.Current is null ? PortState.Between : PortState.BusyQueued);
        ContextFlow.Restore(details.PauseContext);
        details.PauseContext = null;
        _receiver!.Resume();
    }

    /// <summary>Nothing more is taken of the chunk in which the coroutine pauses.</summary>
    private void EndChunkInPause()
    {
        if (_details!.StateBeforePause == PortState.Chunk)
        {
            KeepItemOfChunk();
            _details.StateBeforePause = PortState.BusyQueued;
        }
    }

    /// <summary>If a mark is on its way here: those who wait to send go on, and so does the sender of the item in progress, which the coroutine keeps.</summary>
    private void HoldInPause()
    {
        var details = _details!;
        if (details.Holds == PortHolding.None || _state != PortState.Pausing)
        {
            return;
        }

        if (details.StateBeforePause == PortState.Chunk)
        {
            HoldRestOfChunk(details);
        }

        HoldWaiting(details);
        if (details.Current is { Control: null })
        {
            FinishCurrent();
        }
    }

    private void HoldRestOfChunk(PortDetails<T> details)
    {
        var behind = details.Waiting;
        details.Waiting = new();
        foreach (var item in details.Chunk.AsSpan(details.ChunkNext..details.ChunkEnd))
        {
            details.Waiting.Enqueue(new PendingMessage<T>(this).ForHeldItem(item, details.ChunkContext));
        }

        while (behind is { Count: > 0 })
        {
            details.Waiting.Enqueue(behind.Dequeue());
        }

        EndChunkInPause();
        details.ChunkNext = details.ChunkEnd; // all of it is taken, as its sender sees it
    }

    /// <summary>In a turn of its own: a mark waits until the coroutine is at rest.</summary>
    private void LookAtRestInPause()
    {
        var watcher = _details!.RestWatcher;
        Home.Strand.Ready(new StrandStep(null, () => FreezeInPause(watcher)));
    }

    private void FreezeInPause(IRestWatcher? watcher)
    {
        if (_state != PortState.Pausing || _details!.RestWatcher is not { } now || !ReferenceEquals(now, watcher))
        {
            return; // the pause is over, or the watch was taken back
        }

        if (_details.Current is { IsHeld: true })
        {
            FinishCurrent();
        }

        if (!IsAtRestInPause(_details))
        {
            return; // an error that was thrown in waits: the mark waits until the coroutine comes to it
        }

        _details.RestWatcher = null;
        MoveTo(PortState.FrozenPause);
        now.AtRest();
    }

    /// <summary>The end of the input may wait: where the coroutine goes on, the node before has ended, and says so again (rule 13d).</summary>
    private bool IsAtRestInPause(PortDetails<T> details) =>
        (details.Waiting is not { Count: > 0 } waiting || waiting.All(static message => message.IsHeld || message.Control is CloseMessage))
        && details.Current is null or { Control: CloseMessage }
        && !WaitsForSends();

    private void RestorePause(bool isClosed)
    {
        Details.StateBeforePause = isClosed ? PortState.Closing : PortState.Between;
        _details!.CloseRequested = isClosed;
        MoveTo(PortState.Pausing);
    }

    /// <summary>Goes on with a pause. Without a time it was for a signal, which nothing gives here: so it is over.</summary>
    private void GoOnInPause(TimeSpan time)
    {
        Debug.Assert(_state == PortState.Pausing, "A pause is restored before it goes on.");
        Wait.BeginPause(time == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : time, Cancellation);
        Wait.WakeIfDue();
    }
}
