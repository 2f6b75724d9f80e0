namespace Sluice.Tests;

/// <content>Branches that merge again.</content>
internal sealed partial class RandomGraph
{
    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) Branches(int depth) => _random.Next(5) switch
    {
        0 => Route(depth),
        1 => Partition(depth),
        2 => Balance(),
        _ => Broadcast(depth),
    };

    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) Broadcast(int depth)
    {
        _text.Append("Broadcast[");
        var branches = SeveralBranches(depth);
        return (Stage.Broadcast([.. branches.Select(branch => branch.Stage)]), model => GraphModel.Merged([.. branches.Select(branch => branch.Change(model))]));
    }

    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) Route(int depth)
    {
        var hasDefault = _random.Next(2) == 0;
        _text.Append(hasDefault ? "Route, otherwise[" : "Route[");
        var branches = SeveralBranches(depth);
        var otherwise = hasDefault ? branches[^1] : default;
        var routes = hasDefault && branches.Length > 1 ? branches[..^1] : branches;
        var ways = routes.Select((branch, number) => (When: (Func<int, bool>)(x => (uint)x % 4 == number), Through: branch.Stage)).ToArray();
        return (Stage.Route(ways, otherwise.Stage), model => GraphModel.Merged([
            .. routes.Select((branch, number) => branch.Change(model.Where(ways[number].When))),
            .. hasDefault ? [otherwise.Change(model.Where(x => (uint)x % 4 >= ways.Length))] : Array.Empty<GraphModel>(),
        ]));
    }

    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) Partition(int depth)
    {
        var count = _random.Next(1, 4);
        _text.Append($"Partition({count})[");
        var branch = Branch(depth);
        _text.Append(']');
        return (Stage.Partition(x => x, count, branch.Stage),
            model => GraphModel.Merged([.. Enumerable.Range(0, count).Select(part => branch.Change(model.Where(x => StableHash.PartOf(x, count) == part)))]));
    }

    /// <summary>Models branches that are chosen by readiness: only operations that treat all items alike can be predicted. If branches
    /// end the others take over.</summary>
    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) Balance()
    {
        var degree = _random.Next(1, 4);
        _text.Append($"Balance({degree})[");
        var (stage, change) = ForEachItem();
        if (_random.Next(3) == 0)
        {
            var taken = _random.Next(5);
            _text.Append($" after Take({taken})");
            _endsEarly = true;
            var (behind, changeBehind) = (stage, change);
            stage = Stage.Take<int>(taken) | behind;
            change = model => changeBehind(model with { Count = model.Count is { } all ? Math.Min(all, taken * degree) : null });
        }

        _text.Append(']');
        return (Stage.Balance(degree, stage), model => change(model.Scattered()));
    }

    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change)[] SeveralBranches(int depth)
    {
        var branches = new (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change)[_random.Next(1, 4)];
        for (var i = 0; i < branches.Length; i++)
        {
            _text.Append(i > 0 ? "," : "");
            branches[i] = Branch(depth);
        }

        _text.Append(']');
        return branches;
    }

    private (Stage<int, int> Stage, Func<GraphModel, GraphModel> Change) Branch(int depth)
    {
        var (stage, change) = NextStage(depth + 1);
        while (_random.Next(3) == 0)
        {
            var (behind, changeBehind) = NextStage(depth + 1);
            var before = change;
            stage |= behind;
            change = model => changeBehind(before(model));
        }

        return (stage, change);
    }
}
