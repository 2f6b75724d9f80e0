using Sluice.Durable;

namespace Sluice;

/// <content>One checkpoint: its mark, its commit, and what follows from a failure (rules 13, 14 and 22).</content>
public sealed partial class JobRun<TResult>
{
    /// <summary>Takes a checkpoint. The gate is held.</summary>
    /// <param name="name">Its name, or null.</param>
    /// <param name="isLast">Whether the sources wait behind it.</param>
    /// <param name="whileMarking">Drops the mark.</param>
    /// <param name="whileStoring">Gives up the store. The end of the run does not: what has passed is stored.</param>
    private async Task<CheckpointId> TakeAsync(string? name, bool isLast, CancellationToken whileMarking, CancellationToken whileStoring)
    {
        var number = ++_number;
        var began = _clock.GetTimestamp();
        var aligned = began;
        var bytes = 0L;
        try
        {
            var states = await MarkAsync(number, isLast, whileMarking).ConfigureAwait(false);
            aligned = _clock.GetTimestamp();
            bytes = states.Values.Sum(static state => (long)state.Length);
            await StoreAsync(number, name, states, whileStoring).ConfigureAwait(false);
            _failures = 0;
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

    private async Task<IReadOnlyDictionary<StateKey, byte[]>> MarkAsync(long number, bool isLast, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.AlignmentTimeout, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await _run.MarkAsync(number, isLast, linked.Token).ConfigureAwait(false)
                ?? throw new OperationCanceledException($"Job '{_session.Job}' has no checkpoint {number}: its run ends.");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Checkpoint {number} of job '{_session.Job}' was given up: its mark had not passed all nodes after {_options.AlignmentTimeout.TotalSeconds:0.###} s. {Describe()}");
        }
    }

    private async Task StoreAsync(long number, string? name, IReadOnlyDictionary<StateKey, byte[]> states, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.StoreTimeout, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            await _session.CommitAsync(new CheckpointCommit { Number = number, Name = name, Rows = StoredJob.RowsOf(_graph, states, withGraph: true) }, linked.Token).ConfigureAwait(false);
            await _session.PruneAsync(linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"Checkpoint {number} of job '{_session.Job}' was given up: the store had not taken it after {_options.StoreTimeout.TotalSeconds:0.###} s.");
        }
    }

    /// <summary>A checkpoint has failed. What can never succeed, and too many in a row, fail the run (rule 22).</summary>
    private async Task FailedAsync(long number, Exception error)
    {
        if (error is JobTakenOverException or NotPortableException || ++_failures > _options.FailuresAllowed)
        {
            Fail(error);
            return;
        }

        try
        {
            await _session.AbortAsync(number, CancellationToken.None).ConfigureAwait(false);
        }
        catch (JobTakenOverException takenOver)
        {
            Fail(takenOver);
        }
        catch (Exception second) when (second is StoreException or InvalidOperationException)
        {
            // The store is away, or has committed it after all: the next step finds out.
        }
    }

    private void Fail(Exception error)
    {
        if (_failed.TrySetResult(error))
        {
            _run.Cancel();
        }
    }

    private string Describe() => "It waits for: " + string.Join("; ", _run.Nodes.Where(static node => !node.HasEnded).Select(static node => $"'{node.Name}' {node.State}")) + ".";
}
