using System.Data.Common;
using System.Runtime.CompilerServices;

namespace Sluice.Durable;

/// <summary>Reads a checkpoint in one transaction, which sees the database as it was at its beginning.</summary>
internal sealed class SqlCheckpointReader : CheckpointReader
{
    private readonly SqlTransaction _transaction;
    private readonly SqlJob _job;
    private readonly HashSet<CheckpointId> _committed; // up to the checkpoint, those of which only rows are left too
    private readonly Func<Exception, Exception> _translate;

    private SqlCheckpointReader(SqlTransaction transaction, SqlJob job, CheckpointInfo checkpoint, HashSet<CheckpointId> committed, Func<Exception, Exception> translate) =>
        (_transaction, _job, Checkpoint, _committed, _translate) = (transaction, job, checkpoint, committed, translate);

    public override CheckpointInfo Checkpoint { get; }

    /// <summary>Opens the newest or another checkpoint. It disposes the connection when it is disposed.</summary>
    internal static async Task<CheckpointReader> OpenAsync(SqlTransaction transaction, string name, CheckpointId? id, string store, Func<Exception, Exception> translate, CancellationToken cancellationToken)
    {
        var job = await SqlJobs.FindAsync(transaction, name, "", cancellationToken).ConfigureAwait(false);
        var all = job is null ? [] : await SqlJobs.ListCheckpointsAsync(transaction, job, cancellationToken).ConfigureAwait(false);
        if (all.FirstOrDefault(info => id is null || info.Id == id) is not { } found)
        {
            throw new ArgumentException($"{store} has no checkpoint {(id is { } wanted ? $"{wanted} " : "")}of job '{name}'.", nameof(id));
        }

        var committed = await transaction.ListAsync($"SELECT epoch, n FROM {transaction.Table("committed")} WHERE job = @job AND n <= @n", [("job", job!.Id), ("n", found.Id.Number)],
            static reader => new CheckpointId(reader.GetInt64(0), reader.GetInt64(1)), cancellationToken).ConfigureAwait(false);
        return new SqlCheckpointReader(transaction, job, found, [.. committed], translate);
    }

    public override IAsyncEnumerable<KeyState> ReadKeysAsync(string? node = null, int firstGroup = 0, int lastGroup = int.MaxValue, CancellationToken cancellationToken = default)
    {
        (string, object?)[] groups = [("first", (long)firstGroup), ("last", (long)lastGroup)];
        return node is null
            ? NewestAsync(SqlRowTables.Keys, " AND key_group >= @first AND key_group <= @last", groups, cancellationToken)
            : NewestAsync(SqlRowTables.Keys, " AND node = @node AND key_group >= @first AND key_group <= @last", [("node", node), .. groups], cancellationToken);
    }

    public override async Task<KeyState?> ReadKeyAsync(string node, int group, ReadOnlyMemory<byte> key, CancellationToken cancellationToken = default) =>
        await NewestAsync(SqlRowTables.Keys, " AND node = @node AND key_group = @group AND key = @key", [("node", node), ("group", (long)group), ("key", SqlRowTable.ArrayOf(key))], cancellationToken)
            .FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);

    public override IAsyncEnumerable<SourcePosition> ReadPositionsAsync(CancellationToken cancellationToken = default) => NewestAsync(SqlRowTables.Positions, "", [], cancellationToken);

    public override async IAsyncEnumerable<StagedOutput> ReadStagedAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var (id, row) in RowsAsync(SqlRowTables.Staged, " AND n = @n AND epoch = @epoch ORDER BY node, sequence", [("epoch", Checkpoint.Id.Epoch)], cancellationToken).ConfigureAwait(false))
        {
            if (id == Checkpoint.Id)
            {
                yield return row;
            }
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _transaction.Transaction.DisposeAsync().ConfigureAwait(false);
        await _transaction.Connection.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override IAsyncEnumerable<NodeState> ReadStoredNodesAsync(CancellationToken cancellationToken) => NewestAsync(SqlRowTables.Nodes, "", [], cancellationToken);

    protected override async Task<NodeState?> ReadStoredNodeAsync(string node, int part, CancellationToken cancellationToken) =>
        await NewestAsync(SqlRowTables.Nodes, " AND node = @node AND part = @part", [("node", node), ("part", (long)part)], cancellationToken).FirstOrDefaultAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Of each identity the newest row that is committed, if it has content.</summary>
    private async IAsyncEnumerable<TRow> NewestAsync<TRow>(SqlRowTable<TRow> table, string condition, (string, object?)[] parameters, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRow : CheckpointRow
    {
        TRow? last = null;
        var order = $" AND n <= @n ORDER BY {string.Join(", ", table.Identity)}, n DESC, epoch DESC";
        await foreach (var (id, row) in RowsAsync(table, condition + order, parameters, cancellationToken).ConfigureAwait(false))
        {
            if (!_committed.Contains(id) || (last is not null && table.IsSame(last, row)))
            {
                continue;
            }

            last = row;
            if (table.HasContent(row))
            {
                yield return row;
            }
        }
    }

    /// <summary>Rows as they are stored, those that count checked.</summary>
    private async IAsyncEnumerable<(CheckpointId Id, TRow Row)> RowsAsync<TRow>(SqlRowTable<TRow> table, string condition, (string, object?)[] parameters, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRow : CheckpointRow
    {
        string[] columns = [.. table.Identity, .. table.Values, "epoch", "n", "checksum"];
        var command = _transaction.Command($"SELECT {string.Join(", ", columns)} FROM {_transaction.Table(table.Name)} WHERE job = @job{condition}", [("job", _job.Id), ("n", Checkpoint.Id.Number), .. parameters]);
        await using (command.ConfigureAwait(false))
        {
            var reader = await TranslatingAsync(() => command.ExecuteReaderAsync(cancellationToken)).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await TranslatingAsync(() => reader.ReadAsync(cancellationToken)).ConfigureAwait(false))
                {
                    yield return ReadRow(table, reader, columns.Length);
                }
            }
        }
    }

    private (CheckpointId Id, TRow Row) ReadRow<TRow>(SqlRowTable<TRow> table, DbDataReader reader, int columns)
        where TRow : CheckpointRow
    {
        CheckpointId id = default;
        try
        {
            id = new CheckpointId(reader.GetInt64(columns - 3), reader.GetInt64(columns - 2));
            var row = table.Read(reader);
            if (_committed.Contains(id))
            {
                row.Check(_job.Record.Name, id, (uint)reader.GetInt64(columns - 1));
            }

            return (id, row);
        }
        catch (Exception error) when (error is InvalidCastException or InvalidOperationException or ArgumentException)
        {
            // A column that has a value of another type: such a row has no checksum to compare.
            throw new StoreDamagedException(_job.Record.Name, id, $"a row of table {table.Name}");
        }
    }

    private async Task<T> TranslatingAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception error) when (error is DbException or IOException or InvalidOperationException)
        {
            throw _translate(error);
        }
    }
}
