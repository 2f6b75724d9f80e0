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
