using System.Diagnostics;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>A run with a part there, seen from outside, and the context that it runs in.</summary>
public abstract partial class EnvironmentContract
{
    private static readonly AsyncLocal<string?> s_caller = new();

    [Fact]
    public async Task A_stop_ends_the_source_and_lets_through_all_that_was_sent()
    {
        var (post, numbers) = (Post, new Numbers());
        var run = await Wait.For(Back(There(Source.From(numbers.Endless()), Few).Through<int>(Stages.Pass)).To(async items =>
        {
            var count = 0;
            await foreach (var item in items)
            {
                Assert.Equal(++count, item);
                if (count == 100)
                {
                    await post.AskAsync("a hundred");
                }
            }

            return count;
        }).StartAsync());
        await _lookout.Hears("a hundred");

        var stop = run.StopAsync(Timeout.InfiniteTimeSpan);
        _lookout.Allow("a hundred");

        Assert.True((await Wait.For(stop)).IsClean);
        Assert.Equal(numbers.Produced, await Wait.For(run.Completion));
    }

    [Fact]
    public async Task A_stop_that_does_not_wait_cancels_and_names_the_stage_there()
    {
        var post = Post;
        var run = await Wait.For(There(Numbered(1000)).To(items => Parts.Ask(items, post), "asks").StartAsync());
        await _lookout.Hears("item 0");

        var abandoned = (await Wait.For(run.StopAsync(TimeSpan.Zero))).Abandoned;

        Assert.Contains(abandoned, static node => node.Name == "asks");
        Assert.True(run.Completion.IsCanceled);
    }

    [Fact]
    public async Task Counts_cover_the_part_there()
    {
        var run = await Wait.For(Back(There(Numbered(100)).Through<int>(Stages.Pass, "there")).To(Parts.CountInOrder, "here").StartAsync(new RunOptions { CountItems = true }));
        await Wait.For(run.Completion);

        Assert.All(run.Nodes, static node => Assert.True(node.HasEnded));
        var there = Assert.Single(run.Nodes, static node => node.Name == "there");
        Assert.Equal((100, 100, 0), (there.ItemsIn, there.ItemsOut, there.ItemsInFlight));
        Assert.Equal(100, Assert.Single(run.Nodes, static node => node.Name == "here").ItemsIn);
        Assert.Contains("there: completed; in 100, out 100", run.Describe());
        Assert.Equal(run.Nodes.Count, run.Describe().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task A_description_says_what_a_stage_there_does_while_it_runs()
    {
        var post = Post;
        var run = await Wait.For(There(Numbered(1)).To(items => Parts.Ask(items, post), "asks").StartAsync());
        await _lookout.Hears("item 0");

        await Wait.Until(() => run.Describe().Contains("asks: handles an item", StringComparison.Ordinal), "the stage's state");

        _lookout.Allow("item 0");
        await Wait.For(run.Completion);
        Assert.Contains("asks: completed", run.Describe());
    }

    [Fact]
    public async Task Runs_of_one_pipeline_at_the_same_time_do_not_mix()
    {
        var pipeline = Back(There(Numbered(2000), Few).Through<long>(Parts.Totals)).To(Sink.ToList<long>());
        var expected = Enumerable.Range(0, 2000).Select(static i => i * (i + 1) / 2L).Append(-1);

        var runs = Enumerable.Range(0, 4).Select(_ => pipeline.RunAsync()).ToList();

        foreach (var run in runs)
        {
            Assert.Equal(expected, await Wait.For(run));
        }
    }

    [Fact]
    public async Task Stages_see_the_context_of_whoever_started_the_run_and_leave_it_alone()
    {
        s_caller.Value = "caller";
        using var activity = new Activity("run").Start();
        var seen = new List<string>();
        Assert.Equal(3, await Wait.For(Back(There(Numbered(3)).Through<string?>(static async (items, next) =>
        {
            await foreach (var _ in items)
            {
                await next.SendAsync(s_caller.Value + Activity.Current?.OperationName);
                s_caller.Value = "there";
            }
        })).To(async items =>
        {
            await foreach (var item in items)
            {
                seen.Add($"{s_caller.Value}{Activity.Current?.OperationName}/{item}");
            }

            return seen.Count;
        }).RunAsync()));

        Assert.Equal(_place.IsRemote ? "callerrun/" : "callerrun/callerrun", seen[0]);
        Assert.Equal("caller", s_caller.Value);
        Assert.Same(activity, Activity.Current);
    }
}
