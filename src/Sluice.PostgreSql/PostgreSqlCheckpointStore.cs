using System.Data;
using Npgsql;

namespace Sluice.Durable;

/// <summary>A store in a PostgreSQL database.</summary>
internal sealed class PostgreSqlCheckpointStore(string connectionString, PostgreSqlStoreOptions options) : SqlCheckpointStore
{
    private readonly PostgreSqlConnections _connections = new(connectionString, options);

    public override string Description => _connections.Description;

    public override async Task<JobStorage> ClaimAsync(string job, ClaimRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        ArgumentNullException.ThrowIfNull(request);
        var storage = new PostgreSqlJobStorage(_connections, job);
        try
        {
            await storage.ClaimAsync(request, cancellationToken).ConfigureAwait(false);
            return storage;
        }
        catch
        {
            await storage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _connections.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    internal override Exception Translate(Exception error) => _connections.Translate(error);

    protected override async Task<SqlTransaction?> BeginReadAsync(CancellationToken cancellationToken)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await _connections.OpenAsync(cancellationToken).ConfigureAwait(false);
            var version = await _connections.CheckVersionAsync(connection, cancellationToken).ConfigureAwait(false);
            if (version == 0)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                return null;
            }

            if (version < PostgreSqlSchema.Version)
            {
                await _connections.MigrateAsync(connection, PostgreSqlSchema.Version, cancellationToken).ConfigureAwait(false);
            }

            return new SqlTransaction(connection, await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false), _connections.Dialect);
        }
        catch (Exception error)
        {
            if (connection is not null)
            {
                await connection.DisposeAsync().ConfigureAwait(false);
            }

            var translated = Translate(error);
            if (translated == error)
            {
                throw;
            }

            throw translated;
        }
    }

    protected override async Task<T> WriteAsync<T>(Func<SqlTransaction, Task<T>> write, CancellationToken cancellationToken)
    {
        try
        {
            var connection = await _connections.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    var result = await write(new SqlTransaction(connection, transaction, _connections.Dialect)).ConfigureAwait(false);
                    await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                    return result;
                }
            }
        }
        catch (Exception error) when (Translate(error) is var translated && translated != error)
        {
            throw translated;
        }
    }
}
