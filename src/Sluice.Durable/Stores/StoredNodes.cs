namespace Sluice.Durable;

/// <summary>Reads the nodes in the description of a graph.</summary>
internal static class StoredNodes
{
    internal static IReadOnlyList<StoredNode> Read(ReadOnlyMemory<byte> graph)
    {
        try
        {
            var shape = GraphShape.Read(graph.ToArray());
            var targets = shape.Edges.ToLookup(static edge => edge.From, edge => shape.Nodes[edge.To].Name);
            return [.. shape.Nodes.Select((node, index) => new StoredNode(node.Name, node.Kind, node.IsNamed, [.. targets[index]]))];
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new StoreDamagedException($"The description of the graph cannot be read. {error.Message}", error);
        }
    }
}
