namespace Sluice;

/// <content>The nodes of each segment.</content>
internal sealed partial class SegmentPlan
{
    /// <summary>For each node the segment that it is in.</summary>
    private Part[] _parts = [];

    /// <summary>One for each place; two where sources run apart and the place has both kinds of nodes. Between the two there is no edge, so no boundary is
    /// added: an edge within a place stays a call.</summary>
    private Part[] PartsOfNodes()
    {
        var isFed = FedFromElsewhere();
        var parts = new Dictionary<(Env Place, bool IsApart), Part>();
        var ofNodes = new Part[_specs.Count];
        for (var node = 0; node < _specs.Count; node++)
        {
            var (place, isApart) = (_places[node], _places[node].RunsSourcesApart && !isFed[node]);
            if (!parts.TryGetValue((place, isApart), out var part))
            {
                parts.Add((place, isApart), part = new(place));
            }

            part.Nodes.Add(node);
            ofNodes[node] = part;
        }

        return ofNodes;
    }

    /// <summary>For each node whether it is joined, by edges within its place in either direction, with one that takes items from another place.</summary>
    private bool[] FedFromElsewhere()
    {
        var neighbours = _edges.Where(IsWithinOnePlace).SelectMany(static edge => ((int Node, int Neighbour)[])[(edge.From, edge.To), (edge.To, edge.From)])
            .ToLookup(static pair => pair.Node, static pair => pair.Neighbour);
        var next = new Stack<int>(_edges.Where(edge => !IsWithinOnePlace(edge)).Select(static edge => edge.To));
        var isFed = new bool[_specs.Count];
        while (next.TryPop(out var node))
        {
            if (!isFed[node])
            {
                isFed[node] = true;
                foreach (var neighbour in neighbours[node])
                {
                    next.Push(neighbour);
                }
            }
        }

        return isFed;

        bool IsWithinOnePlace((int From, int To, int Slot) edge) => _places[edge.From] == _places[edge.To];
    }

    /// <summary>The nodes of one segment.</summary>
    private sealed class Part(Env place)
    {
        internal Env Place => place;

        internal List<int> Nodes { get; } = [];

        /// <summary>All edges that begin or end here, and those of them that cross.</summary>
        internal List<int> Edges { get; } = [];

        internal List<int> Incoming { get; } = [];

        internal List<int> Outgoing { get; } = [];
    }
}
