namespace Sluice;

/// <summary>The type of the items on an edge, for whoever knows only that there is one.</summary>
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

    internal override NodeSpec Exit(int channel, bool isHeld) => new ExitSpec<T>(channel, isHeld);

    internal override NodeSpec Entry(int channel, bool isHeld) => new EntrySpec<T>(channel, isHeld);

    internal override NodeSpec Relay() => Source.MergeSpec<T>();

    internal override void Accept(IEdgeVisitor visitor) => visitor.Visit<T>();
}
