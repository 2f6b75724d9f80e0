namespace Sluice.Tests.Model;

/// <summary>How each kind of node reads its inputs, and what it does with an item.</summary>
internal static class ModelReading
{
    internal static IEnumerable<(string, ModelState)> Of(
        ModelGraph graph, ModelState state, int index, Action<ModelState, int, int> put, Action<ModelState, int> putEnd, Action<ModelState, int> end)
    {
        var node = state.Nodes[index];
        var kind = graph.Nodes[index].Kind;
        var inputs = graph.Inputs[index];
        switch (kind)
        {
            case ModelKind.Feedback when node.Kept is [var first, ..]:
                yield return Change($"{index} goes on with {first} of its own", next =>
                {
                    next.Nodes[index].Kept.RemoveAt(0);
                    Again(next, first);
                });
                yield break;
            case ModelKind.Buffer when node.Kept is [var oldest, ..]:
                yield return Change($"{index} sends {oldest} that it held", next =>
                {
                    next.Nodes[index].Kept.RemoveAt(0);
                    put(next, index, oldest);
                });
                break;
            case ModelKind.SelectAsync:
                for (var i = 0; i < node.Kept.Count; i++)
                {
                    var done = i;
                    yield return Change($"{index}'s call {node.Kept[done]} is done", next =>
                    {
                        put(next, index, next.Nodes[index].Kept[done]);
                        next.Nodes[index].Kept.RemoveAt(done);
                    });
                }

                break;
            case ModelKind.MergeBy when node.Kept is [> 0, > 0] || (node.Kept is [_, _] && node.Kept.Exists(static kept => kept > 0) && node.Kept.TrueForAll(static kept => kept != 0)):
                var smaller = node.Kept[1] < 0 || (node.Kept[0] > 0 && node.Kept[0] <= node.Kept[1]) ? 0 : 1;
                yield return Change($"{index} sends the smaller one", next =>
                {
                    put(next, index, next.Nodes[index].Kept[smaller]);
                    next.Nodes[index].Kept[smaller] = 0;
                });
                yield break;
        }

        foreach (var slot in Wanted())
        {
            var edge = state.Edges[inputs[slot]];
            if (edge.Held is [var held, ..])
            {
                yield return Change($"{index} reads {held}, which was held", next =>
                {
                    next.Edges[inputs[slot]].Held.RemoveAt(0);
                    Handle(next, slot, held);
                });
            }
            else if (!edge.IsMarked && edge.Tokens is [> 0 and var item, ..])
            {
                yield return Change($"{index} reads {item}", next =>
                {
                    next.Edges[inputs[slot]].Tokens.RemoveAt(0);
                    Handle(next, slot, item);
                });
            }
            else if (!edge.IsMarked && !edge.HasEnded && edge.Tokens is [ModelState.End, ..])
            {
                yield return Change($"{index} finds input {slot} ended", next =>
                {
                    next.Edges[inputs[slot]].Tokens.RemoveAt(0);
                    next.Edges[inputs[slot]].HasEnded = true;
                    Ended(next, slot);
                });
            }
        }

        // All inputs have ended, and what was kept has been sent.
        if (Array.TrueForAll(inputs, input => state.Edges[input].HasEnded) && HasNothingLeft())
        {
            yield return Change($"{index} ends", next => putEnd(next, index));
        }

        (string, ModelState) Change(string name, Action<ModelState> change)
        {
            var next = state.Clone();
            change(next);
            return (name, next);
        }

        IEnumerable<int> Wanted() => kind switch
        {
            ModelKind.Zip => [node.Turn],
            ModelKind.Concat => [Math.Min(node.Turn, inputs.Length - 1)],
            ModelKind.MergeBy => Enumerable.Range(0, 2).Where(slot => (node.Kept is [_, _] ? node.Kept[slot] : 0) == 0).Take(1),
            ModelKind.Buffer or ModelKind.SelectAsync when node.Kept.Count >= 2 => [],
            _ => Enumerable.Range(0, inputs.Length),
        };

        bool HasNothingLeft() => kind is ModelKind.Sink or ModelKind.MergeBy || node.Kept.Count == 0;

        void Handle(ModelState next, int slot, int item)
        {
            var changed = next.Nodes[index];
            switch (kind)
            {
                case ModelKind.Twice:
                    put(next, index, item);
                    put(next, index, item);
                    break;
                case ModelKind.TakeOne:
                    put(next, index, item);
                    putEnd(next, index);
                    break;
                case ModelKind.Sink or ModelKind.Buffer or ModelKind.SelectAsync:
                    changed.Kept.Add(item);
                    break;
                case ModelKind.Zip when slot == 0:
                    (changed.Kept, changed.Turn) = ([item], 1);
                    break;
                case ModelKind.Zip:
                    put(next, index, 100 * changed.Kept[0] + item);
                    (changed.Kept, changed.Turn) = ([], 0);
                    break;
                case ModelKind.MergeBy:
                    changed.Kept = changed.Kept is [_, _] ? changed.Kept : [0, 0];
                    changed.Kept[slot] = item;
                    break;
                case ModelKind.Feedback:
                    Again(next, item);
                    break;
                default:
                    put(next, index, item);
                    break;
            }
        }

        void Again(ModelState next, int item)
        {
            put(next, index, item);
            if (item / 2 > 0)
            {
                next.Nodes[index].Kept.Add(item / 2);
            }
        }

        void Ended(ModelState next, int slot)
        {
            var changed = next.Nodes[index];
            switch (kind)
            {
                case ModelKind.Zip:
                    changed.Kept = [];
                    putEnd(next, index); // no more pairs
                    break;
                case ModelKind.Concat:
                    changed.Turn = slot + 1;
                    break;
                case ModelKind.MergeBy:
                    changed.Kept = changed.Kept is [_, _] ? changed.Kept : [0, 0];
                    changed.Kept[slot] = -1;
                    break;
            }
        }
    }
}
