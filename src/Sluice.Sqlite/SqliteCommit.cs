using Microsoft.Data.Sqlite;

namespace Sluice.Durable;

/// <summary>Work of a sink in the transaction of a checkpoint in the same SQLite file: its rows are there if, and only if, the checkpoint is committed.</summary>
public sealed class SqliteCommit : CommitParticipant
{
    /// <summary>The path of the file that the work is for. It has to be that of the store.</summary>
    public required string Path { get; init; }

    /// <summary>The work. It neither commits nor rolls back, may run again after the first transaction was undone, and runs on a thread of the pool. What it throws comes out of the commit.</summary>
    public required Func<SqliteTransaction, CancellationToken, Task> Write { get; init; }
}
