namespace Sluice.Durable;

/// <content>The beginning and the end of the ownership, and who may call the store.</content>
public sealed partial class JobSession
{
    private bool _finished; // by this session

    /// <summary>Finishes the job: it is done, and opening it again gives the result.</summary>
    /// <param name="result">The result.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when it is stored.</returns>
    public async Task FinishAsync(ReadOnlyMemory<byte> result, CancellationToken cancellationToken = default)
    {
        await EndAsync(JobStatus.Finished, result, cancellationToken).ConfigureAwait(false);
        _finished = true;
    }

    /// <summary>Ends the ownership of a job that was suspended: the next run goes on from the newest checkpoint.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when it is stored.</returns>
    public Task SuspendAsync(CancellationToken cancellationToken = default) => EndAsync(JobStatus.Suspended, default, cancellationToken);

    /// <summary>Ends the ownership of a job that has failed or was stopped: the next run goes on from the newest checkpoint.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when it is stored.</returns>
    public Task StopAsync(CancellationToken cancellationToken = default) => EndAsync(JobStatus.Stopped, default, cancellationToken);

    internal static async Task<JobSession> OpenAsync(CheckpointStore store, string job, JobOpenOptions options, CancellationToken cancellationToken)
    {
        var owner = options.Owner ?? JobOwner.Create();
        owner.BeginRunning(); // before it is stored, so that no other call in this process takes it for gone
        JobSession? session = null;
        try
        {
            var storage = await store.ClaimAsync(job, new ClaimRequest(owner, options.Lease, options.TakeOver), cancellationToken).ConfigureAwait(false);
            session = new JobSession(store, storage, owner, options);
            if (session._state == JobSessionState.Open)
            {
                await session.PrepareAsync(cancellationToken).ConfigureAwait(false);
            }

            return session;
        }
        catch
        {
            owner.EndRunning();
            if (session is not null)
            {
                await session.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    private async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await RetryAsync(token => _storage.CleanAsync(long.MaxValue, token), cancellationToken).ConfigureAwait(false);
        var target = _options.RewindTo is { } name ? await FindNamedAsync(name, cancellationToken).ConfigureAwait(false) : Committed;
        if (_options.Damage == DamagePolicy.UseLastGood && target is { } newest)
        {
            target = await FindGoodAsync(newest, cancellationToken).ConfigureAwait(false);
        }

        if (target is { } id && id != Committed)
        {
            await RetryAsync(token => _storage.RewindAsync(id, token), cancellationToken).ConfigureAwait(false);
            RewoundFrom = Committed;
            Committed = id;
            // Numbers after it were used by this job, but by earlier epochs: with this epoch they are other checkpoints.
            _decided = id.Number;
        }
    }

    private async Task<CheckpointId> FindNamedAsync(string name, CancellationToken cancellationToken)
    {
        var all = await _store.ListCheckpointsAsync(Job, cancellationToken).ConfigureAwait(false);
        return all.FirstOrDefault(checkpoint => checkpoint.Name == name)?.Id ?? throw new ArgumentException(
            $"Job '{Job}' has no checkpoint named '{name}'. It has: {(all.Any(static checkpoint => checkpoint.Name is not null) ? string.Join(", ", all.Where(static checkpoint => checkpoint.Name is not null).Select(static checkpoint => checkpoint.Name)) : "none with a name")}.");
    }

    private async Task<CheckpointId> FindGoodAsync(CheckpointId newest, CancellationToken cancellationToken)
    {
        StoreDamagedException? first = null;
        foreach (var checkpoint in await _store.ListCheckpointsAsync(Job, cancellationToken).ConfigureAwait(false))
        {
            if (checkpoint.Id.Number > newest.Number)
            {
                continue;
            }

            try
            {
                var reader = await _store.OpenReaderAsync(Job, checkpoint.Id, cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    await reader.ReadGraphAsync(cancellationToken).ConfigureAwait(false);
                    await reader.MeasureAsync(cancellationToken).ConfigureAwait(false);
                    return checkpoint.Id;
                }
            }
            catch (StoreDamagedException error)
            {
                first ??= error; // an older one may be whole
            }
        }

        throw new StoreDamagedException($"Job '{Job}' has no checkpoint that is whole. Restore {_store.Description} from a backup, or delete the job, which then starts from the beginning. The newest one: {first?.Message}", first);
    }

    private async Task EndAsync(JobStatus status, ReadOnlyMemory<byte> result, CancellationToken cancellationToken)
    {
        using var entered = await EnterAsync(cancellationToken).ConfigureAwait(false);
        if (_mark == MarkState.InDoubt)
        {
            await ResolveAsync(cancellationToken).ConfigureAwait(false);
        }

        await RetryAsync(token => _storage.EndAsync(status, result, token), cancellationToken).ConfigureAwait(false);
        _state = JobSessionState.Ended;
        _owner.EndRunning();
    }

    private async Task<Entered> EnterAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowUnlessOpen();
            return new Entered(_gate);
        }
        catch
        {
            _gate.Release();
            throw;
        }
    }

    private void ThrowUnlessOpen()
    {
        ObjectDisposedException.ThrowIf(_state == JobSessionState.Closed, this);
        if (_takenOver is { } takenOver)
        {
            throw new JobTakenOverException(takenOver.Job, takenOver.Epoch, takenOver.NewestEpoch);
        }

        if (_state == JobSessionState.Ended)
        {
            throw new InvalidOperationException($"This session of job '{Job}' has ended. Open the job again.");
        }
    }

    /// <summary>For calls that do the same if they are made twice.</summary>
    private async Task RetryAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await WatchAsync(call, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (StoreUnavailableException) when (attempt < Attempts)
            {
                // The connection may be one that the server has closed long ago: the next attempt opens another one.
            }
        }
    }

    /// <summary>After the first word of a newer run, no call reaches the store.</summary>
    private async Task WatchAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        try
        {
            await call(cancellationToken).ConfigureAwait(false);
        }
        catch (JobTakenOverException error)
        {
            _takenOver = error;
            _owner.EndRunning();
            throw;
        }
    }

    private readonly struct Entered(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }
}
