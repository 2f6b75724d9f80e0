using System.Data.Common;

namespace Sluice.Durable;

/// <summary>Reads a table page by page, by a column that grows, as a source with a position.</summary>
/// <param name="connect">Makes a connection, for one page: what is between two pages may take long.</param>
/// <param name="table">The table, and its column.</param>
/// <param name="read">Makes an item of a row.</param>
/// <param name="options">The options.</param>
internal sealed class GrowingTable<T>(Func<DbConnection> connect, (string Table, string Column) table, Func<DbDataReader, T> read, TableSourceOptions options)
{
    // The column comes first once more, so that its value is found wherever it stands in the table.
    private readonly string _sql = $"SELECT {Quoted(table.Column)} AS sluice_key, * FROM {string.Join('.', table.Table.Split('.').Select(Quoted))} WHERE {Quoted(table.Column)} > @after ORDER BY {Quoted(table.Column)} LIMIT @limit";

    internal async Coroutine Run(ResumableRun<T, long> run)
    {
        var (items, keys) = (new T[options.BatchSize], new long[options.BatchSize]);
        while (!run.IsClosed)
        {
            var after = run.Position;
            var count = await Task.Run(() => ReadAsync(after, items, keys, run.Cancellation), run.Cancellation); // SQLite blocks
            await run.SendAllAsync(items, keys, count);
            Array.Clear(items, 0, count);
            if (count == options.BatchSize)
            {
                continue;
            }

            if (!options.Follow)
            {
                return;
            }

            await Task.Delay(options.PollInterval, run.TimeProvider, run.Cancellation);
        }
    }

    private async Task<int> ReadAsync(long after, T[] items, long[] keys, CancellationToken cancellationToken)
    {
        var connection = connect();
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var command = connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
                command.CommandText = _sql;
                Add(command, "after", after);
                Add(command, "limit", items.Length);
                var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    var count = 0;
                    for (; await reader.ReadAsync(cancellationToken).ConfigureAwait(false); count++)
                    {
                        keys[count] = reader.GetInt64(0);
                        items[count] = read(reader);
                    }

                    return count;
                }
            }
        }
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}
