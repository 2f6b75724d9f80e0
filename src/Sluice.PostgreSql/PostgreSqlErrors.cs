using System.Net.Sockets;
using Npgsql;

namespace Sluice.Durable;

/// <summary>The failures of PostgreSQL in the words of the contract.</summary>
internal static class PostgreSqlErrors
{
    internal static Exception Translate(string store, TimeSpan lockTimeout, Exception error) => error switch
    {
        PostgresException postgres => TranslateState(store, lockTimeout, postgres),
        NpgsqlException or SocketException or IOException or TimeoutException or ObjectDisposedException => new StoreUnavailableException(store, error.Message.TrimEnd('.'), error),
        // Npgsql says so of a connection that it has closed, or that broke while something was read.
        InvalidOperationException when error.Source == "Npgsql" => new StoreUnavailableException(store, error.Message.TrimEnd('.'), error),
        _ => error,
    };

    // https://www.postgresql.org/docs/15/errcodes-appendix.html
    private static Exception TranslateState(string store, TimeSpan lockTimeout, PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.DiskFull => new StoreFullException(store, error),
        PostgresErrorCodes.LockNotAvailable => new StoreLockedException(store, lockTimeout, error),
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => new StoreDamagedException(
            $"{store} is damaged: the server cannot read it ({error.MessageText}). Restore the database from a backup, or import a checkpoint that was exported into another one.", error),
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn when error.MessageText.Contains(".schema_version", StringComparison.Ordinal) || IsOurs(error) => new StoreDamagedException(
            $"{store} lacks tables of checkpoints ({error.MessageText}): another program has changed it. Restore it from a backup.", error),
        PostgresErrorCodes.UniqueViolation when IsOurs(error) => new InvalidOperationException(
            $"A row was written twice for one checkpoint, or changes the list of checkpoints beside its owner ({error.MessageText}). Each node's part, key, partition and sequence has one row in a checkpoint.", error),
        PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.ReadOnlySqlTransaction
            or PostgresErrorCodes.QueryCanceled => new StoreUnavailableException(store, error.MessageText, error),
        _ when error.IsTransient || error.SqlState.StartsWith("08", StringComparison.Ordinal) || error.SqlState.StartsWith("57", StringComparison.Ordinal) || error.SqlState.StartsWith("53", StringComparison.Ordinal)
            || error.SqlState.StartsWith("58", StringComparison.Ordinal) => new StoreUnavailableException(store, error.MessageText, error),
        _ => error,
    };

    private static bool IsOurs(PostgresException error) => error.TableName is "job" or "committed" or "batch" or "node_state" or "key_state" or "position" or "staged" or "schema_version";
}
