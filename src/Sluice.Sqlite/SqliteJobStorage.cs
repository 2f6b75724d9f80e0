using Microsoft.Data.Sqlite;

namespace Sluice.Durable;

/// <summary>The rows of one job in a SQLite file. It writes by one connection, which is opened when it is needed, and closed after a failure: what a failed write left in its cache is not used.</summary>
/// <remarks>SQLite blocks the thread, so all work is done on one of the pool.</remarks>
internal sealed class SqliteJobStorage(SqliteConnections connections) : SqlJobStorage
{
    private readonly SemaphoreSlim _gate = new(1, 1); // guards the connection: leases are renewed beside other calls
    private SqliteConnection? _connection;

    protected override string Store => connections.Description;

    public override Task RenewAsync(TimeSpan lease, CancellationToken cancellationToken) => TransactAsync(async transaction =>
    {
        var job = await SqlJobs.FindAsync(transaction, Claimed.Name, "", cancellationToken).ConfigureAwait(false);
        CheckEpoch(job, Claimed.Name, Claimed.Epoch);
        return await SqlJobs.RenewAsync(transaction, Claimed.Name, Claimed.Epoch, lease, cancellationToken).ConfigureAwait(false);
    }, cancellationToken);

    public override bool Supports(CommitParticipant participant) => participant is SqliteCommit commit && Path.GetFullPath(commit.Path) == connections.Path;

    public override async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
        _gate.Release();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    internal Task ClaimAsync(string job, ClaimRequest request, CancellationToken cancellationToken) => ClaimAsync(job, request, sessionHasEnded: false, cancellationToken);

    internal Task<T> WriteAsync<T>(Func<SqlTransaction, Task<T>> write, CancellationToken cancellationToken) => TransactAsync(write, cancellationToken);

    protected override Task<T> TransactAsync<T>(Func<SqlTransaction, Task<T>> action, CancellationToken cancellationToken) => Task.Run(async () =>
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_connection is not null && !connections.Exists)
            {
                await CloseAsync().ConfigureAwait(false);
                throw new StoreUnavailableException(connections.Description, "it was deleted or moved while a run used it");
            }

            _connection ??= await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
            using var transaction = _connection.BeginTransaction(deferred: false); // undone when it is disposed without a commit
            var result = await action(new SqlTransaction(_connection, transaction, SqliteSchema.Dialect)).ConfigureAwait(false);
            transaction.Commit();
            return result;
        }
        catch (Exception error)
        {
            await CloseAsync().ConfigureAwait(false);
            var translated = SqliteErrors.Translate(connections, error);
            if (translated == error)
            {
                throw;
            }

            throw translated;
        }
        finally
        {
            _gate.Release();
        }
    }, cancellationToken);

    protected override async Task InsertAsync<TRow>(SqlTransaction transaction, SqlJob job, CheckpointId id, SqlRowTable<TRow> table, IEnumerable<TRow> rows, CancellationToken cancellationToken)
    {
        SqliteCommand? insert = null;
        var count = 0;
        try
        {
            foreach (var row in rows)
            {
                insert ??= Prepare(transaction, table);
                var values = table.AllValues(job.Id, job.Record.Name, id, row);
                for (var i = 0; i < values.Length; i++)
                {
                    insert.Parameters[i].Value = values[i] ?? DBNull.Value;
                }

                await insert.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
                if (++count % 1024 == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }
        finally
        {
            insert?.Dispose();
        }
    }

    protected override Task RunAsync(CommitParticipant participant, SqlTransaction transaction, CancellationToken cancellationToken) =>
        ((SqliteCommit)participant).Write((SqliteTransaction)transaction.Transaction, cancellationToken);

    private static SqliteCommand Prepare(SqlTransaction transaction, SqlRowTable table)
    {
        var columns = table.AllColumns.ToArray();
        var command = (SqliteCommand)transaction.Command(
            $"INSERT INTO {transaction.Table(table.Name)}({string.Join(", ", columns)}) VALUES({string.Join(", ", columns.Select(static (_, i) => $"@p{i}"))})");
        for (var i = 0; i < columns.Length; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"@p{i}" });
        }

        return command;
    }

    private async Task CloseAsync()
    {
        if (_connection is { } connection)
        {
            _connection = null;
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
