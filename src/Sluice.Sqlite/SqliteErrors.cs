using Microsoft.Data.Sqlite;

namespace Sluice.Durable;

/// <summary>The failures of SQLite in the words of the contract.</summary>
internal static class SqliteErrors
{
    // https://www.sqlite.org/rescode.html
    private const int Error = 1;
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int Constraint = 19;
    private const int NotADatabase = 26;

    internal static Exception Translate(SqliteConnections connections, Exception error) => error switch
    {
        SqliteException { SqliteErrorCode: Busy or Locked } => new StoreLockedException(connections.Description, connections.LockTimeout, error),
        SqliteException { SqliteErrorCode: Full } => new StoreFullException(connections.Description, error),
        SqliteException { SqliteErrorCode: Corrupt or NotADatabase } => new StoreDamagedException(
            $"{connections.Description} is damaged: SQLite cannot read it ({error.Message}). Stop all programs that use it and keep a copy. Restore it from a backup, or move it away and import a checkpoint that was exported; "
                + "'sqlite3 FILE .recover' may save what is left.",
            error),
        SqliteException { SqliteErrorCode: Error } when error.Message.Contains("no such", StringComparison.Ordinal) && error.Message.Contains("sluice_", StringComparison.Ordinal) => new StoreDamagedException(
            $"{connections.Description} lacks tables of checkpoints ({error.Message}): another program has changed it. Restore it from a backup.", error),
        SqliteException { SqliteErrorCode: Constraint } when error.Message.Contains("sluice_", StringComparison.Ordinal) => new InvalidOperationException(
            $"A row was written twice for one checkpoint, or changes the list of checkpoints beside its owner ({error.Message}). Each node's part, key, partition and sequence has one row in a checkpoint.", error),
        SqliteException { SqliteErrorCode: not (Error or Constraint) } => new StoreUnavailableException(connections.Description, error.Message.TrimEnd('.'), error),
        IOException or UnauthorizedAccessException => new StoreUnavailableException(connections.Description, error.Message.TrimEnd('.'), error),
        _ => error,
    };
}
