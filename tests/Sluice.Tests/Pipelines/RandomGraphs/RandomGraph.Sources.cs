namespace Sluice.Tests;

/// <content>Sources, and what makes one of several.</content>
internal sealed partial class RandomGraph
{
    private (Source<int> Source, GraphModel Model) Build(int depth)
    {
        var (source, model) = depth == MaxDepth ? Leaf() : _random.Next(9) switch
        {
            < 3 => Leaf(),
            3 or 4 => Several("Merge", depth, sources => Source.Merge(sources), GraphModel.Merged),
            5 => Several("Concat", depth, sources => sources[0].Concat(sources[1..]), MayBeStopped ? GraphModel.Merged : GraphModel.InARow), // an item that a stop found waiting comes after fewer
            6 => CombineLatest(depth),
            _ => Zip(depth),
        };
        for (var stages = _random.Next(3); stages > 0; stages--)
        {
            var (stage, change) = NextStage(depth);
            source |= stage;
            model = change(model);
        }

        return (source, model);
    }

    private (Source<int> Source, GraphModel Model) Leaf()
    {
        var items = Enumerable.Range(_nextItem, _random.Next(MaxItems)).ToArray();
        _nextItem += items.Length;
        var kind = _isMarked ? 0 : _random.Next(_mayWait ? 4 : 2);
        _text.Append($"{(kind == 0 ? "array" : kind == 1 ? "items" : "async")}({items.Length})");
        var pattern = _random.Next();
        return (kind switch
        {
            0 => Source.From(items),
            1 => Source.From(Noting(items)),
            _ => Source.Create<int>((next, _) => Produce(items, next, pattern)),
        }, GraphModel.Exact(items));
    }

    private (Source<int> Source, GraphModel Model) Several(string name, int depth, Func<Source<int>[], Source<int>> combine, Func<IReadOnlyList<GraphModel>, GraphModel> model)
    {
        _text.Append(name).Append('[');
        var parts = new (Source<int> Source, GraphModel Model)[_random.Next(1, 4)];
        for (var i = 0; i < parts.Length; i++)
        {
            _text.Append(i > 0 ? ", " : "");
            parts[i] = Build(depth + 1);
        }

        _text.Append(']');
        return (combine([.. parts.Select(part => part.Source)]), model([.. parts.Select(part => part.Model)]));
    }

    private (Source<int> Source, GraphModel Model) CombineLatest(int depth)
    {
        _endsEarly = true; // when one of them has nothing
        return Pair("CombineLatest", depth, (first, second) => first.CombineLatest(second, Mix), (_, _) => GraphModel.OfCount(null));
    }

    private (Source<int> Source, GraphModel Model) Zip(int depth)
    {
        _endsEarly = true;
        return Pair("Zip", depth, (first, second) => first.Zip(second, Mix), (first, second) => GraphModel.Zipped(first, second, Mix));
    }

    private (Source<int> Source, GraphModel Model) Pair(
        string name, int depth, Func<Source<int>, Source<int>, Source<int>> combine, Func<GraphModel, GraphModel, GraphModel> model)
    {
        _text.Append(name).Append('[');
        var (first, left) = Build(depth + 1);
        _text.Append(", ");
        var (second, right) = Build(depth + 1);
        _text.Append(']');
        return (combine(first, second), model(left, right));
    }

    private static int Mix(int x, int y) => unchecked((31 * x) + y);

    private IEnumerable<int> Noting(int[] items)
    {
        Begin();
        var ends = 0;
        try
        {
            foreach (var item in items)
            {
                yield return item;
            }
        }
        finally
        {
            End(ref ends);
        }
    }

    private async Coroutine Produce(int[] items, Target<int> next, int pattern)
    {
        Begin();
        var ends = 0;
        try
        {
            foreach (var item in items)
            {
                await WaitIf(pattern, item);
                await next.SendAsync(item);
            }
        }
        finally
        {
            End(ref ends);
        }
    }
}
