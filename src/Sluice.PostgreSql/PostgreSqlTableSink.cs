using System.Data.Common;
using Npgsql;

namespace Sluice.Durable;

/// <summary>Rows of a table in PostgreSQL.</summary>
internal sealed class PostgreSqlTableSink<T>(string connectionString, SqlTable<T> table) : SqlTableSink<T>(table)
{
    private const int RowsInBatch = 1000;
    private static readonly SqlDialect s_plain = new("", "", "", "");

    protected override CommitParticipant Participant(string node, IReadOnlyList<object?[]> rows) =>
        new PostgreSqlCommit { Node = node, ConnectionString = connectionString, Write = (transaction, cancellationToken) => InsertAsync(transaction, rows, cancellationToken) };

    /// <summary>A statement for each row, many of them on the way at a time: one statement with many rows may not meet a row twice.</summary>
    protected override async Task InsertAsync(DbTransaction transaction, IReadOnlyList<object?[]> rows, CancellationToken cancellationToken)
    {
        foreach (var some in rows.Chunk(RowsInBatch))
        {
            var batch = new NpgsqlBatch((NpgsqlConnection)transaction.Connection!, (NpgsqlTransaction)transaction);
            await using (batch.ConfigureAwait(false))
            {
                foreach (var row in some)
                {
                    var command = new NpgsqlBatchCommand(Statement);
                    for (var i = 0; i < row.Length; i++)
                    {
                        command.Parameters.Add(new NpgsqlParameter($"p{i}", row[i] ?? DBNull.Value));
                    }

                    batch.BatchCommands.Add(command);
                }

                await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    protected override async Task TransactAsync(Func<SqlTransaction, CancellationToken, Task> action, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await action(new SqlTransaction(connection, transaction, s_plain), cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
