namespace Sluice;

/// <summary>Several places that share the items out among them. A plan replaces it by its members.</summary>
internal abstract class PoolEnv(int? capacity, IReadOnlyList<Env> members) : Env
{
    internal IReadOnlyList<Env> Members => members;

    internal override int? Capacity => capacity;

    /// <summary>Gets whether its members are in this process, so that what they send is gathered at one place.</summary>
    internal bool IsNear => !members[0].IsRemote;

    /// <summary>Gets whether what the members send comes together in the order of the items that they were given.</summary>
    internal virtual bool KeepsOrder => false;

    /// <summary>The node that shares items out, one for each place that they come from.</summary>
    /// <param name="type">The type of the items.</param>
    /// <param name="from">The node that they come from, for error messages.</param>
    /// <param name="inTurns">Whether each member is given its items in its turn, so that the order can be kept.</param>
    internal abstract NodeSpec Distribution(EdgeType type, string from, bool inTurns);

    internal override ISegmentRun Host(Segment segment, SegmentedRun run) => throw new InvalidOperationException("A pool is no place of its own.");
}
