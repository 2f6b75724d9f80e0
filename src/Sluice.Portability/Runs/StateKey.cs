namespace Sluice;

/// <summary>The name under which the state of a node is stored.</summary>
/// <param name="Node">The name of the node.</param>
/// <param name="Part">The number of the member of a pool that it is in; 0 in all other places.</param>
internal readonly record struct StateKey(string Node, int Part)
{
    internal static StateKey Of(Node node) => new(node.Name, node.Part);
}
