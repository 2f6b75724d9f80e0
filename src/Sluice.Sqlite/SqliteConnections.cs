using Microsoft.Data.Sqlite;

namespace Sluice.Durable;

/// <summary>Opens connections to one file, whose tables are of this version.</summary>
internal sealed class SqliteConnections(string path, SqliteStoreOptions options)
{
    // Read, sluice_job among it, is most of what follows; the file's pages that are read again and again fit.
    private const int CacheKibibytes = 32 << 10;

    internal string Path => path;

    internal string Description => $"SQLite file '{path}'";

    internal TimeSpan LockTimeout => options.LockTimeout;

    internal bool Exists => File.Exists(path);

    /// <summary>Opens a connection for writing. Tables are made or migrated; a file of a newer version stays as it is.</summary>
    internal async Task<SqliteConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(SqliteOpenMode.ReadWriteCreate, cancellationToken).ConfigureAwait(false);
        try
        {
            if (await VersionOfAsync(connection, cancellationToken).ConfigureAwait(false) < SqliteSchema.Version)
            {
                await new SqlTransaction(connection, null, SqliteSchema.Dialect).ExecuteAsync("PRAGMA journal_mode = WAL", [], cancellationToken).ConfigureAwait(false);
                using var transaction = connection.BeginTransaction(deferred: false);
                await SqliteSchema.MigrateAsync(new SqlTransaction(connection, transaction, SqliteSchema.Dialect), SqliteSchema.Version, cancellationToken).ConfigureAwait(false);
                transaction.Commit();
            }

            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a connection for reading. A file of an older version is brought to this one first.</summary>
    /// <returns>The connection; null for a file without our tables, which stays as it is.</returns>
    internal async Task<SqliteConnection?> OpenToReadAsync(CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(SqliteOpenMode.ReadWrite, cancellationToken).ConfigureAwait(false);
        try
        {
            switch (await VersionOfAsync(connection, cancellationToken).ConfigureAwait(false))
            {
                case SqliteSchema.None:
                    await connection.DisposeAsync().ConfigureAwait(false);
                    return null;
                case var version when version == SqliteSchema.Version:
                    return connection;
            }
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        await connection.DisposeAsync().ConfigureAwait(false);
        return await OpenAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<SqliteConnection> OpenAsync(SqliteOpenMode mode, CancellationToken cancellationToken)
    {
        var settings = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = (int)options.LockTimeout.TotalSeconds };
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);

            // The provider asks for a lock each 150 ms; SQLite itself begins with a millisecond.
            await new SqlTransaction(connection, null, SqliteSchema.Dialect).ExecuteAsync(
                $"PRAGMA busy_timeout = {(long)options.LockTimeout.TotalMilliseconds}; PRAGMA synchronous = FULL; PRAGMA cache_size = -{CacheKibibytes}", [], cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<int> VersionOfAsync(SqliteConnection connection, CancellationToken cancellationToken)
    {
        var version = await SqliteSchema.ReadVersionAsync(new SqlTransaction(connection, null, SqliteSchema.Dialect), cancellationToken).ConfigureAwait(false);
        return version <= SqliteSchema.Version ? version : throw new StoreVersionException(Description, version, SqliteSchema.Version);
    }
}
