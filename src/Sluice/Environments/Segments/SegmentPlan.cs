namespace Sluice;

/// <summary>Cuts a pipeline into segments: what is in the same place is one.</summary>
internal sealed partial class SegmentPlan
{
    private readonly List<NodeSpec> _specs = [];
    private readonly List<string> _names = [];
    private readonly List<GraphNode?> _origins = [];
    private readonly List<Env> _places = [];
    private readonly List<(int From, int To, int Slot)> _edges = [];

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
        foreach (var edge in graph.Edges)
        {
            plan.Connect(edge);
        }

        return plan.Cut();
    }

    private void Place(PipelineGraph graph, IDictionary<string, Env> placement)
    {
        if (placement.Keys.FirstOrDefault(name => graph.Nodes.All(node => node.Name != name)) is { } unknown)
        {
            throw new ArgumentException($"The placement names '{unknown}', and no node of the pipeline is called that. Its nodes are: {string.Join(", ", graph.Nodes)}.", nameof(placement));
        }

        var declared = new Env[graph.Nodes.Count];
        foreach (var node in graph.Nodes)
        {
            var before = graph.Edges.FirstOrDefault(edge => edge.To == node)?.From.Index;
            declared[node.Index] = node.Env is { } said and not InlineEnv ? said : before is { } one ? declared[one] : Env.Caller;
            var place = placement.TryGetValue(node.Name, out var moved) ? moved : declared[node.Index];
            Add(node.Spec, node.Name, node, place is InlineEnv ? before is { } other ? _places[other] : Env.Caller : place);
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
    private void Connect(int from, int to, int slot)
    {
        if (_places[from] != _places[to] && _places[from].IsRemote && _places[to].IsRemote)
        {
            var relay = Add(_specs[to].Inputs[slot].Relay(), $"{_names[from]} to {_names[to]}", null, Env.Caller);
            _edges.Add((from, relay, 0));
            from = relay;
        }

        _edges.Add((from, to, slot));
    }

    private List<Segment> Cut() => [.. _places.Distinct().Select(SegmentOf)];

    private Segment SegmentOf(Env place)
    {
        var members = Enumerable.Range(0, _specs.Count).Where(node => _places[node] == place).ToList();
        var crossings = Enumerable.Range(0, _edges.Count).Where(i => _places[_edges[i].From] != _places[_edges[i].To]).ToList();
        var incoming = crossings.FindAll(i => _places[_edges[i].To] == place);
        var outgoing = crossings.FindAll(i => _places[_edges[i].From] == place);

        // Each node before all that it sends to: what comes in, what is here, what goes out.
        var nodes = new List<GraphNode>();
        var origins = new List<GraphNode?>();
        var at = new Dictionary<(bool IsEnd, int Number), GraphNode>();
        incoming.ForEach(i => AddNode((true, i), TypeOf(i).Entry(i), $"from {_names[_edges[i].From]}", null));
        members.ForEach(node => AddNode((false, node), _specs[node], _names[node], _origins[node]));
        outgoing.ForEach(i => AddNode((true, i), TypeOf(i).Exit(i), $"to {_names[_edges[i].To]}", null));

        var edges = new List<GraphEdge>();
        for (var i = 0; i < _edges.Count; i++)
        {
            var (from, to, slot) = _edges[i];
            if (_places[from] == place || _places[to] == place)
            {
                edges.Add(new GraphEdge(
                    at[_places[from] == place ? (false, from) : (true, i)],
                    at[_places[to] == place ? (false, to) : (true, i)])
                { Slot = _places[to] == place ? slot : 0 });
            }
        }

        return new Segment(place, new PipelineGraph(nodes, edges), origins, incoming.ConvertAll(CrossingOf), outgoing.ConvertAll(CrossingOf));

        void AddNode((bool IsEnd, int Number) key, NodeSpec spec, string name, GraphNode? origin)
        {
            at[key] = new GraphNode(nodes.Count, name, spec);
            nodes.Add(at[key]);
            origins.Add(origin);
        }
    }

    private EdgeType TypeOf(int edge) => _specs[_edges[edge].To].Inputs[_edges[edge].Slot];

    private Crossing CrossingOf(int edge) =>
        new(edge, TypeOf(edge), _places[_edges[edge].To].Capacity ?? _places[_edges[edge].From].Capacity ?? Env.DefaultCapacity);
}
