namespace Sluice;

/// <summary>Cuts a pipeline into segments: what is in the same place is one, or two (<see cref="Env.RunsSourcesApart"/>).</summary>
internal sealed partial class SegmentPlan
{
    private readonly List<NodeSpec> _specs = [];
    private readonly List<string> _names = [];
    private readonly List<GraphNode?> _origins = [];
    private readonly List<Env> _places = [];
    private readonly List<(int From, int To, int Slot)> _edges = [];

    /// <summary>The edges whose sender waits for its turn at first. Known when there are no more edges to come.</summary>
    private readonly HashSet<int> _held = [];

    private SegmentPlan()
    {
    }

    internal static IReadOnlyList<Segment> Of(PipelineGraph graph, IDictionary<string, Env> placement)
    {
        if (placement.Count == 0 && graph.IsInOnePlace)
        {
            return [new Segment(Env.Caller, graph, graph.Nodes, [], [])];
        }

        var plan = new SegmentPlan();
        plan.Place(graph, placement);
        plan.Multiply();
        plan.FindChains(graph);
        foreach (var edge in graph.Edges)
        {
            plan.Connect(edge);
        }

        plan.Hold();
        return plan.Cut();
    }

    private void Place(PipelineGraph graph, IDictionary<string, Env> placement)
    {
        _given.UnionWith(graph.Nodes.Select(static node => node.Name));
        if (placement.Keys.FirstOrDefault(name => !_given.Contains(name)) is { } unknown)
        {
            throw new ArgumentException($"The placement names '{unknown}', and no node of the pipeline is called that. Its nodes are: {string.Join(", ", graph.Nodes)}.", nameof(placement));
        }

        var before = new int?[graph.Nodes.Count];
        foreach (var edge in graph.Edges)
        {
            before[edge.To.Index] ??= edge.From.Index;
        }

        var declared = new Env[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
        {
            declared[node.Index] = node.Env is { } said and not InlineEnv ? said : before[node.Index] is { } one ? declared[one] : Env.Caller;
            var place = placement.TryGetValue(node.Name, out var moved) ? moved : declared[node.Index];
            Add(node.Spec, node.Name, node, place is InlineEnv ? before[node.Index] is { } other ? _places[other] : Env.Caller : place);
        }
    }

    private int Add(NodeSpec spec, string name, GraphNode? origin, Env place)
    {
        _specs.Add(spec);
        _names.Add(name);
        _origins.Add(origin);
        _places.Add(place);
        return _specs.Count - 1;
    }

    /// <summary>Between two places elsewhere the items pass through this process, which is connected with both.</summary>
    /// <returns>The edge that leads to the second node.</returns>
    private int Connect(int from, int to, int slot)
    {
        if (_places[from] != _places[to] && _places[from].IsRemote && _places[to].IsRemote)
        {
            var relay = Add(_specs[to].Inputs[slot].Relay(), $"{_names[from]} to {_names[to]}", null, Env.Caller);
            _edges.Add((from, relay, 0));
            from = relay;
        }

        _edges.Add((from, to, slot));
        return _edges.Count - 1;
    }

    /// <summary>Marks the edges that lead to an inbox that its node opens, and all before them: they wait, as in one segment (<see cref="Node.HoldInputs"/>), across
    /// all of them.</summary>
    private void Hold()
    {
        var into = _edges.Index().ToLookup(static edge => edge.Item.To, static edge => edge.Index);
        var next = new Stack<int>(_edges.Index().Where(edge => edge.Item.Slot > 0 && _specs[edge.Item.To].OpensInTurn).Select(static edge => edge.Index));
        var nodes = new HashSet<int>();
        while (next.TryPop(out var edge))
        {
            _held.Add(edge);
            if (nodes.Add(_edges[edge].From))
            {
                foreach (var before in into[_edges[edge].From])
                {
                    next.Push(before);
                }
            }
        }
    }

    private List<Segment> Cut()
    {
        _parts = PartsOfNodes();
        for (var i = 0; i < _edges.Count; i++)
        {
            var (from, to) = (_parts[_edges[i].From], _parts[_edges[i].To]);
            from.Edges.Add(i);
            if (from != to)
            {
                to.Edges.Add(i);
                from.Outgoing.Add(i);
                to.Incoming.Add(i);
            }
        }

        return [.. _parts.Distinct().OrderBy(static part => part.Nodes[0]).Select(SegmentOf)];
    }

    private Segment SegmentOf(Part part)
    {
        // Each node before all that it sends to: what comes in, what is here, what goes out.
        var nodes = new List<GraphNode>();
        var origins = new List<GraphNode?>();
        var at = new Dictionary<(bool IsEnd, int Number), GraphNode>();
        part.Incoming.FindAll(IsFirstGathered).ForEach(i => AddNode((true, i), EntryOf(i), EntryNameOf(i), null));
        part.Nodes.ForEach(node => AddNode((false, node), _specs[node], _names[node], _origins[node]));
        part.Outgoing.ForEach(i => AddNode((true, i), ExitOf(i), $"to {_names[_edges[i].To]}", null));

        return new Segment(part.Place, new PipelineGraph(nodes, part.Edges.FindAll(i => _places[_edges[i].To] != part.Place || IsFirstGathered(i)).ConvertAll(EdgeOf)), origins, part.Incoming.ConvertAll(CrossingOf), part.Outgoing.ConvertAll(CrossingOf)) { Part = _members.GetValueOrDefault(part.Place) };

        void AddNode((bool IsEnd, int Number) key, NodeSpec spec, string name, GraphNode? origin)
        {
            at[key] = new GraphNode(nodes.Count, name, spec);
            nodes.Add(at[key]);
            origins.Add(origin);
        }

        GraphEdge EdgeOf(int i)
        {
            var (from, to, slot) = _edges[i];
            var (isFromHere, isToHere) = (_parts[from] == part, _parts[to] == part);
            return new(at[isFromHere ? (false, from) : (true, i)], at[isToHere ? (false, to) : (true, i)]) { Slot = isToHere ? slot : 0 };
        }
    }

    private EdgeType TypeOf(int edge) => _specs[_edges[edge].To].Inputs[_edges[edge].Slot];

    private Crossing CrossingOf(int edge) =>
        new(edge, TypeOf(edge), _places[_edges[edge].To].Capacity ?? _places[_edges[edge].From].Capacity ?? Env.DefaultCapacity);
}
