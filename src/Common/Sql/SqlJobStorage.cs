namespace Sluice.Durable;

/// <summary>The rows of one job in a database: what is the same in all of them.</summary>
internal abstract class SqlJobStorage : JobStorage
{
    private JobRecord? _claimed;

    public sealed override JobRecord Claimed => _claimed!;

    protected abstract string Store { get; }

    private string Name => Claimed.Name;

    public override Task CleanAsync(long decided, CancellationToken cancellationToken) => ChangeAsync(forRows: true, async (transaction, job) =>
    {
        await SqlRetention.CleanAsync(transaction, job, decided, cancellationToken).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    public override Task WriteAsync(CheckpointId id, Guid batch, CheckpointRows rows, CancellationToken cancellationToken) => ChangeAsync(forRows: true, async (transaction, job) =>
    {
        var isNew = await transaction.ExecuteAsync($"INSERT INTO {transaction.Table("batch")}(job, epoch, n, batch) VALUES(@job, @epoch, @n, @batch) ON CONFLICT DO NOTHING",
            [("job", job.Id), ("epoch", id.Epoch), ("n", id.Number), ("batch", batch.ToByteArray())], cancellationToken).ConfigureAwait(false) == 1;
        if (isNew)
        {
            await InsertAllAsync(transaction, job, id, rows, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }, cancellationToken);

    public override Task<bool> CommitAsync(CheckpointCommit commit, CheckpointId? previous, long fence, CancellationToken cancellationToken) => ChangeAsync(forRows: false, async (transaction, job) =>
    {
        if (job.Record.Checkpoint != previous || job.Record.Fence != fence)
        {
            return false;
        }

        if (commit.Name is { } name && (await SqlJobs.ListCheckpointsAsync(transaction, job, cancellationToken).ConfigureAwait(false)).Any(info => info.Name == name))
        {
            throw new InvalidOperationException($"Job '{Name}' has a checkpoint named '{name}' already. Take another name, or take that one's name away first.");
        }

        var id = new CheckpointId(Claimed.Epoch, commit.Number);
        await InsertAllAsync(transaction, job, id, commit.Rows, cancellationToken).ConfigureAwait(false);
        foreach (var participant in commit.Participants)
        {
            await RunAsync(participant, transaction, cancellationToken).ConfigureAwait(false);
        }

        await SqlJobs.InsertCheckpointAsync(transaction, job, new CheckpointInfo(id, commit.Time, commit.Name), cancellationToken).ConfigureAwait(false);
        await transaction.ExecuteAsync($"DELETE FROM {transaction.Table("batch")} WHERE job = @job AND epoch = @epoch AND n = @n", [("job", job.Id), ("epoch", id.Epoch), ("n", id.Number)], cancellationToken).ConfigureAwait(false);
        return await SqlJobs.UpdateAsync(transaction, job, job.Record with { Checkpoint = id }, cancellationToken).ConfigureAwait(false)
            ? true
            : throw new StoreUnavailableException(Store, $"the row of job '{Name}' changed in the middle of a transaction that had locked it"); // undoes the transaction
    }, cancellationToken);

    public override Task<JobRecord> ResolveAsync(long fence, CancellationToken cancellationToken) => UpdateAsync(record => record with { Fence = Math.Max(record.Fence, fence) }, cancellationToken);

    public override Task PruneAsync(int keep, CancellationToken cancellationToken) => ChangeAsync(forRows: true, async (transaction, job) =>
    {
        await SqlRetention.PruneAsync(transaction, job, keep, cancellationToken).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    public override Task EndAsync(JobStatus status, ReadOnlyMemory<byte> result, CancellationToken cancellationToken) => UpdateAsync(record => record with { Status = status, Result = result }, cancellationToken);

    public override Task RewindAsync(CheckpointId id, CancellationToken cancellationToken) => ChangeAsync(forRows: false, async (transaction, job) =>
    {
        await SqlRetention.RewindAsync(transaction, job, id, cancellationToken).ConfigureAwait(false);
        return await SqlJobs.UpdateAsync(transaction, job, job.Record with { Checkpoint = id }, cancellationToken).ConfigureAwait(false);
    }, cancellationToken);

    public override Task<bool> ForgetAsync(string node, CancellationToken cancellationToken) =>
        ChangeAsync(forRows: false, (transaction, job) => SqlRetention.ForgetAsync(transaction, job, node, cancellationToken), cancellationToken);

    public override Task DeleteAsync(CancellationToken cancellationToken) => ChangeAsync(forRows: false, async (transaction, job) =>
    {
        await SqlRetention.DeleteAsync(transaction, job, cancellationToken).ConfigureAwait(false);
        return true;
    }, cancellationToken);

    /// <summary>Reads the job, and the store's clock.</summary>
    /// <exception cref="JobRunningException">Another run owns the job.</exception>
    internal static async Task<(SqlJob? Job, DateTimeOffset Now)> FindFreeAsync(SqlTransaction transaction, string name, string locking, ClaimRequest request, bool sessionHasEnded, CancellationToken cancellationToken)
    {
        var found = await SqlJobs.FindAsync(transaction, name, locking, cancellationToken).ConfigureAwait(false);
        var now = DateTimeOffset.FromUnixTimeMilliseconds(await SqlJobs.NowAsync(transaction, cancellationToken).ConfigureAwait(false));
        if (found is not null)
        {
            request.Check(found.Record, leaseHasRunOut: found.Record.LeaseEnd <= now, sessionHasEnded);
        }

        return (found, now);
    }

    /// <summary>Takes the next epoch in a transaction of its own.</summary>
    protected Task ClaimAsync(string name, ClaimRequest request, bool sessionHasEnded, CancellationToken cancellationToken) => TransactAsync(async transaction =>
    {
        var (found, now) = await FindFreeAsync(transaction, name, transaction.Dialect.ForChange, request, sessionHasEnded, cancellationToken).ConfigureAwait(false);
        if (found is null)
        {
            var first = new JobRecord { Name = name, Status = JobStatus.Running, Epoch = 1, Owner = request.Owner, Since = now, LeaseEnd = now + request.Lease };
            await SqlJobs.InsertAsync(transaction, first, cancellationToken).ConfigureAwait(false);
            _claimed = first;
            return true;
        }

        _claimed = found.Record;
        if (found.Record.Status != JobStatus.Finished)
        {
            var record = found.Record with { Status = JobStatus.Running, Epoch = found.Record.Epoch + 1, Fence = 0, Owner = request.Owner, Since = now, Result = default };
            await SqlJobs.UpdateAsync(transaction, found, record, cancellationToken).ConfigureAwait(false);
            await SqlJobs.RenewAsync(transaction, name, record.Epoch, request.Lease, cancellationToken).ConfigureAwait(false);
            _claimed = record;
        }

        return true;
    }, cancellationToken);

    /// <summary>Throws if the job is not this run's any more.</summary>
    protected void CheckEpoch(SqlJob? job, string name, long epoch)
    {
        if (job is null)
        {
            throw new StoreDamagedException($"Job '{name}' is gone from {Store}: it was deleted while its run {epoch} went on.");
        }

        if (job.Record.Epoch != epoch)
        {
            throw new JobTakenOverException(name, epoch, job.Record.Epoch);
        }
    }

    /// <summary>Runs a transaction: commits it, or undoes it and translates what failed.</summary>
    protected abstract Task<T> TransactAsync<T>(Func<SqlTransaction, Task<T>> action, CancellationToken cancellationToken);

    /// <summary>Writes rows into one table.</summary>
    protected abstract Task InsertAsync<TRow>(SqlTransaction transaction, SqlJob job, CheckpointId id, SqlRowTable<TRow> table, IEnumerable<TRow> rows, CancellationToken cancellationToken)
        where TRow : CheckpointRow;

    /// <summary>Does the work of a sink.</summary>
    protected abstract Task RunAsync(CommitParticipant participant, SqlTransaction transaction, CancellationToken cancellationToken);

    private async Task<JobRecord> UpdateAsync(Func<JobRecord, JobRecord> change, CancellationToken cancellationToken) => await ChangeAsync(forRows: false, async (transaction, job) =>
    {
        var record = change(job.Record);
        await SqlJobs.UpdateAsync(transaction, job, record, cancellationToken).ConfigureAwait(false);
        return record;
    }, cancellationToken).ConfigureAwait(false);

    /// <summary>A transaction that begins with the check of the epoch, and keeps a claim out until it has ended.</summary>
    private Task<T> ChangeAsync<T>(bool forRows, Func<SqlTransaction, SqlJob, Task<T>> change, CancellationToken cancellationToken) => TransactAsync(async transaction =>
    {
        var job = await SqlJobs.FindAsync(transaction, Name, forRows ? transaction.Dialect.ForRows : transaction.Dialect.ForChange, cancellationToken).ConfigureAwait(false);
        CheckEpoch(job, Name, Claimed.Epoch);
        return await change(transaction, job!).ConfigureAwait(false);
    }, cancellationToken);

    private async Task InsertAllAsync(SqlTransaction transaction, SqlJob job, CheckpointId id, CheckpointRows rows, CancellationToken cancellationToken)
    {
        await InsertAsync(transaction, job, id, SqlRowTables.Nodes, rows.StoredNodes(), cancellationToken).ConfigureAwait(false);
        await InsertAsync(transaction, job, id, SqlRowTables.Keys, rows.Keys, cancellationToken).ConfigureAwait(false);
        await InsertAsync(transaction, job, id, SqlRowTables.Positions, rows.Positions, cancellationToken).ConfigureAwait(false);
        await InsertAsync(transaction, job, id, SqlRowTables.Staged, rows.Staged, cancellationToken).ConfigureAwait(false);
    }
}
