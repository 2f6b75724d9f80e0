using Npgsql;

namespace Sluice.Durable;

/// <summary>Connections to one database: a small pool for short calls, and one connection for each open job, whose session is what owns it.</summary>
internal sealed class PostgreSqlConnections : IAsyncDisposable
{
    private const int MaxPoolSize = 20;

    private readonly NpgsqlDataSource _pool;
    private readonly NpgsqlDataSource _single;

    internal PostgreSqlConnections(string connectionString, PostgreSqlStoreOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            CommandTimeout = (int)options.CommandTimeout.TotalSeconds,
            ApplicationName = "Sluice",
            // A peer that has gone without a word is found by the system, not by the next checkpoint.
            TcpKeepAlive = true,
        };
        settings.MaxPoolSize = Math.Min(settings.MaxPoolSize, MaxPoolSize);
        settings.Options = $"{settings.Options} -c lock_timeout={(long)options.LockTimeout.TotalMilliseconds} -c synchronous_commit=on".Trim();
        Description = $"PostgreSQL database '{settings.Database}' on {settings.Host}:{settings.Port}, schema '{options.Schema}'";
        (Host, Port, Database) = (settings.Host!, settings.Port, settings.Database!);
        Options = options;
        Dialect = PostgreSqlSchema.DialectOf(options.Schema);
        _pool = NpgsqlDataSource.Create(settings);
        settings.Pooling = false;
        _single = NpgsqlDataSource.Create(settings);
    }

    internal string Host { get; }

    internal int Port { get; }

    internal string Database { get; }

    internal string Description { get; }

    internal PostgreSqlStoreOptions Options { get; }

    internal SqlDialect Dialect { get; }

    /// <summary>A connection of the pool.</summary>
    internal ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _pool.OpenConnectionAsync(cancellationToken);

    /// <summary>A connection for one job, with tables of this version.</summary>
    internal async Task<NpgsqlConnection> OpenSessionAsync(CancellationToken cancellationToken)
    {
        var connection = await _single.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (await CheckVersionAsync(connection, cancellationToken).ConfigureAwait(false) < PostgreSqlSchema.Version)
            {
                await MigrateAsync(connection, PostgreSqlSchema.Version, cancellationToken).ConfigureAwait(false);
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The version of the tables, if this program knows it.</summary>
    internal async Task<long> CheckVersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var version = await PostgreSqlSchema.ReadVersionAsync(new SqlTransaction(connection, null, Dialect), cancellationToken).ConfigureAwait(false);
        return version <= PostgreSqlSchema.Version ? version : throw new StoreVersionException(Description, version, PostgreSqlSchema.Version);
    }

    internal async Task MigrateAsync(NpgsqlConnection connection, int upTo, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await PostgreSqlSchema.MigrateAsync(new SqlTransaction(connection, transaction, Dialect), Options.Schema, upTo, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    internal Exception Translate(Exception error) => PostgreSqlErrors.Translate(Description, Options.LockTimeout, error);

    public async ValueTask DisposeAsync()
    {
        await _pool.DisposeAsync().ConfigureAwait(false);
        await _single.DisposeAsync().ConfigureAwait(false);
    }
}
