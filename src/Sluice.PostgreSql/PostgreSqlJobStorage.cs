using Npgsql;
using NpgsqlTypes;

namespace Sluice.Durable;

/// <summary>The rows of one job in PostgreSQL. It writes by one connection, whose session holds the job's advisory lock; after a failure it opens another one and takes the lock again.</summary>
internal sealed class PostgreSqlJobStorage(PostgreSqlConnections connections, string name) : SqlJobStorage
{
    /// <summary>A session that holds the lock and has no epoch is just taking one, which takes milliseconds, or its connection is gone.</summary>
    private static readonly TimeSpan s_claimLimit = TimeSpan.FromSeconds(1);

    private NpgsqlConnection? _connection; // calls come one after the other; renewals have a connection of the pool

    /// <summary>The server's processes of our connections. One that has not noticed yet that its connection is gone holds our lock still.</summary>
    private readonly HashSet<int> _sessions = [];
    private bool _isClaimed;

    protected override string Store => connections.Description;

    public override async Task RenewAsync(TimeSpan lease, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await connections.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var statement = new SqlTransaction(connection, null, connections.Dialect);
                if (!await SqlJobs.RenewAsync(statement, name, Claimed.Epoch, lease, cancellationToken).ConfigureAwait(false))
                {
                    CheckEpoch(await SqlJobs.FindAsync(statement, name, "", cancellationToken).ConfigureAwait(false), name, Claimed.Epoch);
                }
            }
        }
        catch (Exception error) when (connections.Translate(error) is var translated && translated != error)
        {
            throw translated;
        }
    }

    public override bool Supports(CommitParticipant participant) => participant is PostgreSqlCommit commit && new NpgsqlConnectionStringBuilder(commit.ConnectionString) is var settings
        && settings.Host == connections.Host && settings.Port == connections.Port && settings.Database == connections.Database;

    public override async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Takes the session's lock, from an owner that is gone or is taken over, and then the next epoch.</summary>
    internal async Task ClaimAsync(ClaimRequest request, CancellationToken cancellationToken)
    {
        try
        {
            _connection = await connections.OpenSessionAsync(cancellationToken).ConfigureAwait(false);
            _sessions.Add(_connection.ProcessID);
            await new PostgreSqlSessionLock(connections, name).TakeAsync(_connection, async (statement, _, waited) =>
            {
                // The owner's session is there. Its lease may have run out, or its process be dead and the server not know it yet.
                if (await SqlJobs.FindAsync(statement, name, "", cancellationToken).ConfigureAwait(false) is { } job)
                {
                    var now = DateTimeOffset.FromUnixTimeMilliseconds(await SqlJobs.NowAsync(statement, cancellationToken).ConfigureAwait(false));
                    request.Check(job.Record, leaseHasRunOut: job.Record.LeaseEnd <= now);
                    if (job.Record.Status == JobStatus.Running)
                    {
                        return true;
                    }
                }

                return waited > s_claimLimit;
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (connections.Translate(error) is var translated && translated != error)
        {
            throw translated;
        }

        await ClaimAsync(name, request, sessionHasEnded: true, cancellationToken).ConfigureAwait(false);
        _isClaimed = true;
    }

    protected override async Task<T> TransactAsync<T>(Func<SqlTransaction, Task<T>> action, CancellationToken cancellationToken)
    {
        try
        {
            var connection = _connection ?? await ReopenAsync(cancellationToken).ConfigureAwait(false);
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var result = await action(new SqlTransaction(connection, transaction, connections.Dialect)).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return result;
            }
        }
        catch (Exception error)
        {
            var translated = connections.Translate(error);
            if (translated is StoreUnavailableException or OperationCanceledException || _connection is { FullState: not System.Data.ConnectionState.Open })
            {
                await CloseAsync().ConfigureAwait(false);
            }

            if (translated == error)
            {
                throw;
            }

            throw translated;
        }
    }

    protected override async Task InsertAsync<TRow>(SqlTransaction transaction, SqlJob job, CheckpointId id, SqlRowTable<TRow> table, IEnumerable<TRow> rows, CancellationToken cancellationToken)
    {
        using var all = rows.GetEnumerator();
        if (!all.MoveNext())
        {
            return;
        }

        var copy = await ((NpgsqlConnection)transaction.Connection).BeginBinaryImportAsync(
            $"COPY {transaction.Table(table.Name)}({string.Join(", ", table.AllColumns)}) FROM STDIN (FORMAT BINARY)", cancellationToken).ConfigureAwait(false);
        await using (copy.ConfigureAwait(false))
        {
            do
            {
                await copy.StartRowAsync(cancellationToken).ConfigureAwait(false);
                foreach (var value in table.AllValues(job.Id, job.Record.Name, id, all.Current))
                {
                    await (value switch
                    {
                        null => copy.WriteNullAsync(cancellationToken),
                        long number => copy.WriteAsync(number, NpgsqlDbType.Bigint, cancellationToken),
                        string text => copy.WriteAsync(text, NpgsqlDbType.Text, cancellationToken),
                        byte[] bytes => copy.WriteAsync(bytes, NpgsqlDbType.Bytea, cancellationToken),
                        _ => throw new InvalidOperationException($"Table {table.Name} has a value of type {value.GetType()}."),
                    }).ConfigureAwait(false);
                }
            }
            while (all.MoveNext());

            await copy.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    protected override Task RunAsync(CommitParticipant participant, SqlTransaction transaction, CancellationToken cancellationToken) =>
        ((PostgreSqlCommit)participant).Write((NpgsqlTransaction)transaction.Transaction, cancellationToken);

    /// <summary>Connects again after a lost connection. The lock is ours, or of a session of ours that the server has not ended yet, or a newer run has it.</summary>
    private async Task<NpgsqlConnection> ReopenAsync(CancellationToken cancellationToken)
    {
        var connection = await connections.OpenSessionAsync(cancellationToken).ConfigureAwait(false);
        _sessions.Add(connection.ProcessID);
        try
        {
            if (_isClaimed)
            {
                await new PostgreSqlSessionLock(connections, name).TakeAsync(connection, async (statement, holder, _) =>
                {
                    CheckEpoch(await SqlJobs.FindAsync(statement, name, "", cancellationToken).ConfigureAwait(false), name, Claimed.Epoch);
                    return _sessions.Contains(holder);
                }, cancellationToken).ConfigureAwait(false);
            }

            return _connection = connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
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
