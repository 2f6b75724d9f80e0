namespace Sluice.Tests;

/// <summary>Graphs of very many nodes cost as much for each node as small ones.</summary>
/// <remarks>Where a cost is memory, it is counted. Elsewhere the graphs are so large that the square of their size would take minutes, against
/// less than a second.</remarks>
public sealed class LargeGraphTests
{
    private const int Few = 2_000;
    private const int Many = 100_000;

    private static readonly Stage<int, int> s_step = Stage.Select<int, int>(static item => item);

    [Fact]
    public void Equal_names_cost_the_same_for_each_node_however_many_there_are() =>
        AssertLinear(static count => Source.Merge([.. Enumerable.Repeat(Source.From([1]), count)]).To(Sink.Count<int>()));

    [Fact]
    public void Equal_names_that_look_like_numbered_ones_cost_the_same_for_each_node() =>
        AssertLinear(static count => Source.Merge([.. Enumerable.Range(0, count).Select(static i => Source.From([1]).Named($"x{(i % 2 == 0 ? "" : "-2")}"))]).To(Sink.Count<int>()));

    [Theory]
    [InlineData("behind")]
    [InlineData("before")]
    [InlineData("behind and named")]
    [InlineData("before and named")]
    [InlineData("behind and described")]
    public void Putting_stages_together_costs_the_same_for_each_stage_from_either_side(string how) =>
        AssertLinear(count =>
        {
            var row = s_step;
            for (var i = 1; i < count; i++)
            {
                row = how.StartsWith("behind", StringComparison.Ordinal) ? row | s_step : s_step | row;
                row = how.EndsWith("named", StringComparison.Ordinal) ? row.Named("x") : how.EndsWith("described", StringComparison.Ordinal) ? row.Described("y") : row;
            }

            Assert.Equal(count + 2, Source.From([1]).Through(row).To(Sink.Count<int>()).Graph.Nodes.Count);
        });

    [Fact]
    public void Putting_stages_together_keeps_their_order_and_what_each_was_called()
    {
        var (a, b, c, d) = (s_step.Named("a"), s_step.Named("b"), s_step.Named("c"), s_step.Named("d"));
        var left = a | b;
        var renamed = left.Named("B");

        Assert.Equal(["a", "b", "c"], Names((a | b) | c));
        Assert.Equal(["a", "b", "c"], Names(a | (b | c)));
        Assert.Equal(["a", "b", "c", "d"], Names((a | b) | (c | d)));
        Assert.Equal(["a", "B"], Names(renamed));
        Assert.Equal(["a", "b"], Names(left));
        Assert.Equal(["a", "B", "a", "C"], Names((renamed | (a | c)).Named("X").Named("C")));
        Assert.Equal(["a", "B", "d"], Names((renamed | c).Named("X") | d, without: "X"));

        static string[] Names(Stage<int, int> stages, string? without = null) => [.. stages.Specs.Select(static spec => spec.Name).Where(name => name != without)];
    }

    [Fact]
    public async Task A_hundred_thousand_sources_merge()
    {
        var pipeline = Source.Merge([.. Enumerable.Repeat(Source.From([1]), Many)]).To(Sink.Count<int>());

        Assert.Equal(Many, await Wait.For(pipeline.RunAsync()));
    }

    [Fact]
    public async Task A_hundred_thousand_sources_merge_and_fail()
    {
        var pipeline = Source.Merge([.. Enumerable.Range(0, Many).Select(static i => Source.Create<int>((_, _) => throw new FormatException($"{i}")))]).To(Sink.Count<int>());

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(pipeline.RunAsync()));
    }

    [Fact]
    public async Task A_hundred_thousand_sources_follow_one_another()
    {
        var pipeline = Source.From([1]).Concat([.. Enumerable.Repeat(Source.From([1]), Many)]).To(Sink.Count<int>());

        Assert.Equal(Many + 1, await Wait.For(pipeline.RunAsync()));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sources_that_follow_one_another_by_two_are_opened_in_their_order(bool leftToRight)
    {
        const int Count = 5_000;
        var opened = new List<int>();
        var sources = Enumerable.Range(0, Count).Select(i => Source.From(Open(i))).ToList();
        var all = leftToRight ? sources.Aggregate(static (before, next) => before.Concat(next)) : Enumerable.Reverse(sources).Aggregate(static (rest, next) => next.Concat(rest));

        Assert.Empty(await Wait.For(all.To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal(Enumerable.Range(0, Count), opened);

        IEnumerable<int> Open(int number)
        {
            opened.Add(number);
            yield break; // an item would go through all that comes behind, which is the square of the number by itself
        }
    }

    [Fact]
    public async Task A_source_that_waits_for_its_turn_behind_many_branches_is_counted_once()
    {
        var branches = Stage.Broadcast(s_step, s_step);
        var second = Enumerable.Range(0, 60).Aggregate(Source.From([7]), (source, _) => source.Through(branches).Distinct()); // more ways than can be walked

        Assert.Equal([1, 7], await Wait.For(Source.From([1]).Concat(second).To(Sink.ToList<int>()).RunAsync()));
    }

    [Fact]
    public async Task A_hundred_thousand_branches_end_one_by_one()
    {
        var ended = 0;
        var sinks = Enumerable.Range(0, Many).Select(i => Sink.Create<int>(async items =>
        {
            _ = await items.ReceiveAsync();
            ended++;
        }));

        await Wait.For(Source.From(new Numbers().Endless()).Broadcast([.. sinks]).RunAsync());

        Assert.Equal(Many, ended);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2_000)]
    public async Task Parts_elsewhere_cost_the_same_for_each_node(int parts)
    {
        var nodes = parts == 1 ? Many : parts;
        var source = Source.From([1]);
        for (var i = 0; i < nodes; i++)
        {
            source = source.Select(static item => item).Named("x");
            if (i % (nodes / parts) == 0)
            {
                source = source.On(Env.ThreadPool());
            }
        }

        var options = new RunOptions();
        foreach (var i in Enumerable.Range(2, nodes - 1))
        {
            options.Placement[$"x-{i}"] = Env.Inline;
        }

        Assert.Equal(1, await Wait.For(source.To(Sink.Count<int>()).RunAsync(options)));
    }

    private static void AssertLinear(Action<int> build)
    {
        build(10);
        var (few, twice) = (Cost(Few), Cost(2 * Few));

        Assert.InRange((double)twice / few, 1.5, 2.5);

        long Cost(int count)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            build(count);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }
}
