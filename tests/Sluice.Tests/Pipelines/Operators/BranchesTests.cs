namespace Sluice.Tests;

/// <summary>Branches that merge again behind a route, a partition or a balance.</summary>
public sealed class BranchesTests
{
    private readonly Source<int> _source = Source.From(Enumerable.Range(1, 9));

    [Fact]
    public async Task A_route_sends_each_item_through_the_branch_of_the_first_condition_that_holds()
    {
        var items = await Run(_source.Route(
            [(n => n % 3 == 0, Stage.Select<int, string>(n => $"three {n}")), (n => n % 2 == 0, Stage.Select<int, string>(n => $"even {n}"))],
            otherwise: Stage.Select<int, string>(n => $"{n}")));

        Assert.Equal(["1", "even 2", "three 3", "even 4", "5", "three 6", "7", "even 8", "three 9"], items);
    }

    [Fact]
    public async Task A_route_without_a_branch_for_the_others_counts_them_or_fails()
    {
        var others = 0;
        Assert.Equal([3, 6, 9], await Run(_source.Route([(n => n % 3 == 0, Stage.Skip<int>(0))], onUnmatched: _ => others++)));
        Assert.Equal(6, others);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Run(_source.Route([(n => n < 5, Stage.Skip<int>(0))], unmatched: Unmatched.Fail)));
        Assert.Equal("Route", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_partition_keeps_a_key_in_one_branch()
    {
        var items = await Run(_source.Partition(n => n % 4, 3, Stage.Scan<int, List<int>>([], (seen, n) => [.. seen, n])));

        Assert.Equal(9, items.Count);
        var longest = items.GroupBy(seen => seen[0]).Select(branch => branch.MaxBy(seen => seen.Count)!).ToList();
        Assert.Equal(Enumerable.Range(1, 9), longest.SelectMany(seen => seen).Order());
        Assert.All(longest, seen => Assert.Equal(seen.Order(), seen));
        Assert.Equal(4, longest.SelectMany((seen, branch) => seen.Select(n => (n % 4, branch))).Distinct().Count());
    }

    [Fact]
    public async Task A_balance_gives_the_next_item_to_a_branch_that_is_ready()
    {
        var gates = Enumerable.Range(0, 10).Select(_ => new Signal()).ToArray();
        var run = Run(_source.Balance(3, Stage.Create<int, int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await gates[item].Task;
                await next.SendAsync(item);
            }
        })));

        foreach (var item in (int[])[3, 2, 4, 1, 5, 6, 7, 8, 9])
        {
            gates[item].Set();
        }

        Assert.Equal(Enumerable.Range(1, 9), (await run).Order());
    }

    [Fact]
    public async Task Branches_of_branches_and_an_early_end_behind_them()
    {
        var inner = Stage.Balance(2, Stage.Select<int, int>(n => n * 10));
        var endless = Source.From(Enumerable.Range(1, int.MaxValue));

        Assert.Equal([10, 2, 30, 4], await Run(endless.Route([(n => n % 2 == 1, inner)], Stage.Skip<int>(0)).Take(4)));
    }

    [Fact]
    public void The_graph_shows_the_branches_and_where_they_merge()
    {
        var graph = _source.Partition(n => n, 2, Stage.Take<int>(1)).Named("shards").To(Sink.Count<int>()).Graph;

        Assert.Equal(["From", "shards", "Take", "Take-2", "Merge", "Count"], graph.Nodes.Select(node => node.Name));
        Assert.Equal([NodeKind.FanOut, NodeKind.FanIn], [graph.Nodes[1].Kind, graph.Nodes[4].Kind]);
        Assert.Equal(
            ["From -> shards", "Merge -> Count", "Take -> Merge", "Take-2 -> Merge", "shards -> Take", "shards -> Take-2"],
            graph.Edges.Select(edge => $"{edge.From} -> {edge.To}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Stage.Balance(0, Stage.Take<int>(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stage.Partition((int n) => n, 0, Stage.Take<int>(1)));
        Assert.Throws<ArgumentException>(() => Stage.Route<int, int>([]));
        Assert.Throws<ArgumentException>(() => Stage.Broadcast<int, int>());
    }

    private static async Task<List<T>> Run<T>(Source<T> source) => await Wait.For(source.To(Sink.ToList<T>()).RunAsync());
}
