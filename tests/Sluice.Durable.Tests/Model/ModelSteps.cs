namespace Sluice.Tests.Model;

/// <summary>The steps that are possible at a moment: rule 13, node by node.</summary>
internal sealed class ModelSteps(ModelGraph graph, ModelRules rules)
{
    internal const string AbortStep = "abort";

    internal IEnumerable<(string Name, ModelState Next)> From(ModelState state)
    {
        for (var node = 0; node < graph.Nodes.Count; node++)
        {
            foreach (var step in OfNode(state, node))
            {
                yield return step;
            }
        }

        for (var edge = 0; edge < graph.Edges.Count; edge++)
        {
            foreach (var step in OfEdge(state, edge))
            {
                yield return step;
            }
        }

        foreach (var step in OfCoordinator(state))
        {
            yield return step;
        }
    }

    /// <summary>Gets whether all nodes have ended and no mark is under way.</summary>
    internal static bool IsOver(ModelState state) => !state.IsUnderWay && Array.TrueForAll(state.Nodes, static node => node.HasEnded);

    private static (string, ModelState) Step(ModelState state, string name, Action<ModelState> change)
    {
        var next = state.Clone();
        change(next);
        return (name, next);
    }

    private IEnumerable<(string, ModelState)> OfNode(ModelState state, int index)
    {
        var node = state.Nodes[index];
        if (node.HasEnded)
        {
            yield break;
        }

        var outputs = graph.Outputs[index];
        if (outputs.Length > 0 && Array.TrueForAll(outputs, edge => state.Edges[edge].IsClosed))
        {
            yield return Step(state, $"{index} ends, as no one takes what it sends", next => EndOf(next, index));
            yield break;
        }

        if (node.WaitsAt >= 0)
        {
            var edge = state.Edges[node.WaitsAt];
            var receiver = state.Nodes[graph.Edges[node.WaitsAt].To];
            if (edge.IsClosed || (!edge.Tokens.Exists(static token => token > 0) && (receiver.IsAtRest || edge.Held.Count > 0)))
            {
                yield return Step(state, $"{index}'s send is done", next => next.Nodes[index].WaitsAt = -1);
            }

            yield break;
        }

        if (node.Unsent.Count > 0)
        {
            var (to, item) = (node.Unsent[0], node.Unsent[1]);
            var capacity = graph.Edges[to].Capacity;
            if (state.Edges[to].IsClosed || item < 0 || state.Edges[to].Tokens.Count(static token => token > 0) < Math.Max(1, capacity))
            {
                yield return Step(state, $"{index} sends {item}", next => Send(next, index, to, item, waits: capacity == 0 && item > 0));
            }

            yield break;
        }

        foreach (var step in AtRest(state, index))
        {
            yield return step;
        }
    }

    private static void Send(ModelState next, int index, int to, int token, bool waits)
    {
        var sender = next.Nodes[index];
        sender.Unsent = sender.Unsent[2..];
        if (!next.Edges[to].IsClosed)
        {
            next.Edges[to].Tokens.Add(token);
            sender.WaitsAt = waits ? to : -1;
        }

        if (token == ModelState.End && sender.Unsent.Count == 0)
        {
            sender.HasEnded = true;
        }
    }

    /// <summary>What a node does that is not sending: it reads, or takes its mark.</summary>
    private IEnumerable<(string, ModelState)> AtRest(ModelState state, int index)
    {
        var node = state.Nodes[index];
        if (CanCapture(state, index))
        {
            yield return Step(state, $"{index} takes mark {state.Asked}", next => Capture(next, index));
        }

        if (graph.Nodes[index].Kind == ModelKind.Source)
        {
            var sent = node.Kept is [var position] ? position : 0;
            yield return sent < graph.Nodes[index].Items
                ? Step(state, $"source {index} has its item {sent + 1}", next =>
                {
                    next.Nodes[index].Kept = [sent + 1];
                    Put(next, index, (10 * index) + sent + 1);
                })
                : Step(state, $"source {index} ends", next => PutEnd(next, index));
            yield break;
        }

        foreach (var step in ModelReading.Of(graph, state, index, Put, PutEnd, EndOf))
        {
            yield return step;
        }
    }

    private bool CanCapture(ModelState state, int index)
    {
        if (!state.IsUnderWay || state.Nodes[index].Marked >= state.Asked)
        {
            return false;
        }

        var inputs = graph.Inputs[index];
        if (inputs.Length == 0)
        {
            return true; // a source looks for the mark in its send, and its strand marks it while it waits
        }

        var isMarked = Array.Exists(inputs, edge => state.Edges[edge].IsMarked);
        var areAll = Array.TrueForAll(inputs, edge => state.Edges[edge].IsMarked || (rules.EndCountsAsMark && IsAtEnd(state.Edges[edge])));
        return isMarked
            ? areAll || !rules.Aligns
            : rules.CoordinatorMarksLastNodes && Array.TrueForAll(inputs, edge => IsAtEnd(state.Edges[edge]));
    }

    private static bool IsAtEnd(ModelState.Edge edge) => edge.HasEnded || edge.Tokens is [ModelState.End, ..];

    private void Capture(ModelState next, int index)
    {
        var node = next.Nodes[index];
        node.Marked = next.Asked;
        var captured = (Captured?[])[.. next.Captured];
        captured[index] = new([.. node.Kept], node.Turn, Array.ConvertAll(graph.Inputs[index], edge => (next.Edges[edge].Held.ToArray(), next.Edges[edge].HasEnded)));
        next.Captured = captured;
        foreach (var edge in graph.Inputs[index])
        {
            next.Edges[edge].IsMarked = false;
        }

        foreach (var edge in graph.Outputs[index].Where(edge => !next.Edges[edge].IsClosed))
        {
            next.Edges[edge].Tokens.Add(ModelState.Mark(next.Asked)); // takes no room
        }
    }

    private IEnumerable<(string, ModelState)> OfEdge(ModelState state, int index)
    {
        var edge = state.Edges[index];
        var to = graph.Edges[index].To;
        if (edge.Tokens is not [var token, ..] || edge.IsMarked)
        {
            yield break;
        }

        if (edge.IsClosed)
        {
            yield return Step(state, $"edge {index} drops {token}", next => next.Edges[index].Tokens.RemoveAt(0));
        }
        else if (token < ModelState.End)
        {
            yield return Step(state, $"mark {-1 - token} has come along edge {index}", next =>
            {
                next.Edges[index].Tokens.RemoveAt(0);
                next.Edges[index].IsMarked = !rules.LooksAtNumbers || (next.IsUnderWay && next.Asked == -1 - token && next.Nodes[to].Marked < next.Asked);
            });
        }
        else if (rules.Drains && token > 0 && graph.Nodes[to].ChoosesInbox && state.IsUnderWay && Array.Exists(graph.Inputs[to], input => state.Edges[input].IsMarked))
        {
            yield return Step(state, $"{token} is held at edge {index}", next =>
            {
                next.Edges[index].Tokens.RemoveAt(0);
                next.Edges[index].Held.Add(token);
            });
        }
    }

    private IEnumerable<(string, ModelState)> OfCoordinator(ModelState state)
    {
        if (!state.IsUnderWay)
        {
            if (state.Asked < rules.Marks && !IsOver(state))
            {
                yield return Step(state, $"mark {state.Asked + 1} is asked for", static next =>
                {
                    next.Asked++;
                    next.IsUnderWay = true;
                    next.Captured = new Captured?[next.Nodes.Length];
                });
            }

            yield break;
        }

        if (IsWhole(state))
        {
            yield return Step(state, $"mark {state.Asked} is whole", static next => next.IsUnderWay = false);
        }
        else if (rules.MayAbort)
        {
            yield return Step(state, AbortStep, next =>
            {
                next.IsUnderWay = false;
                next.Captured = new Captured?[next.Nodes.Length];
                foreach (var edge in next.Edges.Where(_ => rules.AbortReleases))
                {
                    edge.IsMarked = false;
                }
            });
        }
    }

    /// <summary>Gets whether every node has reported, or had ended before.</summary>
    internal static bool IsWhole(ModelState state) => state.Nodes.Index().All(node => state.Captured[node.Index] is not null || node.Item.HasEnded);

    /// <summary>Sends an item to every output.</summary>
    private void Put(ModelState next, int index, int item) =>
        next.Nodes[index].Unsent.AddRange(graph.Outputs[index].SelectMany(edge => new[] { edge, item }));

    /// <summary>Ends the node: the end goes along each output, behind its items.</summary>
    private void PutEnd(ModelState next, int index)
    {
        if (graph.Outputs[index].Length == 0)
        {
            next.Nodes[index].HasEnded = true;
        }

        Put(next, index, ModelState.End);
        foreach (var input in graph.Inputs[index])
        {
            next.Edges[input].IsClosed = true;
        }
    }

    /// <summary>Ends a node that no one needs: what it has is dropped.</summary>
    private void EndOf(ModelState next, int index)
    {
        var node = next.Nodes[index];
        (node.HasEnded, node.WaitsAt, node.Unsent) = (true, -1, []);
        foreach (var input in graph.Inputs[index])
        {
            next.Edges[input].IsClosed = true;
        }
    }
}
