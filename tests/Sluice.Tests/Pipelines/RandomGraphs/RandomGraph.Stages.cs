namespace Sluice.Tests;

/// <content>Stages with one way in and one out. Each comes with what it does to the model, which may be asked for several inputs.</content>
internal sealed partial class RandomGraph
{
    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) NextStage(int depth)
    {
        _text.Append(" | ");
        return _random.Next(18) switch
        {
            < 5 => ForEachItem(),
            < 9 => WithState(),
            < 12 when depth < MaxDepth => Branches(depth),
            12 or 13 => Keyed(),
            14 when _mayWait => InTime(),
            15 when _mayFail => FailAt(),
            16 => HoldingContext(),
            17 when _mayWait && !_isMarked => FromTasks(),
            _ => Passing(),
        };
    }

    /// <summary>Stages that treat each item alike, after any items before.</summary>
    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) ForEachItem()
    {
        switch (_random.Next(7))
        {
            case 0:
                _text.Append("Select");
                return (Stage.Select<int, int>(Triple), model => model.Select(Triple));
            case 1:
                _text.Append("Where");
                return (Stage.Where<int>(x => x % 3 != 0), model => model.Where(x => x % 3 != 0));
            case 2 or 3:
                return Guarded();
            case 4:
                var waits = _mayWait ? _random.Next() : 0;
                _text.Append("Feedback");
                return (Stage.Feedback<int, int>((items, next, back) => TwoRounds(items, next, back, waits), 1, OnFull.Fail), model => model);
            default:
                return Passing();
        }
    }

    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) WithState()
    {
        var number = _random.Next(5);
        switch (_random.Next(10))
        {
            case 0:
                _text.Append($"Take({number})");
                _endsEarly = true;
                return (Stage.Take<int>(number), model => model.Take(number));
            case 1:
                _text.Append($"TakeWhile({number})");
                _endsEarly = true;
                return (Stage.TakeWhile<int>(x => x % 5 != number), model => model.InOrder(items => items.TakeWhile(x => x % 5 != number), some => some with { Count = null }));
            case 2:
                _text.Append($"Skip({number})");
                return (Stage.Skip<int>(number), model => model.Skip(number));
            case 3:
                _text.Append($"SkipWhile({number})");
                return (Stage.SkipWhile<int>(x => x % 5 < number), model => model.InOrder(items => items.SkipWhile(x => x % 5 < number), some => some.Some()));
            case 4:
                _text.Append($"Chunk({number + 1})");
                return (Stage.Chunk<int>(number + 1) | Flat<int[]>(), model => model);
            case 5:
                _text.Append("Scan");
                return (Stage.Scan<int, int>(_seed, Mix), model => model.InOrder(Sums, some => GraphModel.OfCount(some.Count)));
            case 6:
                _text.Append("Pairwise");
                return (Stage.Pairwise<int>() | Stage.Select<(int Previous, int Current), int>(pair => Mix(pair.Previous, pair.Current)),
                    model => model.InOrder(items => items.Zip(items.Skip(1), Mix), some => GraphModel.OfCount(some.Count is { } all ? Math.Max(0, all - 1) : null)));
            case 7:
                _text.Append($"Distinct({number + 2})");
                return (Stage.Distinct<int, int>(x => x % (number + 2)), model => model.InOrder(items => items.DistinctBy(x => x % (number + 2)), some => some.Some()));
            case 8:
                _text.Append("DistinctUntilChanged");
                return (Stage.DistinctUntilChanged<int, int>(x => x / 2), model => model.InOrder(Changes, some => some.Some()));
            default:
                var step = _random.Next(1, 4);
                _text.Append($"SlidingWindow({number + 1}, {step})");
                return (Stage.SlidingWindow<int>(number + 1, step) | Stage.Select<int[], int>(window => window.Aggregate(Mix)),
                    model => model.InOrder(items => Windows([.. items], number + 1, step).Select(window => window.Aggregate(Mix)), _ => GraphModel.OfCount(null)));
        }

        IEnumerable<int> Sums(IEnumerable<int> items)
        {
            var sum = _seed;
            foreach (var item in items)
            {
                yield return sum = Mix(sum, item);
            }
        }

        static IEnumerable<int[]> Windows(int[] items, int size, int step)
        {
            for (var start = 0; start + size <= items.Length; start += step)
            {
                yield return items[start..(start + size)];
            }
        }

        static IEnumerable<int> Changes(IEnumerable<int> items) => items.Where((item, index) => index == 0 || item / 2 != items.ElementAt(index - 1) / 2);
    }

    private static Stage<TMany, int> Flat<TMany>()
        where TMany : IEnumerable<int> => Stage.SelectMany<TMany, int>(many => many);

    private static int Triple(int x) => unchecked((3 * x) + 1);

    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) FailAt()
    {
        var failAt = _random.Next(6);
        _text.Append($"FailAt({failAt})");
        _failureIsPossible = true;
        return (Passing(0, _ => failAt-- == 0), model => model);
    }

    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) Passing()
    {
        var pattern = _mayWait ? _random.Next() : 0;
        _text.Append("Pass");
        return (Passing(pattern, _ => false), model => model);
    }
}
