namespace Sluice.Durable;

/// <summary>Removes rows that no checkpoint needs. A row is needed as long as a kept checkpoint lies between it and the next newer row of the same identity.</summary>
internal static class SqlRetention
{
    /// <summary>Pairs without rows are harmless, and are looked for now and then.</summary>
    private const int SweepEach = 16;

    /// <summary>Removes rows of marks that are not committed.</summary>
    internal static async Task CleanAsync(SqlTransaction transaction, SqlJob job, long decided, CancellationToken cancellationToken)
    {
        var batch = transaction.Table("batch");
        var open = await transaction.ListAsync($"SELECT DISTINCT epoch, n FROM {batch} b WHERE job = @job AND (epoch < @epoch OR n <= @decided)",
            [("job", job.Id), ("epoch", job.Record.Epoch), ("decided", decided)], static reader => new CheckpointId(reader.GetInt64(0), reader.GetInt64(1)), cancellationToken).ConfigureAwait(false);
        foreach (var id in open)
        {
            (string, object?)[] mark = [("job", job.Id), ("epoch", id.Epoch), ("n", id.Number)];
            if (await transaction.ScalarAsync($"SELECT COUNT(*) FROM {transaction.Table("committed")} WHERE job = @job AND n = @n AND epoch = @epoch", mark, cancellationToken).ConfigureAwait(false) == 0)
            {
                foreach (var table in SqlRowTables.All)
                {
                    await transaction.ExecuteAsync($"DELETE FROM {transaction.Table(table.Name)} WHERE job = @job AND n = @n AND epoch = @epoch", mark, cancellationToken).ConfigureAwait(false);
                }
            }

            await transaction.ExecuteAsync($"DELETE FROM {batch} WHERE job = @job AND n = @n AND epoch = @epoch", mark, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Drops checkpoints beyond the newest and the named ones.</summary>
    internal static async Task PruneAsync(SqlTransaction transaction, SqlJob job, int keep, CancellationToken cancellationToken)
    {
        var kept = (await SqlJobs.ListCheckpointsAsync(transaction, job, cancellationToken).ConfigureAwait(false)).Reverse().ToList();
        foreach (var dropped in kept.SkipLast(keep).Where(static info => info.Name is null).ToList())
        {
            var index = kept.IndexOf(dropped);
            var before = index == 0 ? (long?)null : kept[index - 1].Id.Number;
            await DropAsync(transaction, job, dropped.Id, before, kept[index + 1].Id.Number, cancellationToken).ConfigureAwait(false);
            kept.RemoveAt(index);
        }
    }

    /// <summary>Goes back: what is later is removed.</summary>
    internal static async Task RewindAsync(SqlTransaction transaction, SqlJob job, CheckpointId id, CancellationToken cancellationToken)
    {
        foreach (var table in SqlRowTables.All.Select(static table => table.Name).Append("batch").Append("committed"))
        {
            await transaction.ExecuteAsync($"DELETE FROM {transaction.Table(table)} WHERE job = @job AND n > @n", [("job", job.Id), ("n", id.Number)], cancellationToken).ConfigureAwait(false);
        }
    }

    internal static async Task<bool> ForgetAsync(SqlTransaction transaction, SqlJob job, string node, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var table in SqlRowTables.All)
        {
            removed += await transaction.ExecuteAsync($"DELETE FROM {transaction.Table(table.Name)} WHERE job = @job AND node = @node", [("job", job.Id), ("node", node)], cancellationToken).ConfigureAwait(false);
        }

        return removed > 0;
    }

    internal static async Task DeleteAsync(SqlTransaction transaction, SqlJob job, CancellationToken cancellationToken)
    {
        foreach (var table in SqlRowTables.All.Select(static table => table.Name).Append("batch").Append("committed"))
        {
            await transaction.ExecuteAsync($"DELETE FROM {transaction.Table(table)} WHERE job = @job", [("job", job.Id)], cancellationToken).ConfigureAwait(false);
        }

        await transaction.ExecuteAsync($"DELETE FROM {transaction.Table("job")} WHERE id = @job", [("job", job.Id)], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes what only this checkpoint needed: rows after the kept one before, up to this one, that a row up to the next kept one replaces. The work is that of the changes
    /// between the two, by the index on n.</summary>
    private static async Task DropAsync(SqlTransaction transaction, SqlJob job, CheckpointId id, long? before, long next, CancellationToken cancellationToken)
    {
        var committed = transaction.Table("committed");
        (string, object?)[] range = [("job", job.Id), ("before", before ?? -1), ("n", id.Number), ("next", next)];
        foreach (var table in SqlRowTables.Incremental)
        {
            var name = transaction.Table(table.Name);
            var columns = string.Join(", ", table.Identity);
            var same = string.Join(" AND ", table.Identity.Select(static column => $"older.{column} = newer.{column}"));
            await transaction.ExecuteAsync(
                $"DELETE FROM {name} WHERE (job, {columns}, n, epoch) IN (SELECT older.job, {string.Join(", ", table.Identity.Select(static column => "older." + column))}, older.n, older.epoch "
                    + $"FROM {name} newer CROSS JOIN {name} older WHERE newer.job = @job AND newer.n > @n AND newer.n <= @next AND older.job = newer.job AND {same} AND older.n > @before AND older.n <= @n "
                    + $"AND EXISTS (SELECT 1 FROM {committed} c WHERE c.job = newer.job AND c.n = newer.n AND c.epoch = newer.epoch))",
                range, cancellationToken).ConfigureAwait(false);
            if (before is null)
            {
                // The oldest kept checkpoint has nothing before it that a row without content would have to hide.
                await transaction.ExecuteAsync($"DELETE FROM {name} WHERE job = @job AND n >= @n AND n <= @next AND {table.Content} IS NULL "
                    + $"AND EXISTS (SELECT 1 FROM {committed} c WHERE c.job = {name}.job AND c.n = {name}.n AND c.epoch = {name}.epoch)",
                    [("job", job.Id), ("n", id.Number), ("next", next)], cancellationToken).ConfigureAwait(false);
            }
        }

        (string, object?)[] mark = [("job", job.Id), ("n", id.Number), ("epoch", id.Epoch)];
        await transaction.ExecuteAsync($"DELETE FROM {transaction.Table(SqlRowTables.Staged.Name)} WHERE job = @job AND n = @n AND epoch = @epoch", mark, cancellationToken).ConfigureAwait(false);

        // Its pair stays in the list as long as rows of it do: they count for later checkpoints.
        await transaction.ExecuteAsync($"UPDATE {committed} SET kept = 0 WHERE job = @job AND n = @n AND epoch = @epoch", mark, cancellationToken).ConfigureAwait(false);
        if (id.Number % SweepEach != 0)
        {
            return;
        }

        var unused = string.Join(" AND ", SqlRowTables.All.Select(table => $"NOT EXISTS (SELECT 1 FROM {transaction.Table(table.Name)} r WHERE r.job = {committed}.job AND r.n = {committed}.n AND r.epoch = {committed}.epoch)"));
        await transaction.ExecuteAsync($"DELETE FROM {committed} WHERE job = @job AND kept = 0 AND {unused}", [("job", job.Id)], cancellationToken).ConfigureAwait(false);
    }
}
