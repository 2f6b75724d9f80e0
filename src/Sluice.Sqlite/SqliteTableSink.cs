using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Sluice.Durable;

/// <summary>Rows of a table in a SQLite file.</summary>
internal sealed class SqliteTableSink<T>(string path, SqlTable<T> table) : SqlTableSink<T>(table)
{
    protected override CommitParticipant Participant(string node, IReadOnlyList<object?[]> rows) =>
        new SqliteCommit { Node = node, Path = path, Write = (transaction, cancellationToken) => InsertAsync(transaction, rows, cancellationToken) };

    protected override async Task InsertAsync(DbTransaction transaction, IReadOnlyList<object?[]> rows, CancellationToken cancellationToken)
    {
        using var command = ((SqliteTransaction)transaction).Connection!.CreateCommand();
        command.Transaction = (SqliteTransaction)transaction;
        command.CommandText = Statement;
        foreach (var (i, _) in rows[0].Index())
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"@p{i}" });
        }

        foreach (var row in rows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < row.Length; i++)
            {
                command.Parameters[i].Value = row[i] ?? DBNull.Value;
            }

            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>On a thread of the pool: SQLite blocks.</summary>
    protected override Task TransactAsync(Func<SqlTransaction, CancellationToken, Task> action, CancellationToken cancellationToken) => Task.Run(async () =>
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
        await new SqlTransaction(connection, null, SqliteSchema.Dialect).ExecuteAsync("PRAGMA synchronous = FULL", [], cancellationToken).ConfigureAwait(false);
        using var transaction = connection.BeginTransaction(deferred: false); // undone when it is disposed without a commit
        await action(new SqlTransaction(connection, transaction, SqliteSchema.Dialect), cancellationToken).ConfigureAwait(false);
        transaction.Commit();
    }, cancellationToken);
}
