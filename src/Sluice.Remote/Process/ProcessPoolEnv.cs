namespace Sluice;

/// <summary>Several places that share the items out among them. A plan replaces it by its members.</summary>
internal abstract class PoolEnv(int? capacity, IReadOnlyList<Env> members) : Env
{
    internal IReadOnlyList<Env> Members => members;

    internal override int? Capacity => capacity;

    /// <summary>The type of what is shared out.</summary>
    internal abstract Type ItemType { get; }

    /// <summary>The node that shares it out.</summary>
    internal abstract NodeSpec Distribution { get; }

    internal override ISegmentRun Host(Segment segment, SegmentedRun run) => throw new InvalidOperationException("A pool is no place of its own.");
}

internal sealed class ProcessPoolEnv<T, TKey>(int count, Func<T, TKey> keySelector, IEqualityComparer<TKey> comparer, ProcessOptions options)
    : PoolEnv(options.Capacity, [.. Enumerable.Range(0, count).Select(_ => new ProcessEnv(options))])
{
    internal override Type ItemType => typeof(T);

    internal override NodeSpec Distribution { get; } = Distribute(keySelector, comparer);

    public override string ToString() => $"{count} processes";

    /// <summary>It may itself be elsewhere, so it holds nothing but what it uses.</summary>
    private static CoroutineSpec<T> Distribute(Func<T, TKey> keySelector, IEqualityComparer<TKey> comparer) =>
        new("Partition", NodeKind.FanOut, null, (items, outputs) => Sink.PartitionTo(items, Array.ConvertAll(outputs, static output => (Target<T>)output), keySelector, comparer));
}
