using System.Diagnostics;

namespace Sluice;

/// <summary>The marks that come in at an entry. It stands still at each until the mark has passed the nodes behind it.</summary>
/// <remarks>Owner: the strand of the entry.</remarks>
/// <param name="run">The run of the segment.</param>
/// <param name="edges">The edges, if the entry reads from several.</param>
internal sealed class EntryMarks(Run run, MarkAlignment? edges = null)
{
    private IRestWatcher? _watcher;
    private TaskCompletionSource? _goesOn;

    /// <summary>The mark at which it stands, or stood last.</summary>
    private long _number;
    private EntryMarkState _state;

    /// <summary>The marks up to this one are over in this segment.</summary>
    internal long Last => run.LastMark;

    /// <summary>A mark has its turn: waits until it has passed. One that the run has given up is nothing.</summary>
    internal async Coroutine Arrive(long number)
    {
        if (number <= run.LastMark)
        {
            return;
        }

        _number = number;
        MoveTo(EntryMarkState.Standing);
        _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_watcher is not null)
        {
            run.Strand.Ready(new StrandStep(null, Stop));
        }

        await _goesOn.Task.WaitAsync(run.Cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc cref="IMarkedBody.WatchRest"/>
    internal void WatchRest(IRestWatcher? watcher)
    {
        _watcher = watcher;
        if (watcher is not null && _state != EntryMarkState.Reading)
        {
            run.Strand.Ready(new StrandStep(null, Stop)); // the mark was here before the run knew of it
        }
    }

    /// <inheritdoc cref="IMarkedBody.Thaw"/>
    internal void Thaw()
    {
        edges?.EndUpTo(run.LastMark);
        if (_state == EntryMarkState.Reading || (_state == EntryMarkState.Standing && _number > run.LastMark))
        {
            return; // the run does not know this mark yet: it was an older one that was given up, or the sources that were looked at
        }

        MoveTo(EntryMarkState.Reading);
        var goesOn = _goesOn;
        _goesOn = null;
        goesOn?.TrySetResult();
    }

    private void MoveTo(EntryMarkState next)
    {
        Debug.Assert(EntryMarkTransitions.MayMove(_state, next), $"An entry that is {_state} at a mark cannot be {next}.");
        _state = next;
    }

    private void Stop()
    {
        if (_watcher is { } watcher && _state == EntryMarkState.Standing && run.Marks?.Mark.Number == _number)
        {
            _watcher = null;
            MoveTo(EntryMarkState.Frozen);
            watcher.AtRest();
        }
    }
}
