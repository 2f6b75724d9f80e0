namespace Sluice;

/// <summary>The marks that come in at an entry. It stands still at each until the mark has passed the nodes behind it.</summary>
/// <remarks>Owner: the strand of the entry.</remarks>
internal sealed class EntryMarks(Run run)
{
    private IRestWatcher? _watcher;
    private TaskCompletionSource? _goesOn;
    private bool _isFrozen;

    /// <summary>A mark has its turn: waits until it has passed. One that the run has given up is nothing.</summary>
    internal async Coroutine Arrive(MarkMessage mark)
    {
        if (mark.Number <= run.LastMark)
        {
            return;
        }

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
        if (watcher is not null && _goesOn is not null)
        {
            run.Strand.Ready(new StrandStep(null, Stop)); // the mark was here before the run knew of it
        }
    }

    /// <inheritdoc cref="IMarkedBody.Thaw"/>
    internal void Thaw()
    {
        _isFrozen = false;
        var goesOn = _goesOn;
        _goesOn = null;
        goesOn?.TrySetResult();
    }

    private void Stop()
    {
        if (_watcher is { } watcher && _goesOn is not null && !_isFrozen)
        {
            _watcher = null;
            _isFrozen = true;
            watcher.AtRest();
        }
    }
}
