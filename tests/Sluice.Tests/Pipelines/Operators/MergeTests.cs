namespace Sluice.Tests;

public sealed class MergeTests : FanInContract
{
    protected override Source<int> Of(Source<int> first, Source<int> second) => first.Merge(second);

    protected override IEnumerable<int> Expected(int[] first, int[] second)
    {
        for (var i = 0; i < Math.Max(first.Length, second.Length); i++)
        {
            foreach (var item in first.Skip(i).Take(1).Concat(second.Skip(i).Take(1)))
            {
                yield return item; // they take turns
            }
        }
    }

    [Fact]
    public async Task Items_come_out_as_they_come_in_and_it_ends_with_the_last_source()
    {
        var run = Start();
        B.Push(1);
        A.Push(2, 3);
        A.End();
        B.Push(4);
        Assert.False(run.IsCompleted);
        B.End();

        Assert.Equal([1, 2, 3, 4], await Result(run));
    }

    [Fact]
    public async Task Sources_that_wait_at_each_item_lose_nothing_and_keep_their_order()
    {
        int[] first = [.. Enumerable.Range(1, 300)];
        int[] second = [.. Enumerable.Range(1001, 200)];
        int[] third = [.. Enumerable.Range(2001, 100)];
        var seen = new List<int>();
        await Wait.For(Source.Merge(Yielding(first), Yielding(second), Source.From(third)).To(Sink.ForEach<int>(async (item, _) =>
        {
            await Task.Yield();
            seen.Add(item);
        })).RunAsync());

        Assert.Equal(first, seen.Where(x => x <= 1000));
        Assert.Equal(second, seen.Where(x => x is > 1000 and <= 2000));
        Assert.Equal(third, seen.Where(x => x > 2000));
    }

    [Fact]
    public async Task It_may_have_one_source_or_be_merged_again()
    {
        Assert.Equal([1, 2], await ListOf(Source.Merge(Source.From([1, 2]))));
        Assert.Equal([1, 2], await ListOf(Source.From([1, 2]).Merge()));
        Assert.Equal([1, 1, 2, 3], (await ListOf(Source.From([1]).Merge(Source.From([2]).Merge(Source.From([3]), Source.From([1]))))).Order());
    }

    [Fact]
    public void No_source_at_all_is_refused_at_once()
    {
        Assert.Throws<ArgumentException>("sources", () => Source.Merge<int>());
        Assert.Throws<ArgumentNullException>("sources", () => Source.Merge((Source<int>[])null!));
        Assert.Throws<ArgumentException>("sources", () => Source.Merge(A.Source, null!));
        Assert.Throws<ArgumentNullException>("others", () => A.Source.Merge(null!));
    }

    [Fact]
    public void A_graph_shows_it_with_all_that_leads_to_it()
    {
        var graph = Source.Merge(Source.From([1]).Named("x"), Source.From([2]).Where(_ => true), Source.From([3]).Named("x")).To(Sink.Count<int>()).Graph;

        Assert.Equal(["x", "From", "Where", "x-2", "Merge", "Count"], graph.Nodes.Select(node => node.Name));
        Assert.Equal(["From Where", "Merge Count", "Where Merge", "x Merge", "x-2 Merge"], graph.Edges.Select(edge => $"{edge.From.Name} {edge.To.Name}").Order(StringComparer.Ordinal));
        Assert.Equal(NodeKind.FanIn, graph.Nodes[4].Kind);
    }

    [Fact]
    public void Mermaid_and_dot_draw_it()
    {
        var graph = Source.From([1]).Named("x").Merge(Source.From([2]).Named("y")).Named("both").To(Sink.Count<int>()).Graph;

        Assert.Equal(
            """
            flowchart LR
                n0(["x"])
                n1(["y"])
                n2{{"both"}}
                n3[["Count"]]
                n0 --> n2
                n1 --> n2
                n2 --> n3

            """,
            graph.ToMermaid());
        Assert.Contains("n2 [label=\"both\", shape=hexagon];", graph.ToDot(), StringComparison.Ordinal);
    }
}
