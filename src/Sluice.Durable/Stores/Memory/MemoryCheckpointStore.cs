namespace Sluice.Durable;

/// <summary>A store in the memory of this process. Sessions on it follow the same rules as on others, so it is what tests of jobs use.</summary>
internal sealed class MemoryCheckpointStore(TimeProvider timeProvider) : CheckpointStore
{
    private readonly Lock _lock = new(); // guards the jobs
    private readonly SortedDictionary<string, MemoryJob> _jobs = new(StringComparer.Ordinal);

    public override string Description => "The store in memory";

    internal Lock Lock => _lock;

    internal TimeProvider TimeProvider => timeProvider;

    public override Task<JobStorage> ClaimAsync(string job, ClaimRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var now = timeProvider.GetUtcNow();
            var found = _jobs.GetValueOrDefault(job);
            if (found is not null)
            {
                request.Check(found.Record, leaseHasRunOut: found.Record.LeaseEnd <= now);
                if (found.Record.Status == JobStatus.Finished)
                {
                    return Task.FromResult<JobStorage>(new MemoryJobStorage(this, found.Record));
                }
            }

            var record = new JobRecord
            {
                Name = job,
                Status = JobStatus.Running,
                Epoch = (found?.Record.Epoch ?? 0) + 1,
                Checkpoint = found?.Record.Checkpoint,
                Owner = request.Owner,
                Since = now,
                LeaseEnd = now + request.Lease,
            };
            if (found is null)
            {
                _jobs.Add(job, new MemoryJob { Record = record });
            }
            else
            {
                found.Record = record;
            }

            return Task.FromResult<JobStorage>(new MemoryJobStorage(this, record));
        }
    }

    public override Task<JobRecord?> FindJobAsync(string job, CancellationToken cancellationToken = default) => Locked(() => _jobs.GetValueOrDefault(job)?.Record);

    public override Task<IReadOnlyList<JobRecord>> ListJobsAsync(CancellationToken cancellationToken = default) =>
        Locked<IReadOnlyList<JobRecord>>(() => [.. _jobs.Values.Select(static job => job.Record)]);

    public override Task<IReadOnlyList<CheckpointInfo>> ListCheckpointsAsync(string job, CancellationToken cancellationToken = default) =>
        Locked<IReadOnlyList<CheckpointInfo>>(() => [.. (_jobs.GetValueOrDefault(job)?.Committed ?? []).AsEnumerable().Reverse()]);

    public override Task<CheckpointReader> OpenReaderAsync(string job, CheckpointId? checkpoint = null, CancellationToken cancellationToken = default) => Locked<CheckpointReader>(() =>
    {
        var committed = _jobs.GetValueOrDefault(job)?.Committed ?? [];
        var info = checkpoint is { } id ? committed.Find(info => info.Id == id) : committed.LastOrDefault();
        return info is null
            ? throw new ArgumentException($"{Description} has no checkpoint {(checkpoint is { } wanted ? $"{wanted} " : "")}of job '{job}'.", nameof(checkpoint))
            : new MemoryCheckpointReader(info, _jobs[job].RowsAt(info.Id));
    });

    public override Task<bool> UnnameAsync(string job, string name, CancellationToken cancellationToken = default) => Locked(() =>
    {
        var committed = _jobs.GetValueOrDefault(job)?.Committed ?? [];
        var index = committed.FindIndex(checkpoint => checkpoint.Name == name);
        if (index >= 0)
        {
            committed[index] = committed[index] with { Name = null };
        }

        return index >= 0;
    });

    internal MemoryJob? Job(string name) => _jobs.GetValueOrDefault(name);

    internal void Remove(string name) => _jobs.Remove(name);

    private Task<T> Locked<T>(Func<T> read)
    {
        lock (_lock)
        {
            return Task.FromResult(read());
        }
    }
}
