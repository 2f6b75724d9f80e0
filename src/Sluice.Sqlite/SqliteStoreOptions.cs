namespace Sluice.Durable;

/// <summary>Options of a store in a SQLite file.</summary>
/// <remarks>Thread safety: options do not change.</remarks>
public sealed class SqliteStoreOptions
{
    /// <summary>The time for which a call waits for another program's transaction, in whole seconds; 1 second or more, default 5 seconds. After it the call fails with a <see cref="StoreLockedException"/>.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
