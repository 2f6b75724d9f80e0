namespace Sluice;

/// <summary>A pool whose members are given the items of their keys.</summary>
internal sealed class KeyedPoolEnv<T, TKey> : PoolEnv
{
    private readonly string _name;
    private readonly NodeSpec _distribution;

    internal KeyedPoolEnv(string name, int? capacity, IReadOnlyList<Env> members, Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer)
        : base(capacity, members)
    {
        StableHash.ThrowIfNone(comparer);
        _name = name;
        _distribution = new KeyedDistributionSpec<T, TKey>(keySelector, comparer ?? EqualityComparer<TKey>.Default);
    }

    public override string ToString() => _name;

    internal override NodeSpec Distribution(EdgeType type, string from, bool inTurns) => type.ItemType == typeof(T)
        ? _distribution
        : throw new InvalidOperationException($"'{from}' sends items of type '{type.ItemType}' to {_name} whose key is for items of type '{typeof(T)}': give them a key for those items.");
}
