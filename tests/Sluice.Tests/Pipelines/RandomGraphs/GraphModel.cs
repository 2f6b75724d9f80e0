namespace Sluice.Tests;

/// <summary>The expected results of a random pipeline: rows of items that may be interleaved in any way.</summary>
/// <param name="Rows">Each row keeps its order. Null: it is not known which items come.</param>
/// <param name="Count">How many items come out of a run that nothing ends early. Null: that is not known.</param>
/// <param name="IsWhole">Whether all that comes out of a row is its beginning, so that nothing was lost in between.</param>
internal sealed record GraphModel(IReadOnlyList<int[]>? Rows, int? Count, bool IsWhole)
{
    private static readonly GraphModel s_unknown = new(null, null, IsWhole: false);

    /// <summary>Gets whether it says exactly what comes, in which order.</summary>
    internal bool IsExact => IsWhole && HasAll && Rows!.Count <= 1;

    /// <summary>Gets whether all the items come that it knows of.</summary>
    internal bool HasAll => Rows is not null && Count == Items.Count();

    internal IEnumerable<int> Items => Rows!.SelectMany(row => row);

    internal static GraphModel Exact(IEnumerable<int> items) => Of([[.. items]], isAll: true, isWhole: true);

    internal static GraphModel Merged(IReadOnlyList<GraphModel> models)
    {
        var count = models.All(model => model.Count is not null) ? models.Sum(model => model.Count) : null;
        return models.Any(model => model.Rows is null)
            ? OfCount(count)
            : Of(models.SelectMany(model => model.Rows!), isAll: false, models.All(model => model.IsWhole)) with { Count = count };
    }

    internal static GraphModel InARow(IReadOnlyList<GraphModel> models) =>
        models.All(model => model.IsExact) ? Exact(models.SelectMany(model => model.Items)) : Merged(models);

    internal static GraphModel OfCount(int? count) => s_unknown with { Count = count };

    internal static GraphModel Zipped(GraphModel first, GraphModel second, Func<int, int, int> zip) =>
        first.IsExact && second.IsExact ? Exact(first.Items.Zip(second.Items, zip)) : OfCount(first.Count is { } one && second.Count is { } other ? Math.Min(one, other) : null);

    /// <summary>Something that depends on the order of all items.</summary>
    internal GraphModel InOrder(Func<IEnumerable<int>, IEnumerable<int>> change, Func<GraphModel, GraphModel> otherwise) =>
        IsExact ? Exact(change(Items)) : otherwise(this);

    internal GraphModel Select(Func<int, int> selector) => this with { Rows = Rows?.Select(row => Array.ConvertAll(row, item => selector(item))).ToList() };

    internal GraphModel Where(Func<int, bool> passes) =>
        Rows is null ? s_unknown : Of(Rows.Select(row => Array.FindAll(row, item => passes(item))), HasAll, IsWhole);

    internal GraphModel Take(int count) => InOrder(items => items.Take(count), model => model with { Count = model.Count is { } all ? Math.Min(all, count) : null });

    internal GraphModel Skip(int count) =>
        InOrder(items => items.Skip(count), model => model with { Count = model.Count is { } all ? Math.Max(0, all - count) : null, IsWhole = false });

    /// <summary>Some of the items may be missing.</summary>
    internal GraphModel Some() => this with { Count = null, IsWhole = false };

    /// <summary>Only the items with one key keep their order.</summary>
    internal GraphModel ByKey(Func<int, int> key) => this with { Rows = Rows?.SelectMany(row => row.GroupBy(key).Select(group => group.ToArray())).ToList() };

    /// <summary>No item keeps its place.</summary>
    internal GraphModel Scattered() => this with { Rows = Rows is null ? null : [.. Items.Select(item => new[] { item })] };

    /// <summary>Throws unless these items may have come out; all of them, or as many as did until something ended the run.</summary>
    internal void Check(List<int> seen, bool all, string graph)
    {
        Assert.True(Count is not { } count || (all ? seen.Count == count : seen.Count <= count), $"Wrong number: {Came()}");
        if (Rows is null)
        {
            return;
        }

        var left = Items.CountBy(item => item).ToDictionary();
        Assert.True(seen.TrueForAll(item => left.TryGetValue(item, out var many) && (left[item] = many - 1) >= 0), $"Too often or unknown: {Came()}");
        if (left.Count < Items.Count())
        {
            return; // items that are alike cannot be told apart
        }

        var placeOf = Rows.SelectMany((row, number) => row.Select((item, index) => (item, (number, index)))).ToDictionary();
        var next = new int[Rows.Count];
        foreach (var (number, index) in seen.Select(item => placeOf[item]))
        {
            Assert.True(IsWhole ? index == next[number] : index >= next[number], $"Out of order, or lost: {Came()}");
            next[number] = index + 1;
        }

        string Came() => $"[{string.Join(' ', seen)}] came out of {graph}";
    }

    public override string ToString() => $"{(IsExact ? "exactly" : IsWhole ? "interleaved" : "some of")} {Count} [{(Rows is null ? "?" : string.Join(" | ", Rows.Select(row => string.Join(' ', row))))}]";

    /// <summary>Empty rows are left out, so that one row is left if there are no others.</summary>
    private static GraphModel Of(IEnumerable<int[]> rows, bool isAll, bool isWhole)
    {
        int[][] some = [.. rows.Where(row => row.Length > 0)];
        return new(some, isAll ? some.Sum(row => row.Length) : null, isWhole);
    }
}
