namespace Sluice.Tests.Model;

/// <summary>Goes through every interleaving of a run of the model, and resumes it from every whole mark.</summary>
internal sealed class ModelExplorer(ModelGraph graph, ModelRules rules)
{
    private readonly ModelSteps _steps = new(graph, rules);
    private readonly ModelSteps _withoutMarks = new(graph, rules with { Marks = 0, MayAbort = false });
    private readonly HashSet<string> _resumed = [];
    private HashSet<string> _legal = [];

    /// <summary>The number of moments that were seen, and of those from which runs were resumed.</summary>
    internal (int Moments, int Marks) Seen { get; private set; }

    /// <summary>Null if all is well; else what went wrong, and the steps that led there.</summary>
    internal string? FindFault()
    {
        _legal = [];
        var first = ModelState.Start(graph);
        if (Search(first, _withoutMarks, [], over => Void(_legal.Add(OutputsOf(over))), null) is { } dead)
        {
            return $"without any mark: {dead}";
        }

        var seen = new HashSet<string>();
        var fault = Search(first, _steps, seen, over => _legal.Contains(OutputsOf(over)) ? null : $"the run ends with {OutputsOf(over)}", Resumed);
        Seen = (seen.Count, Seen.Marks);
        return fault;

        static string? Void(bool added) => null;
    }

    /// <summary>Depth first, so that what comes back is one way to the fault.</summary>
    private static string? Search(ModelState first, ModelSteps steps, HashSet<string> seen, Func<ModelState, string?> atEnd, Func<ModelState, string?>? atMark)
    {
        var way = new Stack<(string Step, ModelState State, IEnumerator<(string Name, ModelState Next)> Left, bool HasMoved)>();
        if (!seen.Add(first.Key()))
        {
            return null;
        }

        way.Push(("start", first, steps.From(first).GetEnumerator(), false));
        while (way.TryPop(out var top))
        {
            if (!top.Left.MoveNext())
            {
                if (!top.HasMoved && (ModelSteps.IsOver(top.State) ? atEnd(top.State) : "nothing can move any more") is { } fault)
                {
                    way.Push(top);
                    return Told(fault);
                }

                continue;
            }

            var (name, next) = top.Left.Current;
            var isProgress = name != ModelSteps.AbortStep && next.Asked == top.State.Asked; // asking for a mark, or giving one up, frees nothing
            way.Push(top with { HasMoved = top.HasMoved || isProgress });
            if (top.State.IsUnderWay && !next.IsUnderWay && name != ModelSteps.AbortStep && atMark?.Invoke(next) is { } wrong)
            {
                return Told(wrong);
            }

            if (seen.Add(next.Key()))
            {
                way.Push((name, next, steps.From(next).GetEnumerator(), false));
            }
        }

        return null;

        string Told(string fault) => $"{fault}, after: {string.Join("; ", way.Reverse().Skip(1).Select(static step => step.Step))}";
    }

    /// <summary>Resumes the run from a whole mark, in every way.</summary>
    private string? Resumed(ModelState marked)
    {
        Seen = (Seen.Moments, Seen.Marks + 1);
        var resumed = Resume(marked);
        return Search(resumed, _withoutMarks, _resumed, over => _legal.Contains(OutputsOf(over)) ? null : $"resumed, the run ends with {OutputsOf(over)}, and not with {string.Join(" or ", _legal.Take(5))}", null);
    }

    private ModelState Resume(ModelState marked)
    {
        var state = ModelState.Start(graph);
        for (var index = 0; index < graph.Nodes.Count; index++)
        {
            var node = state.Nodes[index];
            if (marked.Captured[index] is { } captured)
            {
                (node.Kept, node.Turn) = ([.. captured.Kept], captured.Turn);
                foreach (var (edge, input) in graph.Inputs[index].Zip(captured.Inputs))
                {
                    (state.Edges[edge].Held, state.Edges[edge].HasEnded) = ([.. input.Held], input.HasEnded);
                }
            }
            else
            {
                (node.Kept, node.HasEnded) = ([.. marked.Nodes[index].Kept], true);
                Array.ForEach(graph.Inputs[index], edge => state.Edges[edge].IsClosed = true);
            }
        }

        // Nodes that have ended tell their neighbours again.
        foreach (var (index, edge) in graph.Edges.Index())
        {
            if (state.Nodes[edge.From].HasEnded && !state.Edges[index].HasEnded && !state.Edges[index].IsClosed)
            {
                state.Edges[index].Tokens.Add(ModelState.End);
            }
        }

        return state;
    }

    private string OutputsOf(ModelState over) =>
        string.Join(" | ", graph.Nodes.Index().Where(static node => node.Item.Kind == ModelKind.Sink).Select(node => string.Join(' ', over.Nodes[node.Index].Kept)));
}
