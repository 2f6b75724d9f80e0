using System.Data.Common;

namespace Sluice.Durable;

/// <summary>The tables of jobs and of committed checkpoints. Without a checkpoint, its columns are 0 and -1.</summary>
internal static class SqlJobs
{
    private const string Columns = "id, name, status, epoch, checkpoint_epoch, checkpoint, fence, owner, since, lease_end, result, checksum";

    internal static async Task<SqlJob?> FindAsync(SqlTransaction transaction, string name, string locking, CancellationToken cancellationToken) =>
        (await transaction.ListAsync($"SELECT {Columns} FROM {transaction.Table("job")} WHERE name = @name{locking}", [("name", name)], Read, cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    internal static async Task<IReadOnlyList<JobRecord>> ListAsync(SqlTransaction transaction, CancellationToken cancellationToken)
    {
        var jobs = await transaction.ListAsync($"SELECT {Columns} FROM {transaction.Table("job")}", [], Read, cancellationToken).ConfigureAwait(false);
        return [.. jobs.Select(static job => job.Record).OrderBy(static record => record.Name, StringComparer.Ordinal)];
    }

    internal static Task<long> NowAsync(SqlTransaction transaction, CancellationToken cancellationToken) => transaction.ScalarAsync($"SELECT {transaction.Dialect.Now}", [], cancellationToken);

    internal static async Task InsertAsync(SqlTransaction transaction, JobRecord record, CancellationToken cancellationToken) => await transaction.ExecuteAsync(
        $"INSERT INTO {transaction.Table("job")}(name, status, epoch, checkpoint_epoch, checkpoint, fence, owner, since, lease_end, result, checksum) VALUES(@name, @status, @epoch, @checkpoint_epoch, @checkpoint, @fence, @owner, @since, @lease_end, @result, @checksum)",
        [("name", record.Name), ("lease_end", record.LeaseEnd.ToUnixTimeMilliseconds()), .. ValuesOf(record)], cancellationToken).ConfigureAwait(false);

    /// <summary>Changes everything but the lease, if the job has this epoch and this checkpoint still.</summary>
    internal static async Task<bool> UpdateAsync(SqlTransaction transaction, SqlJob old, JobRecord record, CancellationToken cancellationToken) => await transaction.ExecuteAsync(
        $"UPDATE {transaction.Table("job")} SET status = @status, epoch = @epoch, checkpoint_epoch = @checkpoint_epoch, checkpoint = @checkpoint, fence = @fence, owner = @owner, since = @since, result = @result, checksum = @checksum "
            + "WHERE id = @id AND epoch = @old_epoch AND checkpoint_epoch = @old_checkpoint_epoch AND checkpoint = @old_checkpoint AND fence = @old_fence",
        [
            ("id", old.Id), ("old_epoch", old.Record.Epoch), ("old_checkpoint_epoch", old.Record.Checkpoint?.Epoch ?? 0), ("old_checkpoint", old.Record.Checkpoint?.Number ?? -1), ("old_fence", old.Record.Fence),
            .. ValuesOf(record),
        ],
        cancellationToken).ConfigureAwait(false) == 1;

    internal static async Task<bool> RenewAsync(SqlTransaction transaction, string name, long epoch, TimeSpan lease, CancellationToken cancellationToken) => await transaction.ExecuteAsync(
        $"UPDATE {transaction.Table("job")} SET lease_end = {transaction.Dialect.Now} + @lease WHERE name = @name AND epoch = @epoch",
        [("lease", (long)lease.TotalMilliseconds), ("name", name), ("epoch", epoch)], cancellationToken).ConfigureAwait(false) == 1;

    /// <summary>The kept checkpoints, the newest first.</summary>
    internal static async Task<IReadOnlyList<CheckpointInfo>> ListCheckpointsAsync(SqlTransaction transaction, SqlJob job, CancellationToken cancellationToken) => await transaction.ListAsync(
        $"SELECT epoch, n, time, name, checksum FROM {transaction.Table("committed")} WHERE job = @job AND kept = 1 ORDER BY n DESC", [("job", job.Id)],
        reader =>
        {
            var info = new CheckpointInfo(new CheckpointId(reader.GetInt64(0), reader.GetInt64(1)), TimeOf(reader, 2, job), reader.IsDBNull(3) ? null : reader.GetString(3));
            info.Check(job.Record.Name, (uint)reader.GetInt64(4));
            return info;
        },
        cancellationToken).ConfigureAwait(false);

    internal static async Task InsertCheckpointAsync(SqlTransaction transaction, SqlJob job, CheckpointInfo info, CancellationToken cancellationToken) => await transaction.ExecuteAsync(
        $"INSERT INTO {transaction.Table("committed")}(job, epoch, n, kept, time, name, checksum) VALUES(@job, @epoch, @n, 1, @time, @name, @checksum)",
        [("job", job.Id), ("epoch", info.Id.Epoch), ("n", info.Id.Number), ("time", info.Time.UtcTicks), ("name", info.Name), ("checksum", (long)info.ComputeChecksum(job.Record.Name))], cancellationToken).ConfigureAwait(false);

    internal static async Task<bool> UnnameAsync(SqlTransaction transaction, SqlJob job, string name, CancellationToken cancellationToken)
    {
        if ((await ListCheckpointsAsync(transaction, job, cancellationToken).ConfigureAwait(false)).FirstOrDefault(info => info.Name == name) is not { } found)
        {
            return false;
        }

        var sum = (found with { Name = null }).ComputeChecksum(job.Record.Name);
        await transaction.ExecuteAsync($"UPDATE {transaction.Table("committed")} SET name = NULL, checksum = @checksum WHERE job = @job AND n = @n AND epoch = @epoch",
            [("checksum", (long)sum), ("job", job.Id), ("n", found.Id.Number), ("epoch", found.Id.Epoch)], cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static (string, object?)[] ValuesOf(JobRecord record) =>
    [
        ("status", (long)record.Status), ("epoch", record.Epoch), ("checkpoint_epoch", record.Checkpoint?.Epoch ?? 0), ("checkpoint", record.Checkpoint?.Number ?? -1), ("fence", record.Fence),
        ("owner", record.Owner.ToString()), ("since", record.Since.ToUnixTimeMilliseconds()), ("result", SqlRowTable.ArrayOf(record.Result)), ("checksum", (long)record.ComputeChecksum()),
    ];

    private static SqlJob Read(DbDataReader reader)
    {
        var name = reader.GetString(1);
        try
        {
            var record = new JobRecord
            {
                Name = name,
                Status = (JobStatus)reader.GetInt64(2),
                Epoch = reader.GetInt64(3),
                Checkpoint = reader.GetInt64(5) is var number and >= 0 ? new CheckpointId(reader.GetInt64(4), number) : null,
                Fence = reader.GetInt64(6),
                Owner = JobOwner.Parse(reader.GetString(7)),
                Since = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(8)),
                LeaseEnd = DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(9)),
                Result = (byte[])reader.GetValue(10),
            };
            return new SqlJob(reader.GetInt64(0), record.Check((uint)reader.GetInt64(11)));
        }
        catch (Exception error) when (error is FormatException or ArgumentOutOfRangeException)
        {
            throw new StoreDamagedException(name, null, "the row of the job itself");
        }
    }

    private static DateTimeOffset TimeOf(DbDataReader reader, int column, SqlJob job) => reader.GetInt64(column) is var ticks && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
        ? new DateTimeOffset(ticks, TimeSpan.Zero)
        : throw new StoreDamagedException(job.Record.Name, null, "the list of committed checkpoints");
}

/// <summary>A job's row and its number in the database.</summary>
/// <param name="Id">The number, by which other tables have the job.</param>
/// <param name="Record">The row.</param>
internal sealed record SqlJob(long Id, JobRecord Record);
