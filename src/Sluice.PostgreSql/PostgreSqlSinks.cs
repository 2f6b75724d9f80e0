using System.Diagnostics.CodeAnalysis;
using Sluice.Durable;

namespace Sluice;

/// <summary>Sinks that write rows of tables in PostgreSQL. Thread safety: any thread.</summary>
public static class PostgreSqlSinks
{
    extension(Sink)
    {
        /// <summary>Writes each item as a row of a table: exactly once in a job.</summary>
        /// <remarks>If that is the database of the job's store, rows are written in the transaction of each checkpoint. Else the checkpoint has them, and they are written behind its commit, together with a row of
        /// the table <c>sluice_output</c>, which is made there: job, sink, and number of the checkpoint; two jobs that write there have two names. Either way the rows since the last checkpoint are held in memory, up to
        /// <see cref="TableSinkOptions{T}.MaxItems"/>; then the sink asks for a checkpoint. An error of the database, such as a row that breaks a constraint, fails the checkpoint, which is tried again.
        /// <para>In a run without a job each <see cref="TableSinkOptions{T}.MaxItems"/> items are one transaction, and the rest at the end is one: a run that fails has written some of them.</para></remarks>
        /// <typeparam name="T">The type of the items.</typeparam>
        /// <param name="connectionString">The connection string, as Npgsql has it. Its host, port and database are compared with those of the store.</param>
        /// <param name="table">The name of the table, which is there. It is quoted, and so taken as it is written.</param>
        /// <param name="options">The columns, and how many items are held. Default: a column for each public property.</param>
        /// <returns>The sink.</returns>
        /// <exception cref="ArgumentException">Thrown: an argument is empty, or there are no columns, or one twice.</exception>
        public static Sink<T> PostgreSqlInsert<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(string connectionString, string table, TableSinkOptions<T>? options = null) =>
            Make(connectionString, table, [], options ?? new(), "PostgreSqlInsert");

        /// <summary>Writes each item as a row of a table, or over the row that has the same keys: exactly once in a job.</summary>
        /// <remarks>As <c>PostgreSqlInsert</c>. Items with the same keys are written in their order, so the last one stays.</remarks>
        /// <typeparam name="T">The type of the items.</typeparam>
        /// <param name="connectionString">The connection string, as Npgsql has it. Its host, port and database are compared with those of the store.</param>
        /// <param name="table">The name of the table, which is there. It is quoted, and so taken as it is written.</param>
        /// <param name="keys">The columns that say which row it is; at least one. The table has a primary key, or a unique index, of just these.</param>
        /// <param name="options">The columns, and how many items are held. Default: a column for each public property.</param>
        /// <returns>The sink.</returns>
        /// <exception cref="ArgumentException">Thrown: an argument is empty, a key is no column, or there are no columns, or one twice.</exception>
        public static Sink<T> PostgreSqlUpsert<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(string connectionString, string table, IReadOnlyList<string> keys, TableSinkOptions<T>? options = null)
        {
            ArgumentNullException.ThrowIfNull(keys);
            return keys.Count > 0
                ? Make(connectionString, table, keys, options ?? new(), "PostgreSqlUpsert")
                : throw new ArgumentException("Rows are found again by at least one key. Insert them, if each item is a row of its own.", nameof(keys));
        }
    }

    private static Sink<T> Make<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(string connectionString, string table, IReadOnlyList<string> keys, TableSinkOptions<T> options, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        var rows = new SqlTable<T>(table, options.Columns, keys, typeof(T));
        return Sink.Staged<T>(() => new PostgreSqlTableSink<T>(connectionString, rows), new() { MaxItems = options.MaxItems }, name).Described(table);
    }
}
