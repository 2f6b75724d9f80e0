namespace Sluice;

internal sealed class ProcessPoolEnv<T, TKey>(int count, Func<T, TKey> keySelector, IEqualityComparer<TKey> comparer, ProcessOptions options)
    : PoolEnv(options.Capacity, [.. Enumerable.Range(0, count).Select(_ => new ProcessEnv(options))])
{
    internal override Type ItemType => typeof(T);

    internal override NodeSpec Distribution { get; } = Distribute(keySelector, comparer);

    public override string ToString() => $"{count} processes";

    /// <summary>It may itself be elsewhere, so it holds nothing but what it uses.</summary>
    private static CoroutineSpec<T> Distribute(Func<T, TKey> keySelector, IEqualityComparer<TKey> comparer)
    {
        StableHash.ThrowIfNone(comparer);
        return new("Partition", NodeKind.FanOut, null, (items, outputs) => Sink.PartitionTo(items, Array.ConvertAll(outputs, static output => (Target<T>)output), keySelector, comparer));
    }
}
