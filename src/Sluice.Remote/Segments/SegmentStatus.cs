namespace Sluice;

/// <summary>Writes and reads the state of a segment's nodes.</summary>
internal static class SegmentStatus
{
    internal static void Write(ByteSink to, IReadOnlyList<NodeStatus> nodes)
    {
        foreach (var node in nodes)
        {
            to.WriteBool(node.HasEnded);
            to.WriteText(node.State);
            to.WriteSigned(node.ItemsIn);
            to.WriteSigned(node.ItemsOut);
            to.WriteSigned(node.ItemsInFlight);
            to.WriteSigned(node.Blocked.Ticks);
        }

        if (nodes.Any(static node => node.ItemsLate > 0))
        {
            foreach (var node in nodes)
            {
                to.WriteSigned(node.ItemsLate);
            }
        }
    }

    internal static NodeStatus[] Read(ByteSource from, PipelineGraph graph)
    {
        var nodes = ReadStates(from, graph);
        if (from.Left == 0)
        {
            return nodes; // of an older build, or nothing was late
        }

        return Array.ConvertAll(nodes, node => node with { ItemsLate = from.ReadSigned() });
    }

    private static NodeStatus[] ReadStates(ByteSource from, PipelineGraph graph) =>
        [.. graph.Nodes.Select(node => new NodeStatus(node.Name, node.Kind, from.ReadBool(), from.ReadText(), from.ReadSigned(), from.ReadSigned(), from.ReadSigned(), new TimeSpan(from.ReadSigned())))];
}
