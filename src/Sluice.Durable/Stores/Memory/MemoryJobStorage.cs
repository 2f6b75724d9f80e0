namespace Sluice.Durable;

/// <summary>The rows of one job in memory, as one run sees them.</summary>
internal sealed class MemoryJobStorage(MemoryCheckpointStore store, JobRecord claimed) : JobStorage
{
    public override JobRecord Claimed => claimed;

    public override Task CleanAsync(long decided, CancellationToken cancellationToken) => Change(job =>
    {
        job.RemoveUncommitted(claimed.Epoch, decided);
        return true;
    }, cancellationToken);

    public override Task WriteAsync(CheckpointId id, Guid batch, CheckpointRows rows, CancellationToken cancellationToken) => Change(job =>
    {
        var mark = job.Open(id);
        if (mark.Batches.Add(batch))
        {
            mark.Add(rows);
        }

        return true;
    }, cancellationToken);

    public override Task<bool> CommitAsync(CheckpointCommit commit, CheckpointId? previous, long fence, CancellationToken cancellationToken) => Change(job =>
    {
        if (job.Record.Checkpoint != previous || job.Record.Fence != fence)
        {
            return false;
        }

        if (commit.Name is { } name && job.Committed.Exists(checkpoint => checkpoint.Name == name))
        {
            throw new InvalidOperationException($"Job '{claimed.Name}' has a checkpoint named '{name}' already. Take another name, or take that one's name away first.");
        }

        var id = new CheckpointId(claimed.Epoch, commit.Number);
        job.Open(id).Add(commit.Rows);
        job.Committed.Add(new CheckpointInfo(id, commit.Time, commit.Name));
        job.Record = job.Record with { Checkpoint = id };
        return true;
    }, cancellationToken);

    public override Task<JobRecord> ResolveAsync(long fence, CancellationToken cancellationToken) =>
        Change(job => job.Record = job.Record with { Fence = Math.Max(job.Record.Fence, fence) }, cancellationToken);

    public override Task PruneAsync(int keep, CancellationToken cancellationToken) => Change(job =>
    {
        job.Prune(keep);
        return true;
    }, cancellationToken);

    public override Task RenewAsync(TimeSpan lease, CancellationToken cancellationToken) =>
        Change(job => job.Record = job.Record with { LeaseEnd = store.TimeProvider.GetUtcNow() + lease }, cancellationToken);

    public override Task EndAsync(JobStatus status, ReadOnlyMemory<byte> result, CancellationToken cancellationToken) =>
        Change(job => job.Record = job.Record with { Status = status, Result = result.ToArray() }, cancellationToken);

    public override Task RewindAsync(CheckpointId id, CancellationToken cancellationToken) => Change(job =>
    {
        job.Rewind(id);
        return job.Record = job.Record with { Checkpoint = id };
    }, cancellationToken);

    public override Task<bool> ForgetAsync(string node, CancellationToken cancellationToken) =>
        Change(job => job.Marks.Values.Aggregate(false, (any, rows) => rows.Forget(node) || any), cancellationToken);

    public override Task DeleteAsync(CancellationToken cancellationToken) => Change(_ =>
    {
        store.Remove(claimed.Name);
        return true;
    }, cancellationToken);

    public override bool Supports(CommitParticipant participant) => false;

    private Task<T> Change<T>(Func<MemoryJob, T> change, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        lock (store.Lock)
        {
            try
            {
                var job = store.Job(claimed.Name) ?? throw new StoreDamagedException($"Job '{claimed.Name}' is gone from {store.Description}: it was deleted while its run {claimed.Epoch} went on.");
                return job.Record.Epoch == claimed.Epoch ? Task.FromResult(change(job)) : throw new JobTakenOverException(claimed.Name, claimed.Epoch, job.Record.Epoch);
            }
            catch (Exception error)
            {
                return Task.FromException<T>(error);
            }
        }
    }
}
