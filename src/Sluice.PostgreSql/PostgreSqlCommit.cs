using Npgsql;

namespace Sluice.Durable;

/// <summary>Work of a sink in the transaction of a checkpoint in the same database: its rows are there if, and only if, the checkpoint is committed.</summary>
public sealed class PostgreSqlCommit : CommitParticipant
{
    /// <summary>The connection string of the database that the work is for. Its host, port and database have to be those of the store.</summary>
    public required string ConnectionString { get; init; }

    /// <summary>The work. It neither commits nor rolls back, and may run again after the first transaction was undone. What it throws comes out of the commit.</summary>
    public required Func<NpgsqlTransaction, CancellationToken, Task> Write { get; init; }
}
