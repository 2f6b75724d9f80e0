namespace Sluice;

/// <summary>What the nodes of a segment do, as bytes.</summary>
internal static class SegmentStatus
{
    internal static void Write(ByteSink to, IReadOnlyList<NodeStatus> nodes)
    {
        foreach (var node in nodes)
        {
            to.Byte(node.HasEnded ? (byte)1 : (byte)0);
            to.Text(node.State);
            to.Signed(node.ItemsIn);
            to.Signed(node.ItemsOut);
            to.Signed(node.ItemsInFlight);
            to.Signed(node.Blocked.Ticks);
        }
    }

    internal static NodeStatus[] Read(ByteSource from, PipelineGraph graph) =>
        [.. graph.Nodes.Select(node => new NodeStatus(node.Name, node.Kind, from.Bool(), from.Text(), from.Signed(), from.Signed(), from.Signed(), new TimeSpan(from.Signed())))];
}
