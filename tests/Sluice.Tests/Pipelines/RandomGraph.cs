using System.Text;

namespace Sluice.Tests;

/// <summary>A random pipeline with what should come out of it, made from a seed, and the check of one run.</summary>
/// <remarks>While it is built a text of it is written, and a model of its output is computed: the exact items where no
/// branches have merged, then which items in any order, then only how many. A failure or a cancellation may come anywhere; a
/// run that is hit gives a part of the model's items.</remarks>
internal sealed class RandomGraph
{
    private const int MaxDepth = 4;
    private const int MaxItems = 12;

    private readonly Random _random;
    private readonly int _seed;
    private readonly StringBuilder _text = new();
    private readonly bool _mayFail;
    private readonly bool _mayWait;
    private readonly int _cancelAt;
    private Action _cancel = () => { };
    private int _nextItem;
    private int _started;
    private int _ended;
    private int _doubleEnds;
    private int _passed;
    private bool _failureIsPossible;

    private RandomGraph(int seed)
    {
        _seed = seed;
        _random = new Random(seed);
        _mayFail = _random.Next(3) == 0;
        _mayWait = _random.Next(2) == 0;
        _cancelAt = _random.Next(4) == 0 ? _random.Next(60) : -1;
        (Root, Expected) = Build(0);
        SinkTakes = _random.Next(6) == 0 ? _random.Next(6) : int.MaxValue;
    }

    /// <summary>How much of the model is exact.</summary>
    private enum Known
    {
        Order,
        Items,
        Count,
        Nothing,
    }

    private Source<int> Root { get; }

    private Model Expected { get; }

    private int SinkTakes { get; }

    internal static RandomGraph FromSeed(int seed) => new(seed);

    public override string ToString() =>
        $"SLUICE_GRAPH_SEED={_seed}: {_text} -> sink{(SinkTakes < int.MaxValue ? $" of {SinkTakes}" : "")}{(_cancelAt >= 0 ? $", canceled at {_cancelAt}" : "")}; model: {Expected.Known} [{string.Join(' ', Expected.Items)}]";

    /// <summary>Runs it once; throws if something is not as it should be.</summary>
    internal void Check()
    {
        using var stop = new CancellationTokenSource();
        _cancel = stop.Cancel;
        var seen = new List<int>();
        var run = Root.To(items => Collect(items, seen)).RunAsync(stop.Token);
        if (!run.IsCompleted)
        {
            Wait.For(Task.WhenAny(run), $"the end of {this}").GetAwaiter().GetResult();
        }

        var failure = run.Exception?.InnerExceptions[0];
        Assert.True(failure is null || (failure is PlannedException && _failureIsPossible), $"Failed with {failure}: {this}");
        Assert.True(run.Exception?.InnerExceptions.All(error => error is PlannedException) ?? true, $"Failed also with {run.Exception}: {this}");
        Assert.True(!run.IsCanceled || _cancelAt >= 0, $"Canceled: {this}");
        Assert.True(_started == _ended && _doubleEnds == 0, $"{_started} coroutines started, {_ended} ended, {_doubleEnds} twice: {this}");
        AssertItems(seen, run.IsCompletedSuccessfully && SinkTakes == int.MaxValue);
    }

    private void AssertItems(List<int> seen, bool all)
    {
        var model = Expected.Items;
        var right = Expected.Known switch
        {
            Known.Order => all ? seen.SequenceEqual(model) : seen.SequenceEqual(model.Take(seen.Count)),
            Known.Items => IsPart(seen, model) && (!all || seen.Count == model.Count),
            Known.Count => all ? seen.Count == model.Count : seen.Count <= model.Count,
            _ => true,
        };
        Assert.True(right, $"Came out: [{string.Join(' ', seen)}]: {this}");
        Assert.True(seen.Count <= SinkTakes, $"Too many came out: {this}");
    }

    private static bool IsPart(List<int> part, List<int> whole)
    {
        var rest = whole.CountBy(x => x).ToDictionary();
        return part.TrueForAll(x => rest.TryGetValue(x, out var left) && (rest[x] = left - 1) >= 0);
    }

    private (Source<int> Source, Model Model) Build(int depth)
    {
        var (source, model) = depth == MaxDepth ? Leaf() : _random.Next(8) switch
        {
            < 3 => Leaf(),
            3 or 4 => Several("Merge", depth, sources => Source.Merge(sources), models => new(Known.Items, [.. models.SelectMany(m => m.Items)])),
            5 => Several("Concat", depth, sources => sources[0].Concat(sources[1..]), models => new(Known.Order, [.. models.SelectMany(m => m.Items)])),
            _ => Zip(depth),
        };
        for (var stages = _random.Next(3); stages > 0; stages--)
        {
            Stage<int, int> stage;
            (stage, model) = NextStage(model, depth);
            source |= stage;
        }

        return (source, model);
    }

    private (Source<int> Source, Model Model) Leaf()
    {
        var items = Enumerable.Range(_nextItem, _random.Next(MaxItems)).ToArray();
        _nextItem += items.Length;
        var kind = _random.Next(_mayWait ? 4 : 2);
        _text.Append($"{(kind == 0 ? "array" : kind == 1 ? "items" : "async")}({items.Length})");
        var pattern = _random.Next();
        return (kind switch
        {
            0 => Source.From(items),
            1 => Source.From(Noting(items)),
            _ => Source.Create<int>((next, _) => Produce(items, next, pattern)),
        }, new(Known.Order, [.. items]));
    }

    private (Source<int> Source, Model Model) Several(string name, int depth, Func<Source<int>[], Source<int>> combine, Func<Model[], Model> model)
    {
        _text.Append(name).Append('[');
        var parts = new (Source<int> Source, Model Model)[_random.Next(1, 4)];
        for (var i = 0; i < parts.Length; i++)
        {
            _text.Append(i > 0 ? ", " : "");
            parts[i] = Build(depth + 1);
        }

        _text.Append(']');
        var whole = model([.. parts.Select(part => part.Model)]);
        var known = parts.Max(part => part.Model.Known);
        return (combine([.. parts.Select(part => part.Source)]), parts.Length == 1 ? parts[0].Model : whole with { Known = (Known)Math.Max((int)known, (int)whole.Known) });
    }

    private (Source<int> Source, Model Model) Zip(int depth)
    {
        _text.Append("Zip[");
        var (first, left) = Build(depth + 1);
        _text.Append(", ");
        var (second, right) = Build(depth + 1);
        _text.Append(']');
        var known = (Known)Math.Max((int)left.Known, (int)right.Known);
        return (first.Zip(second, (x, y) => unchecked((31 * x) + y)),
            new(known == Known.Items ? Known.Count : known, [.. left.Items.Zip(right.Items, (x, y) => unchecked((31 * x) + y))]));
    }

    private (Stage<int, int> Stage, Model Model) NextStage(Model model, int depth)
    {
        var number = _random.Next(5);
        var fewer = model.Known == Known.Items ? Known.Count : model.Known;
        _text.Append(" | ");
        switch (_random.Next(_mayFail ? 10 : 9))
        {
            case 0:
                _text.Append("Select");
                return (Stage.Select<int, int>(x => unchecked((3 * x) + 1)), model with { Items = [.. model.Items.Select(x => unchecked((3 * x) + 1))] });
            case 1:
                _text.Append("Where");
                return (Stage.Where<int>(x => x % 3 != 0), new(model.Known == Known.Count ? Known.Nothing : model.Known, [.. model.Items.Where(x => x % 3 != 0)]));
            case 2:
                _text.Append($"Take({number})");
                return (Stage.Take<int>(number), new(fewer, [.. model.Items.Take(number)]));
            case 3:
                _text.Append($"Skip({number})");
                return (Stage.Skip<int>(number), new(fewer, [.. model.Items.Skip(number)]));
            case 4:
                _text.Append($"Chunk({number + 1})");
                return (Stage.Chunk<int>(number + 1) | Stage.SelectMany<int[], int>(chunk => chunk), model);
            case 5 or 6 when depth < MaxDepth:
                return Branches(model, depth);
            case 7:
                var waits = _mayWait ? _random.Next() : 0;
                _text.Append("Feedback");
                return (Stage.Feedback<int, int>((items, next, back) => TwoRounds(items, next, back, waits), 1, OnFull.Fail), model);
            case 9:
                var failAt = _random.Next(6);
                _text.Append($"FailAt({failAt})");
                _failureIsPossible = true;
                return (Stage.Create<int, int>((items, next) => Pass(items, next, 0, failAt)), model);
            default:
                var pattern = _mayWait ? _random.Next() : 0;
                _text.Append("Pass");
                return (Stage.Create<int, int>((items, next) => Pass(items, next, pattern, -1)), model);
        }
    }

    private (Stage<int, int> Stage, Model Model) Branches(Model model, int depth)
    {
        _text.Append("Broadcast[");
        var branches = new (Stage<int, int> Stage, Model Model)[_random.Next(1, 4)];
        for (var i = 0; i < branches.Length; i++)
        {
            _text.Append(i > 0 ? "," : "");
            var branch = NextStage(model, depth + 1);
            while (_random.Next(3) == 0)
            {
                var (stage, behind) = NextStage(branch.Model, depth + 1);
                branch = (branch.Stage | stage, behind);
            }

            branches[i] = branch;
        }

        _text.Append(']');
        var known = (Known)Math.Max((int)(branches.Length > 1 ? Known.Items : Known.Order), branches.Max(branch => (int)branch.Model.Known));
        return (Stage.Broadcast([.. branches.Select(branch => branch.Stage)]), new(known, [.. branches.SelectMany(branch => branch.Model.Items)]));
    }

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

    private async Coroutine Pass(Inbox<int> items, Target<int> next, int pattern, int failAt)
    {
        Begin();
        var ends = 0;
        try
        {
            await foreach (var item in items)
            {
                if (failAt-- == 0)
                {
                    throw new PlannedException();
                }

                PassOne();
                await WaitIf(pattern, item);
                await next.SendAsync(item);
            }
        }
        finally
        {
            await WaitIf(pattern, 3);
            End(ref ends);
        }
    }

    /// <summary>Each item goes round once before it is sent on.</summary>
    private async Coroutine TwoRounds(Inbox<int> items, Target<int> next, Target<int> back, int pattern)
    {
        Begin();
        var (ends, isSecond) = (0, false);
        try
        {
            await foreach (var item in items)
            {
                PassOne();
                await WaitIf(pattern, item);
                await (isSecond ? next.SendAsync(item) : back.SendAsync(item));
                isSecond = !isSecond;
            }
        }
        finally
        {
            await WaitIf(pattern, 3);
            End(ref ends);
        }
    }

    private async Coroutine Collect(Inbox<int> items, List<int> seen)
    {
        Begin();
        var ends = 0;
        try
        {
            while (seen.Count < SinkTakes)
            {
                var item = await items.ReceiveAsync();
                seen.Add(item);
                PassOne();
                await WaitIf(_mayWait ? _seed : 0, item);
            }
        }
        finally
        {
            End(ref ends);
        }
    }

    private static async Coroutine WaitIf(int pattern, int item)
    {
        if ((pattern >> (item & 15) & 1) != 0)
        {
            await Task.Yield();
        }
    }

    private void PassOne()
    {
        if (_passed++ == _cancelAt)
        {
            _cancel();
        }
    }

    private void Begin() => _started++;

    private void End(ref int ends)
    {
        _ended++;
        _doubleEnds += ends++;
    }

    private sealed record Model(Known Known, List<int> Items);

    private sealed class PlannedException : Exception;
}
