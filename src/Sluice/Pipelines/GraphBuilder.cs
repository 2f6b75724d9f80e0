namespace Sluice;

/// <summary>Turns the points of a finished pipeline into its graph, and gives every node its name.</summary>
internal static class GraphBuilder
{
    internal static PipelineGraph Build(SourcePoint source, SinkPoint sink)
    {
        var specs = new List<NodeSpec>();
        var places = new Dictionary<int, Env>();
        var edges = new List<(int From, int To, int Slot)>();
        var ends = AddSource(source);
        var order = DownstreamOrder(sink);
        var first = specs.Count;
        Place(first, source.Next);
        var index = new Dictionary<SinkPoint, int>();
        foreach (var point in order)
        {
            index[point] = specs.Count;
            specs.Add(point.Spec);
        }

        edges.AddRange(ends.Select(end => (end, first, 0)));
        foreach (var point in order)
        {
            edges.AddRange(point.Outputs.Select(output => (index[point], index[output], 0)));
        }

        var names = Names(specs);
        GraphNode[] nodes = [.. specs.Select((spec, i) => new GraphNode(i, names[i], spec) { Env = places.GetValueOrDefault(i) })];
        return new PipelineGraph(nodes, [.. edges.Select(edge => new GraphEdge(nodes[edge.From], nodes[edge.To]) { Slot = edge.Slot })]);

        // Each gives the nodes whose items go to what comes next.
        List<int> AddSource(SourcePoint point)
        {
            var inputs = Array.ConvertAll(point.Inputs, AddSource);
            Place(specs.Count, Array.Find(point.Inputs, static input => input.Next is not null)?.Next);
            return Add(point.Spec, inputs);
        }

        void Place(int node, Env? env)
        {
            if (env is not null)
            {
                places[node] = env;
            }
        }

        List<int> Add(NodeSpec spec, params IReadOnlyList<List<int>> inputs)
        {
            if (spec is BranchesSpec branches)
            {
                var fanOut = Add(branches.FanOut, inputs);
                return Add(branches.Merge, [.. branches.Branches.SelectMany(branch => branch.Aggregate(fanOut, (from, next) => Add(next, from)))]);
            }

            var node = specs.Count;
            specs.Add(spec);
            for (var slot = 0; slot < inputs.Count; slot++)
            {
                edges.AddRange(inputs[slot].Select(from => (from, node, spec.Inputs.Count > 1 ? slot : 0)));
            }

            return [node];
        }
    }

    /// <summary>Every point once, each before all that it feeds. Points are immutable and refer only to points made
    /// before them, so there are no cycles.</summary>
    private static List<SinkPoint> DownstreamOrder(SinkPoint sink)
    {
        var finished = new List<SinkPoint>();
        var seen = new HashSet<SinkPoint>();
        Visit(sink);
        finished.Reverse();
        return finished;

        void Visit(SinkPoint point)
        {
            if (seen.Add(point))
            {
                foreach (var output in point.Outputs.Reverse())
                {
                    Visit(output);
                }

                finished.Add(point);
            }
        }
    }

    /// <summary>Chosen names first, so that they stay as they are; then the others; a number where one is taken.</summary>
    private static string[] Names(List<NodeSpec> specs)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var names = new string[specs.Count];
        foreach (var named in (ReadOnlySpan<bool>)[true, false])
        {
            for (var i = 0; i < specs.Count; i++)
            {
                if (specs[i].IsNamed == named)
                {
                    names[i] = specs[i].Name;
                    for (var number = 2; !taken.Add(names[i]); number++)
                    {
                        names[i] = $"{specs[i].Name}-{number}";
                    }
                }
            }
        }

        return names;
    }
}
