namespace Sluice;

/// <summary>A key that has a hash of its own which is the same in every process, on every host, and after every restart: for keys of types that
/// <see cref="StableHash"/> does not know. Thread safety: called from any thread.</summary>
/// <remarks>Make it of all that the type compares, and of nothing else: <c>ulong IStableHash.StableHash =&gt; Sluice.StableHash.Of((Country, Number));</c>. What it gives must not change from
/// one version of a program to the next, if versions run side by side or continue each other's work.</remarks>
public interface IStableHash
{
    /// <summary>The hash. Keys that are equal have the same one.</summary>
    ulong StableHash { get; }
}

/// <summary>A comparer of keys that has a hash which is the same in every process, on every host, and after every restart: for comparers other than those
/// that <see cref="StableHash"/> knows. Thread safety: called from any thread.</summary>
/// <typeparam name="T">The type of the keys.</typeparam>
public interface IStableHash<in T>
{
    /// <summary>The hash of a key.</summary>
    /// <param name="key">The key; not null.</param>
    /// <returns>The hash. Keys that the comparer says are equal have the same one.</returns>
    ulong StableHashOf(T key);
}
