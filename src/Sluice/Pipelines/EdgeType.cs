namespace Sluice;

/// <summary>The type of the items on an edge, for code that knows only that there is one.</summary>
internal abstract record EdgeType
{
    /// <summary>The type itself.</summary>
    internal abstract Type ItemType { get; }

    /// <summary>An inbox of a node that has several, beside the first.</summary>
    internal abstract ISidePort SidePort(Node node, int slot);

    /// <summary>The end of a segment, from where the items go on in another one.</summary>
    internal abstract NodeSpec Exit(int channel, bool isHeld);

    /// <summary>The beginning of a segment, where they come in.</summary>
    internal abstract NodeSpec Entry(int channel, bool isHeld);

    /// <summary>The beginning of a segment where they come in from the members of a pool.</summary>
    internal abstract NodeSpec Gather(int[] channels, bool isHeld);

    /// <summary>The same in the order of the turns that the members were given.</summary>
    internal abstract NodeSpec TurnGather(int[] channels, bool isHeld);

    /// <summary>The beginning of a member of a pool where each item that comes in is a turn.</summary>
    internal abstract NodeSpec TurnEntry(int channel, bool isHeld, int chain);

    /// <summary>The last node before a <see cref="TurnExit"/>.</summary>
    internal abstract NodeSpec TurnEnd(int chain);

    /// <summary>The end of a member of a pool, from where the items and the ends of turns go on.</summary>
    internal abstract NodeSpec TurnExit(int channel, bool isHeld);

    /// <summary>A node that gives the members of a pool an item each in turn.</summary>
    internal abstract NodeSpec DistributionInTurns();

    /// <summary>A node that gives an item to the member of a pool that has the fewest waiting.</summary>
    internal abstract NodeSpec DistributionByRoom();

    /// <summary>A node that passes the items on.</summary>
    internal abstract NodeSpec Relay();

    /// <summary>Calls the visitor with the type of the items.</summary>
    internal abstract void Accept(IEdgeVisitor visitor);
}

/// <summary>An action that depends on the type of an edge's items.</summary>
internal interface IEdgeVisitor
{
    void Visit<T>();
}

internal sealed record EdgeType<T> : EdgeType
{
    private EdgeType()
    {
    }

    internal static EdgeType<T> Instance { get; } = new();

    /// <summary>For nodes with one inbox.</summary>
    internal static EdgeType[] Only { get; } = [Instance];

    internal override Type ItemType => typeof(T);

    internal override ISidePort SidePort(Node node, int slot) => new SidePort<T>(node, slot);

    internal override NodeSpec Exit(int channel, bool isHeld) => new ExitSpec<T>(channel, isHeld) { HasState = false };

    internal override NodeSpec Entry(int channel, bool isHeld) => new EntrySpec<T>(channel, isHeld) { HasState = false };

    internal override NodeSpec Gather(int[] channels, bool isHeld) => new GatherSpec<T>(channels, isHeld) { HasState = false };

    internal override NodeSpec TurnGather(int[] channels, bool isHeld) => new TurnGatherSpec<T>(channels, isHeld);

    internal override NodeSpec TurnEntry(int channel, bool isHeld, int chain) => new TurnEntrySpec<T>(channel, isHeld, chain) { HasState = false };

    internal override NodeSpec TurnEnd(int chain) => new TurnEndSpec<T>(chain) { HasState = false };

    internal override NodeSpec TurnExit(int channel, bool isHeld) => new TurnExitSpec<T>(channel, isHeld) { HasState = false };

    internal override NodeSpec DistributionInTurns() => new DistributionInTurnsSpec<T>();

    internal override NodeSpec DistributionByRoom() => new DistributionByRoomSpec<T>();

    internal override NodeSpec Relay() => Source.MergeSpec<T>() with { HasState = false };

    internal override void Accept(IEdgeVisitor visitor) => visitor.Visit<T>();
}
