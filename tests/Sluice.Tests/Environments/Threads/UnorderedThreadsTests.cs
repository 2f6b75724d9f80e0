using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>Threads that any item may go to, with results as they are done.</summary>
public sealed class UnorderedThreadsTests
{
    [Theory]
    [InlineData(1, 1024)]
    [InlineData(2, 1024)]
    [InlineData(3, 8)]
    [InlineData(4, 1)]
    public async Task Every_item_arrives_once_and_all_threads_are_used(int count, int capacity)
    {
        var seen = await Wait.For(Source.From(Enumerable.Range(0, 5_000)).On(Env.Threads(count, ordered: false, capacity)).Select(static item => (item, Environment.CurrentManagedThreadId))
            .On(Env.Caller).To(Sink.ToList<(int Item, int Thread)>()).RunAsync());

        Assert.Equal(Enumerable.Range(0, 5_000), seen.Select(static item => item.Item).Order());
        Assert.Equal(count, seen.Select(static item => item.Thread).Distinct().Count());
    }

    [Fact]
    public async Task A_result_does_not_wait_for_an_item_that_takes_long()
    {
        using var lookout = new Lookout();
        var (post, arrived) = (lookout.Post, Channel.CreateUnbounded<int>());
        var run = Source.From(Enumerable.Range(0, 100)).On(Env.Threads(2, ordered: false, capacity: 2)).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await (item == 0 ? post.AskAsync("the first") : Task.CompletedTask);
                await next.SendAsync(item);
            }
        }).On(Env.Caller).To(Sink.WriteTo(arrived.Writer)).RunAsync();
        await lookout.Hears("the first");

        var others = new List<int>();
        while (others.Count < 90)
        {
            others.Add(await Wait.For(arrived.Reader.ReadAsync().AsTask(), $"one more than {others.Count} results"));
        }

        Assert.DoesNotContain(0, others);
        lookout.Allow("the first");
        await Wait.For(run);
        Assert.Equal(10, arrived.Reader.Count);
    }

    [Fact]
    public async Task A_sink_without_a_result_runs_in_each_thread_and_the_run_counts_all_of_them()
    {
        foreach (var pool in (Env[])[Env.Threads(3, ordered: false), Env.Threads(3), Env.Threads(3, static (int item) => item)])
        {
            var run = await Wait.For(Source.From(Enumerable.Range(0, 1_000)).On(pool).Select(static item => item + 1).To(Stages.Drain).StartAsync(new RunOptions { CountItems = true }));
            await Wait.For(run.Completion);

            Assert.Equal([("From", 0, 1_000), ("Select", 1_000, 1_000), ("Drain", 1_000, 0)], run.Nodes.Select(static node => (node.Name, (int)node.ItemsIn, (int)node.ItemsOut)));
            Assert.All(run.Nodes, static node => Assert.True(node.HasEnded));
        }
    }

    [Fact]
    public async Task A_failure_in_one_thread_ends_the_others_and_the_source()
    {
        foreach (var pool in (Env[])[Env.Threads(3, ordered: false, 8), Env.Threads(3, capacity: 8), Env.Threads(3, static (int item) => item, capacity: 8)])
        {
            var (numbers, ended) = (new Numbers(), 0);
            var run = Source.From(numbers.Endless()).On(pool).Through<int>(async (items, next) =>
            {
                try
                {
                    await Parts.FailAt(items, next, 500);
                }
                finally
                {
                    Interlocked.Increment(ref ended);
                }
            }, "bad").On(Env.Caller).To(Sink.Count<int>()).RunAsync();

            var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
            Assert.Equal(("failed at 500", "bad"), (error.Message, error.Data["Sluice.Stage"]));
            Assert.Single(run.Exception!.InnerExceptions);
            Assert.Equal((3, 1), (ended, numbers.Ended));
        }
    }

    [Fact]
    public async Task A_failure_ends_threads_that_wait_for_items_and_for_something_else()
    {
        foreach (var pool in (Env[])[Env.Threads(3, ordered: false), Env.Threads(3), Env.Threads(3, static (int item) => item)])
        {
            var items = Channel.CreateUnbounded<int>();
            var run = Source.From(items.Reader).On(pool).Through<int>(static async (items, next) =>
            {
                await foreach (var item in items)
                {
                    await (item != 9 ? Task.Delay(Timeout.Infinite, items.Cancellation) : Task.FromException(new FormatException("nine")));
                }
            }).On(Env.Caller).To(Sink.Count<int>()).RunAsync();
            Assert.True(items.Writer.TryWrite(9) && items.Writer.TryWrite(10)); // the same thread has both, or another one waits, as the third does

            Assert.Equal("nine", (await Assert.ThrowsAsync<FormatException>(() => Wait.For(run))).Message);
            Assert.Single(run.Exception!.InnerExceptions);
        }
    }

    [Fact]
    public async Task A_cancellation_ends_all_threads_while_everything_is_full()
    {
        foreach (var pool in (Env[])[Env.Threads(3, ordered: false, 4), Env.Threads(3, capacity: 4), Env.Threads(3, static (int item) => item, capacity: 4)])
        {
            using var cancellation = new CancellationTokenSource();
            var (arrived, numbers, ended) = (new Signal(), new Numbers(), 0);
            var run = Source.From(numbers.Endless()).On(pool).Through<int>(async (items, next) =>
            {
                try
                {
                    await Stages.Pass(items, next);
                }
                finally
                {
                    Interlocked.Increment(ref ended);
                }
            }).On(Env.Caller).To(async items =>
            {
                await items.ReceiveAsync();
                arrived.Set();
                await Task.Delay(Timeout.Infinite, items.Cancellation);
            }).RunAsync(cancellation.Token);
            await Wait.For(arrived.Task, "the first item");

            await cancellation.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
            Assert.Equal((3, 1), (ended, numbers.Ended));
        }
    }

    [Fact]
    public async Task A_sink_with_a_result_and_a_source_are_refused_before_anything_starts()
    {
        foreach (var pool in (Env[])[Env.Threads(2, ordered: false), Env.Threads(2), Env.Threads(2, static (int item) => item)])
        {
            var items = Source.From([1, 2, 3]);
            var result = await Assert.ThrowsAsync<InvalidOperationException>(() => items.On(pool).To(Sink.Count<int>()).RunAsync());
            Assert.All(["'Count'", "2 threads", "On(Env.Caller)"], text => Assert.Contains(text, result.Message, StringComparison.Ordinal));

            var source = await Assert.ThrowsAsync<InvalidOperationException>(() => items.To(Stages.Drain).RunAsync(new RunOptions { Placement = { ["From"] = pool } }));
            Assert.Contains("'From'", source.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Stages_that_merge_in_the_pool_may_take_from_several_places()
    {
        var merged = Source.From(Enumerable.Range(0, 500)).On(Env.Threads(3, ordered: false)).Merge(Source.From(Enumerable.Range(500, 500))).Select(static item => item + 1);
        Assert.Equal(Enumerable.Range(1, 1_000), (await Wait.For(merged.On(Env.Caller).To(Sink.ToList<int>()).RunAsync())).Order());
    }
}
