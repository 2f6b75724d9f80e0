namespace Sluice;

/// <summary>Groups the edges into and out of a segment: items that come in along one lead to items along those of its group
/// only.</summary>
internal sealed class EdgeGroups
{
    private readonly Dictionary<int, int> _groups = [];
    private readonly Dictionary<int, SemaphoreSlim> _turns = [];

    /// <summary>The graph begins with a node for each entry, and ends with one for each exit.</summary>
    internal EdgeGroups(PipelineGraph graph, IReadOnlyList<Crossing> entries, IReadOnlyList<Crossing> exits)
    {
        var above = Enumerable.Range(0, graph.Nodes.Count).ToArray(); // a node of the same group, itself at the end of the way
        foreach (var edge in graph.Edges)
        {
            above[GroupOf(edge.To.Index)] = GroupOf(edge.From.Index);
        }

        for (var i = 0; i < entries.Count; i++)
        {
            _groups[entries[i].Channel] = GroupOf(i);
        }

        for (var i = 0; i < exits.Count; i++)
        {
            _groups[exits[i].Channel] = GroupOf(graph.Nodes.Count - exits.Count + i);
        }

        var holdingBack = graph.Nodes.Where(static node => node.Spec.Inputs.Count > 1).Select(node => GroupOf(node.Index)).ToHashSet();
        foreach (var group in entries.GroupBy(entry => _groups[entry.Channel]))
        {
            if (group.Count() > 1 && !holdingBack.Contains(group.Key))
            {
                _turns[group.Key] = new(1, 1);
            }
        }

        int GroupOf(int node)
        {
            while (above[node] != node)
            {
                node = above[node] = above[above[node]]; // the way is shorter next time
            }

            return node;
        }
    }

    internal bool AreTogether(int channel, int other) => _groups[channel] == _groups[other];

    /// <summary>A lock for edges that come together: batches of items have to be handled one after the other, so that all their results
    /// is out when one of them is done; null elsewhere. Not before a node with several inboxes: it holds items of one back until it
    /// has those of another, whose turn would never come.</summary>
    internal SemaphoreSlim? TurnsOf(int channel) => _turns.GetValueOrDefault(_groups[channel]);
}
