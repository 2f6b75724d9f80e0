using System.Globalization;

namespace Sluice;

/// <summary>Turns the points of a finished pipeline into its graph, and gives every node its name.</summary>
/// <remarks>The work grows with the nodes and edges, and the stack does not (docs/decisions/0043).</remarks>
internal sealed class GraphBuilder
{
    private readonly List<NodeSpec> _specs = [];
    private readonly Dictionary<int, Env> _places = [];
    private readonly List<(int From, int To, int Slot)> _edges = [];

    private GraphBuilder()
    {
    }

    internal static PipelineGraph Build(SourcePoint source, SinkPoint sink)
    {
        var builder = new GraphBuilder();
        var end = builder.AddSources(source);
        builder.Place(builder._specs.Count, source.Next);
        builder.AddSinks(sink, end);
        return builder.ToGraph();
    }

    private PipelineGraph ToGraph()
    {
        var names = Names(_specs);
        GraphNode[] nodes = [.. _specs.Select((spec, i) => new GraphNode(i, names[i], spec) { Env = _places.GetValueOrDefault(i) })];
        return new PipelineGraph(nodes, [.. _edges.Select(edge => new GraphEdge(nodes[edge.From], nodes[edge.To]) { Slot = edge.Slot })]);
    }

    /// <summary>Adds the point behind all that it is fed by.</summary>
    /// <returns>The node whose items go to what comes next.</returns>
    private int AddSources(SourcePoint last)
    {
        var ends = new Stack<int>(); // of the points whose turn is over and that no other one has taken as its inputs
        foreach (var point in UpstreamOrder(last))
        {
            var inputs = new int[point.Inputs.Length];
            for (var i = inputs.Length - 1; i >= 0; i--)
            {
                inputs[i] = ends.Pop();
            }

            Place(_specs.Count, Array.Find(point.Inputs, static input => input.Next is not null)?.Next);
            ends.Push(Add(point.Spec, inputs));
        }

        return ends.Pop();
    }

    private void AddSinks(SinkPoint sink, int source)
    {
        var order = DownstreamOrder(sink);
        var index = new Dictionary<SinkPoint, int>();
        foreach (var point in order)
        {
            index[point] = _specs.Count;
            _specs.Add(point.Spec);
        }

        _edges.Add((source, index[sink], 0));
        foreach (var point in order)
        {
            _edges.AddRange(point.Outputs.Select(output => (index[point], index[output], 0)));
        }
    }

    private void Place(int node, Env? env)
    {
        if (env is not null)
        {
            _places[node] = env;
        }
    }

    /// <summary>Adds a part of a row of stages: a node, or branches, which may have branches themselves.</summary>
    /// <returns>The node whose items go to what comes next.</returns>
    private int Add(NodeSpec spec, int[] inputs)
    {
        if (spec is not BranchesSpec outermost)
        {
            return AddNode(spec, inputs);
        }

        var open = new Stack<OpenBranches>([new(outermost, AddNode(outermost.FanOut, inputs))]);
        while (true)
        {
            var at = open.Peek();
            if (at.IsComplete)
            {
                var merge = AddNode(at.Spec.Merge, [.. at.Ends]);
                open.Pop();
                if (!open.TryPeek(out var outer))
                {
                    return merge;
                }

                outer.Advance(merge);
            }
            else if (at.NextPart is BranchesSpec inner)
            {
                open.Push(new(inner, AddNode(inner.FanOut, [at.From])));
            }
            else
            {
                at.Advance(AddNode(at.NextPart, [at.From]));
            }
        }
    }

    private int AddNode(NodeSpec spec, ReadOnlySpan<int> inputs)
    {
        var node = _specs.Count;
        var hasSlots = spec.Inputs.Count > 1;
        _specs.Add(spec);
        for (var i = 0; i < inputs.Length; i++)
        {
            _edges.Add((inputs[i], node, hasSlots ? i : 0));
        }

        return node;
    }

    /// <summary>Every point after all that it is fed by, in their order. One that feeds two others is there twice: it runs twice.</summary>
    private static List<SourcePoint> UpstreamOrder(SourcePoint last)
    {
        var order = new List<SourcePoint>();
        var left = new Stack<SourcePoint>([last]);
        while (left.TryPop(out var point))
        {
            order.Add(point);
            Array.ForEach(point.Inputs, left.Push); // the last of them is next, since all is turned around in the end
        }

        order.Reverse();
        return order;
    }

    /// <summary>Every point once, each before all that it feeds. Points are immutable and refer only to points made
    /// before them, so there are no cycles.</summary>
    private static List<SinkPoint> DownstreamOrder(SinkPoint sink)
    {
        var finished = new List<SinkPoint>();
        var seen = new HashSet<SinkPoint>([sink]);
        var open = new Stack<(SinkPoint Point, int Left)>([(sink, sink.Outputs.Length)]); // Left: how many outputs had no turn yet, the first ones
        while (open.TryPop(out var at))
        {
            if (at.Left == 0)
            {
                finished.Add(at.Point);
                continue;
            }

            open.Push((at.Point, at.Left - 1));
            var output = at.Point.Outputs[at.Left - 1];
            if (seen.Add(output))
            {
                open.Push((output, output.Outputs.Length));
            }
        }

        finished.Reverse();
        return finished;
    }

    /// <summary>Chosen names first, so that they stay as they are; then the others; a number where one is taken.</summary>
    private static string[] Names(List<NodeSpec> specs)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal); // the last number that each name was given
        var names = new string[specs.Count];
        foreach (var named in (ReadOnlySpan<bool>)[true, false])
        {
            for (var i = 0; i < specs.Count; i++)
            {
                if (specs[i].IsNamed == named)
                {
                    names[i] = FreeName(specs[i].Name);
                }
            }
        }

        return names;

        string FreeName(string wanted)
        {
            var name = wanted;
            while (!taken.Add(name))
            {
                var number = numbers.GetValueOrDefault(wanted, 1) + 1; // the smaller ones are taken: names are never given back
                numbers[wanted] = number;
                name = string.Create(CultureInfo.InvariantCulture, $"{wanted}-{number}");
            }

            return name;
        }
    }

    /// <summary>Branches of which some are added already.</summary>
    private sealed class OpenBranches(BranchesSpec spec, int fanOut)
    {
        private readonly List<int> _ends = [];
        private int _part;
        private int _last;

        internal BranchesSpec Spec => spec;

        /// <summary>The last nodes of the branches that are complete.</summary>
        internal List<int> Ends => _ends;

        internal bool IsComplete => _ends.Count == spec.Branches.Length;

        internal NodeSpec NextPart => spec.Branches[_ends.Count][_part];

        /// <summary>The node before it.</summary>
        internal int From => _part == 0 ? fanOut : _last;

        /// <summary>The next part was added, and its last node is <paramref name="node"/>.</summary>
        internal void Advance(int node)
        {
            _last = node;
            if (++_part == spec.Branches[_ends.Count].Length)
            {
                _ends.Add(node);
                _part = 0;
            }
        }
    }
}
