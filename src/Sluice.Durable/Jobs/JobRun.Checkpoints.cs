using Sluice.Durable;

namespace Sluice;

/// <content>One checkpoint: its mark, its commit, and what follows from a failure (rules 13, 14 and 22).</content>
public sealed partial class JobRun<TResult>
{
    /// <summary>The time after which a checkpoint is tried again that the run waits for.</summary>
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Takes a checkpoint. The gate is held, or the run has ended.</summary>
    /// <param name="name">Its name, or null.</param>
    /// <param name="holdsSources">Whether the sources wait behind it: until it is committed, or for good if the run is being suspended.</param>
    /// <param name="whileMarking">Drops the mark.</param>
    /// <param name="whileStoring">Gives up the store. The end of the run does not: what has passed is stored.</param>
    private async Task<CheckpointId> TakeAsync(string? name, bool holdsSources, CancellationToken whileMarking, CancellationToken whileStoring)
    {
        var number = ++_number;
        var began = _clock.GetTimestamp();
        var aligned = began;
        var bytes = 0L;
        try
        {
            _holdsSources |= holdsSources;
            await LimitedAsync(number, "what the checkpoint before it has left was not done", SettleAsync, whileMarking).ConfigureAwait(false);
            var passed = new PassedCheckpoint(number, name, await MarkAsync(number, holdsSources, whileMarking).ConfigureAwait(false));
            aligned = _clock.GetTimestamp();
            await LimitedAsync(number, "sinks and store had not taken it", async token => bytes = await StoreAsync(passed, token).ConfigureAwait(false), whileStoring).ConfigureAwait(false);
            await LimitedAsync(number, "not all had done what follows from the commit", TellCommittedAsync, whileStoring).ConfigureAwait(false);
            _failures = 0;
            if (_state == JobRunState.Running)
            {
                LetSourcesGo();
            }

            Report(null);
            return _session.Committed!.Value;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            await FailedAsync(number, error).ConfigureAwait(false);
            Report(error);
            throw;
        }

        void Report(Exception? failure) => _options.OnCheckpoint?.Invoke(new(_session.Job, Epoch, number, failure, _clock.GetElapsedTime(began, aligned), _clock.GetElapsedTime(aligned), bytes));
    }

    private void LetSourcesGo()
    {
        if (_holdsSources)
        {
            _holdsSources = false;
            _run!.Begin();
        }
    }

    /// <summary>Before a mark begins it is known whether the one before was committed, and if it was, all that follows from it is done: so what sinks prepare is what came after a checkpoint that is published.</summary>
    private async Task SettleAsync(CancellationToken cancellationToken)
    {
        if (_undecided is { } undecided)
        {
            await DecideAsync(undecided, cancellationToken).ConfigureAwait(false);
        }

        await TellCommittedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives a checkpoint up, unless its commit was done.</summary>
    private async Task DecideAsync(PassedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        _undecided = checkpoint;
        try
        {
            await _session.AbortAsync(checkpoint.Number, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidOperationException) when (_session.Committed?.Number == checkpoint.Number)
        {
            _untold = checkpoint; // the answer of the store was lost
        }

        _undecided = null;
    }

    /// <summary>All that is told when a checkpoint is committed, in this order: sinks publish, sources acknowledge or trim, older rows go.</summary>
    private async Task TellCommittedAsync(CancellationToken cancellationToken)
    {
        if (_untold is not { } committed)
        {
            return;
        }

        if (committed.Name is { } name)
        {
            _names.Add(name);
        }

        await _outputs!.PublishAsync(committed.Number, cancellationToken).ConfigureAwait(false);
        foreach (var (source, listener) in committed.Mark.Listeners)
        {
            try
            {
                await listener.CommittedAsync(_options.Open.Keep, _names, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                throw new CommitReportException(_session.Job, source, error);
            }
        }

        _untold = null;
        await _session.PruneAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<PassedMark> MarkAsync(long number, bool isLast, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.AlignmentTimeout, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await _run!.MarkAsync(number, isLast, linked.Token).ConfigureAwait(false)
                ?? throw new OperationCanceledException($"Job '{_session.Job}' has no checkpoint {number}: its run ends.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Checkpoint {number} of job '{_session.Job}' was given up: its mark had not passed all nodes after {_options.AlignmentTimeout.TotalSeconds:0.###} s. {Describe()}");
        }
    }

    /// <summary>Prepares what belongs to the checkpoint, and commits it.</summary>
    /// <returns>The size of all states.</returns>
    private async Task<long> StoreAsync(PassedCheckpoint passed, CancellationToken cancellationToken)
    {
        var (number, states) = (passed.Number, passed.Mark.States);
        var outputs = await _outputs!.PrepareAsync(number, cancellationToken).ConfigureAwait(false);
        foreach (var listener in passed.Listeners)
        {
            await listener.PrepareAsync(passed.Name, cancellationToken).ConfigureAwait(false);
        }

        _undecided = passed;
        await _session.CommitAsync(
            new CheckpointCommit
            {
                Number = number,
                Name = passed.Name,
                Rows = StoredJob.RowsOf(_graph, states, outputs, withGraph: true),
                Participants = [.. outputs.Select(static output => output.Part.Participant).OfType<CommitParticipant>()],
            },
            cancellationToken).ConfigureAwait(false);
        (_undecided, _untold) = (null, passed);
        return states.Values.Sum(static state => (long)state.Length) + outputs.Sum(static output => (long)output.Part.State.Length);
    }

    private async Task LimitedAsync(long number, string late, Func<CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.StoreTimeout, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await action(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Checkpoint {number} of job '{_session.Job}' was given up: {late} after {_options.StoreTimeout.TotalSeconds:0.###} s.");
        }
    }

    /// <summary>Gets whether a failure of a checkpoint is counted, so that it is tried again; else it has failed the run, or does now.</summary>
    private bool IsCounted(Exception error) => _failed.Task.IsCompleted ? ReferenceEquals(_failed.Task.Result, error) : ReferenceEquals(_lastFailure, error);

    /// <summary>A checkpoint has failed. What can never succeed, and too many in a row, fail the run (rule 22).</summary>
    private async Task FailedAsync(long number, Exception error)
    {
        _lastFailure = error;
        if (error is JobTakenOverException or NotPortableException || _outputs!.HaveFailed || ++_failures > _options.FailuresAllowed)
        {
            Fail(error);
            return;
        }

        try
        {
            await (_undecided is { } undecided ? DecideAsync(undecided, CancellationToken.None) : _session.AbortAsync(number, CancellationToken.None)).ConfigureAwait(false);
        }
        catch (JobTakenOverException takenOver)
        {
            Fail(takenOver);
        }
        catch (Exception second) when (second is StoreException or InvalidOperationException)
        {
            // The store is away: the next checkpoint begins with this.
        }
    }

    private void Fail(Exception error)
    {
        if (_failed.TrySetResult(error))
        {
            _run!.Cancel();
        }
    }

    private string Describe() => "It waits for: " + string.Join("; ", _run!.Nodes.Where(static node => !node.HasEnded).Select(static node => $"'{node.Name}' {node.State}")) + ".";
}
