using Sluice.Durable;

namespace Sluice;

/// <summary>Stores of checkpoints. Each package of a store adds its own here: <c>Checkpoints.Sqlite(path)</c>, <c>Checkpoints.PostgreSql(connectionString)</c>.</summary>
/// <remarks>Thread safety: any thread.</remarks>
public static class Checkpoints
{
    /// <summary>Makes a store in the memory of this process, for tests: it ends with the process.</summary>
    /// <param name="timeProvider">The clock by which leases run out. Default <see cref="TimeProvider.System"/>.</param>
    /// <returns>The store, which is empty.</returns>
    public static CheckpointStore Memory(TimeProvider? timeProvider = null) => new MemoryCheckpointStore(timeProvider ?? TimeProvider.System);
}
