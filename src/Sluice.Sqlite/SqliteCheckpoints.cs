using Sluice.Durable;

namespace Sluice;

/// <summary>Checkpoints in a SQLite file.</summary>
public static class SqliteCheckpoints
{
    extension(Checkpoints)
    {
        /// <summary>Makes a store in a SQLite file, which is created when a job is opened. Several processes may use the same file; it must be on a local disk.</summary>
        /// <param name="path">The path of the file.</param>
        /// <param name="options">The options. Default null: the defaults of each.</param>
        /// <returns>The store. Nothing is opened yet.</returns>
        /// <exception cref="ArgumentException">Thrown: the path is empty, or an option is out of range.</exception>
        /// <remarks>A commit is on the disk when it returns (WAL, <c>synchronous=FULL</c>). The file may have tables of yours too. Thread safety: any thread.</remarks>
        public static CheckpointStore Sqlite(string path, SqliteStoreOptions? options = null)
        {
            ArgumentException.ThrowIfNullOrEmpty(path);
            options ??= new SqliteStoreOptions();
            ArgumentOutOfRangeException.ThrowIfLessThan(options.LockTimeout, TimeSpan.FromSeconds(1), nameof(options));
            return new SqliteCheckpointStore(Path.GetFullPath(path), options);
        }
    }
}
