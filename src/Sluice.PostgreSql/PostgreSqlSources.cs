using System.Data.Common;
using Npgsql;
using Sluice.Durable;

namespace Sluice;

/// <summary>Sources that read tables of PostgreSQL.</summary>
public static class PostgreSqlSources
{
    extension(Source)
    {
        /// <summary>Produces the rows of a table in the order of a column that grows, such as an identity. A job goes on behind the last row.</summary>
        /// <remarks>
        /// <para>Pages of rows are read by the column (<c>WHERE column > @after ORDER BY column LIMIT n</c>), each by a connection of its own, so no transaction is open between them. The
        /// column needs an index, whole numbers without null, and values that no two rows share. Rows that are changed or deleted afterwards are not read again.</para>
        /// <para>A row that is committed with a lower value than one that was read already is left out: with several writers, values are given in another order than
        /// transactions are committed. Have one writer, or writers take a lock before they insert, or read only rows that are old enough, through a view.</para>
        /// <para>Thread safety: any thread. Rows are read on the thread pool.</para>
        /// </remarks>
        /// <typeparam name="T">The type of the items.</typeparam>
        /// <param name="connectionString">The connection.</param>
        /// <param name="table">The table's name, not quoted; it may begin with a schema and a dot.</param>
        /// <param name="column">The column's name, not quoted.</param>
        /// <param name="read">Makes an item of the row at which the reader stands: columns by name, or by number from 1, as the column that grows comes first once more. What it throws fails the run.</param>
        /// <param name="options">The options. Default null: the defaults of each.</param>
        /// <returns>The source. Its run fails with what the database throws; an error policy starts it again behind the last row.</returns>
        /// <exception cref="ArgumentException">Thrown: an argument is null, or a text is empty.</exception>
        public static Source<T> PostgreSqlRows<T>(string connectionString, string table, string column, Func<DbDataReader, T> read, TableSourceOptions? options = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(connectionString);
            ArgumentException.ThrowIfNullOrEmpty(table);
            ArgumentException.ThrowIfNullOrEmpty(column);
            ArgumentNullException.ThrowIfNull(read);
            options ??= new TableSourceOptions();
            var rows = new GrowingTable<T>(() => new NpgsqlConnection(connectionString), (table, column), read, options);
            return Source.Resumable<T, long>(options.After, rows.Run, "PostgreSqlRows", table);
        }
    }
}
