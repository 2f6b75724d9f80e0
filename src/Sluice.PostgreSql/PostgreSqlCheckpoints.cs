using Sluice.Durable;

namespace Sluice;

/// <summary>Checkpoints in PostgreSQL.</summary>
public static class PostgreSqlCheckpoints
{
    extension(Checkpoints)
    {
        /// <summary>Makes a store in a PostgreSQL database, in tables of a schema of their own, which are made when a job is opened.</summary>
        /// <param name="connectionString">The connection string, as Npgsql has it. <c>Maximum Pool Size</c> is at most 20 here; each open job has one connection besides.</param>
        /// <param name="options">The options. Default null: the defaults of each.</param>
        /// <returns>The store. Nothing is opened yet.</returns>
        /// <exception cref="ArgumentException">Thrown: the connection string is none, or an option is out of range.</exception>
        /// <remarks>An open job holds an advisory lock for its session, so that another host finds out at once when it is gone. Connections must be to the server itself, or to a pooler that
        /// keeps sessions. Thread safety: any thread.</remarks>
        public static CheckpointStore PostgreSql(string connectionString, PostgreSqlStoreOptions? options = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(connectionString);
            options ??= new PostgreSqlStoreOptions();
            options.Validate();
            return new PostgreSqlCheckpointStore(connectionString, options);
        }
    }
}
