using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>Pipelines that branch and come together there, and across the boundary.</summary>
public abstract partial class EnvironmentContract
{
    private static readonly Stage<int, int> s_evens = Stage.Create<int, int>(static (items, next) => Stages.Filter(items, next, static item => item % 2 == 0)).Named("evens");
    private static readonly Stage<int, int> s_odds = Stage.Create<int, int>(static (items, next) => Stages.Filter(items, next, static item => item % 2 != 0)).Named("odds");

    [Fact]
    public async Task Branches_there_share_a_target_there_that_ends_when_all_of_them_have()
    {
        Assert.Equal(Enumerable.Range(0, 1000), await Wait.For(Last(There(Numbered(1000)).Broadcast(s_evens, s_odds)).To(Sink.ToList<int>()).RunAsync()));
    }

    [Fact]
    public async Task Branches_there_and_here_share_a_target_here()
    {
        var pipeline = Back(There(Numbered(1000)).Broadcast(s_evens, s_odds)).To(Sink.ToList<int>());
        var options = new RunOptions { Placement = { ["odds"] = Env.Caller } };
        if (!_place.TakesSeveralInputs)
        {
            await AssertRefused(() => pipeline.RunAsync(options), "'From'", "'odds'", "ordered: false"); // they merge there
            return;
        }

        var seen = await Wait.For(pipeline.RunAsync(options));

        Assert.Equal(Enumerable.Range(0, 1000), seen.Order());
        Assert.Equal(Enumerable.Range(0, 500).Select(static i => 2 * i), seen.Where(static item => item % 2 == 0));
        Assert.Equal(Enumerable.Range(0, 500).Select(static i => (2 * i) + 1), seen.Where(static item => item % 2 != 0));
    }

    [Fact]
    public async Task Sources_here_merge_there_each_in_its_order()
    {
        var merged = There(Numbered(1000)).Merge(Source.From(Enumerable.Range(1000, 1000)), There(Source.From(Enumerable.Range(2000, 1000))).Through<int>(Stages.Pass));
        var pipeline = Last(merged).To(Sink.ToList<int>());
        if (!_place.TakesSeveralInputs)
        {
            await AssertRefused(() => pipeline.RunAsync(), "'From'", "ordered: false");
            return;
        }

        var seen = await Wait.For(pipeline.RunAsync());

        Assert.Equal(Enumerable.Range(0, 3000), seen.Order());
        Assert.All(seen.GroupBy(static item => item / 1000), static one => Assert.Equal(one.Order(), one));
    }

    [Fact]
    public async Task Parts_there_zip_here_and_sources_here_zip_there()
    {
        var (a, b) = (There(Numbered(500), Few).Select(static item => item + 1), There(Numbered(700), Few).Select(static item => -item));
        Assert.Equal(Enumerable.Repeat(1, 500), await ListOf(Back(a).Zip(Back(b), static (x, y) => x + y)));
        var pipeline = Last(There(Numbered(500), Few).Zip(Numbered(700), static (x, y) => x + y)).To(Sink.ToList<int>());
        if (!_place.TakesSeveralInputs)
        {
            await AssertRefused(() => pipeline.RunAsync(), "'From'", "ordered: false");
            return;
        }

        Assert.Equal(Enumerable.Range(0, 500).Select(static item => 2 * item), await Wait.For(pipeline.RunAsync()));
    }

    [Fact]
    public async Task Coroutines_for_each_key_run_there()
    {
        var sums = await ListOf(Back(There(Numbered(100)).ForEachKey<int, int, (int, int)>(static item => item % 3, Parts.Sum)));
        Assert.Equal([(0, 1683), (1, 1617), (2, 1650)], sums);
    }

    [Fact]
    public async Task Partitions_there_keep_the_order_of_each_key()
    {
        var seen = await ListOf(Back(There(Numbered(1000)).Partition(static item => item % 10, 3, Stage.Create<int, int>(Stages.Pass))));
        Assert.Equal(Enumerable.Range(0, 1000), seen.Order());
        Assert.All(seen.GroupBy(static item => item % 10), static key => Assert.Equal(key.Order(), key));
    }

    [Fact]
    public async Task A_loop_there_ends_when_its_input_has_and_nothing_is_in_it()
    {
        var seen = await ListOf(Back(There(Source.From([8, 3, 12, 1])).Feedback<int, int>(Parts.Halve, 4, OnFull.Fail)));
        Assert.Equal([1, 3, 3, 1], seen);
    }

    [Fact]
    public async Task The_same_environment_twice_with_the_caller_between_is_one_place()
    {
        var env = _place.Make(Few);
        var source = _place.Enter(Numbered(1000), env, Few).Select(static item => item + 1);
        source = _place.Enter(Back(source).Select(static item => 2 * item), env, Few).Select(static item => item - 1);
        Assert.Equal(Enumerable.Range(0, 1000).Select(static item => (2 * item) + 1), await ListOf(Back(source)));
    }

    [Fact]
    public async Task A_placement_moves_single_nodes_by_name_without_another_result()
    {
        var pipeline = Numbered(1000).Select(static item => item + 1).Named("add").Through<long>(Parts.Totals, "totals").To(Sink.ToList<long>().Named("list"));
        var expected = await Wait.For(pipeline.RunAsync());

        Assert.Equal(expected, await Wait.For(pipeline.RunAsync(new RunOptions { Placement = { ["totals"] = _place.Make(Few) } })));
        var env = _place.Make(Few);
        Assert.Equal(expected, await Wait.For(pipeline.RunAsync(new RunOptions { Placement = { ["add"] = env, [_place.TakesEnds ? "list" : "totals"] = env } })));
    }

    [Fact]
    public async Task A_placement_of_a_name_that_no_node_has_is_an_error_that_lists_the_names()
    {
        var numbers = new Numbers();
        var pipeline = Source.From(numbers.Endless()).Named("numbers").Select(static item => item).Named("work").To(Sink.ToList<int>());

        var error = await Assert.ThrowsAsync<ArgumentException>(() => pipeline.RunAsync(new RunOptions { Placement = { ["wrok"] = _place.Make(Few) } }));

        Assert.Contains("'wrok'", error.Message);
        Assert.All(["numbers", "work", "ToList"], name => Assert.Contains(name, error.Message));
        Assert.Equal(0, numbers.Produced);
    }
}
