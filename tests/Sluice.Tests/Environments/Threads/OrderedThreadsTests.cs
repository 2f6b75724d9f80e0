using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>Threads that any item may go to, with results in the order of the items.</summary>
public sealed class OrderedThreadsTests
{
    private static Task<List<T>> Run<T>(Source<T> source) => Wait.For(source.On(Env.Caller).To(Sink.ToList<T>()).RunAsync());

    [Theory]
    [InlineData(1, 1024)]
    [InlineData(2, 1024)]
    [InlineData(3, 8)]
    [InlineData(4, 1)]
    public Task Pure_work_of_any_length_keeps_the_order_and_uses_all_threads(int count, int capacity) => Seed.Run(17, async random =>
    {
        var length = random.GetItems([0, 1, 5, 100, 2_000], 3_000);
        var seen = await Run(Source.From(Enumerable.Range(0, 3_000)).On(Env.Threads(count, capacity: capacity)).Select(item =>
        {
            Thread.SpinWait(length[item]);
            return (item, Environment.CurrentManagedThreadId);
        }));

        Assert.Equal(Enumerable.Range(0, 3_000), seen.Select(static item => item.item));
        Assert.Equal(count, seen.Select(static item => item.CurrentManagedThreadId).Distinct().Count());
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Stages_that_send_nothing_or_many_for_an_item_and_wait_in_between_keep_the_order(int count)
    {
        var seen = await Run(Source.From(Enumerable.Range(0, 2_000)).On(Env.Threads(count, capacity: 16)).Where(static item => item % 3 != 0).Through<(int Item, int Part)>(static async (items, next) =>
        {
            await foreach (var item in items)
            {
                for (var part = 0; part < item % 7; part++)
                {
                    await (item % 50 == 1 ? Parts.BeAway() : Task.CompletedTask);
                    await next.SendAsync((item, part));
                }
            }
        }));

        Assert.Equal(Enumerable.Range(0, 2_000).Where(static item => item % 3 != 0).SelectMany(static item => Enumerable.Range(0, item % 7).Select(part => (item, part))), seen);
    }

    [Fact]
    public async Task An_item_that_takes_long_holds_up_the_results_behind_it_and_not_their_work()
    {
        using var lookout = new Lookout();
        var post = lookout.Post;
        var run = Run(Source.From([0, 1, 2, 3, 4, 5]).On(Env.Threads(2)).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                if (item == 0)
                {
                    await post.AskAsync("the first");
                }

                post.Say($"done {item}");
                await next.SendAsync(item);
            }
        }));
        await lookout.Hears("the first");
        await lookout.Hears("done 5");
        Assert.DoesNotContain("done 0", lookout.Heard);

        lookout.Allow("the first");

        Assert.Equal([0, 1, 2, 3, 4, 5], await run);
    }

    [Fact]
    public async Task A_result_arrives_though_no_other_item_follows()
    {
        var (items, arrived) = (Channel.CreateUnbounded<int>(), Channel.CreateUnbounded<int>());
        var run = Source.From(items.Reader).On(Env.Threads(3)).Select(static item => item).On(Env.Caller).To(Sink.WriteTo(arrived.Writer)).RunAsync();
        for (var i = 0; i < 200; i++)
        {
            Assert.True(items.Writer.TryWrite(i));
            Assert.Equal(i, await Wait.For(arrived.Reader.ReadAsync().AsTask(), $"item {i}"));
        }

        items.Writer.Complete();
        await Wait.For(run);
    }

    [Fact]
    public async Task What_stages_send_at_the_end_of_the_input_comes_thread_by_thread()
    {
        var seen = await Run(Source.From(Enumerable.Range(0, 9)).On(Env.Threads(3)).Through<int>(static async (items, next) =>
        {
            var all = new List<int>();
            await foreach (var item in items)
            {
                all.Add(item);
                await next.SendAsync(item);
            }

            foreach (var item in all)
            {
                await next.SendAsync(-item);
            }
        }));

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 0, -3, -6, -1, -4, -7, -2, -5, -8], seen);
    }

    [Fact]
    public async Task Stages_that_send_later_than_they_ask_lose_the_order_and_no_item()
    {
        var seen = await Run(Source.From(Enumerable.Range(0, 1_000)).On(Env.Threads(3)).Chunk(7).SelectMany(static chunk => chunk));
        Assert.Equal(Enumerable.Range(0, 1_000), seen.Order());
    }

    [Fact]
    public async Task A_thread_that_wants_no_more_leaves_the_rest_to_the_others_in_order()
    {
        var seen = await Run(Source.From(Enumerable.Range(0, 3_000)).On(Env.Threads(3, capacity: 4)).TakeWhile(static item => item != 4));
        Assert.Equal([0, 1, 2, 3, 5], seen.Take(5));
        Assert.Equal(seen.Order(), seen);
        Assert.Equal(seen.Distinct(), seen);
        Assert.DoesNotContain(4, seen);
        Assert.InRange(seen.Count, 3_000 - 20, 2_999);

        var numbers = new Numbers();
        Assert.Equal([1, 2, 3, 4, 5, 6], await Run(Source.From(numbers.Endless()).On(Env.Threads(3, capacity: 4)).Take(2)));
        Assert.Equal(1, numbers.Ended);
    }

    [Fact]
    public async Task A_Take_behind_ends_all_threads_and_the_source()
    {
        var numbers = new Numbers();
        Assert.Equal([1, 2, 3, 4, 5], await Wait.For(Source.From(numbers.Endless()).On(Env.Threads(3, capacity: 4)).Select(static item => item).On(Env.Caller).Take(5).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal(1, numbers.Ended);
        Assert.InRange(numbers.Produced, 5, 100);
    }

    [Fact]
    public async Task A_failure_comes_behind_the_results_of_the_items_before_it()
    {
        var seen = new List<int>();
        var run = Source.From(Enumerable.Range(0, 1_000)).On(Env.Threads(3)).Through<int>(static (items, next) => Parts.FailAt(items, next, 100), "bad").On(Env.Caller).To(items => Stages.Collect(items, seen)).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(("failed at 100", "bad"), (error.Message, error.Data["Sluice.Stage"]));
        Assert.Single(run.Exception!.InnerExceptions);
        Assert.Equal(Enumerable.Range(0, 100), seen);
    }

    [Fact]
    public async Task Errors_that_are_thrown_in_keep_their_places_on_both_sides()
    {
        var seen = await Run(Source.From(Enumerable.Range(0, 60)).Through<int>(static async (items, next) =>
        {
            await foreach (var item in items)
            {
                await (item % 10 == 4 ? next.ThrowAsync(new FormatException($"not {item}")) : next.SendAsync(item));
            }
        }).On(Env.Threads(3)).Through<string>(static async (items, next) =>
        {
            while (true)
            {
                try
                {
                    var item = await items.ReceiveAsync();
                    await (item % 10 == 7 ? next.ThrowAsync(new FormatException($"no {item}")) : next.SendAsync($"{item}"));
                }
                catch (FormatException error)
                {
                    await next.SendAsync(error.Message);
                }
            }
        }).On(Env.Caller).Through<string>(static async (items, next) =>
        {
            while (true)
            {
                var text = "";
                try
                {
                    text = await items.ReceiveAsync();
                }
                catch (FormatException error)
                {
                    text = error.Message;
                }

                await next.SendAsync(text);
            }
        }));

        Assert.Equal(Enumerable.Range(0, 60).Select(static item => (item % 10) switch { 4 => $"not {item}", 7 => $"no {item}", _ => $"{item}" }), seen);
    }

    [Fact]
    public async Task Several_stages_and_branches_in_the_pool_keep_the_order_of_the_items()
    {
        var branch = Stage.Select<int, int>(static item => item * 10);
        var seen = await Run(Source.From(Enumerable.Range(0, 1_000)).On(Env.Threads(3)).Select(static item => item + 1).Broadcast(branch, Stage.Select<int, int>(static item => (item * 10) + 1)).Select(static item => item));
        Assert.Equal(Enumerable.Range(1, 1_000).SelectMany(static item => new[] { item * 10, (item * 10) + 1 }), seen);
    }

    [Fact]
    public async Task Stages_that_are_in_the_same_pool_twice_keep_the_order_in_each()
    {
        var pool = Env.Threads(3, capacity: 8);
        var seen = await Run(Source.From(Enumerable.Range(0, 2_000)).On(pool).Select(static item => item + 1).On(Env.Caller).Select(static item => item * 2).On(pool).Select(static item => item - 1));
        Assert.Equal(Enumerable.Range(0, 2_000).Select(static item => ((item + 1) * 2) - 1), seen);
    }

    [Fact]
    public async Task Pools_behind_each_other_keep_the_order_of_an_ordered_one()
    {
        var ordered = Source.From(Enumerable.Range(0, 2_000)).On(Env.Threads(3, capacity: 16)).Select(static item => item);
        Assert.Equal(Enumerable.Range(0, 2_000), await Run(ordered.On(Env.Threads(2, capacity: 8)).Select(static item => item)));

        var keyed = await Run(ordered.On(Env.Threads(2, static (int item) => item % 5)).Select(static item => item));
        Assert.All(keyed.GroupBy(static item => item % 5), static key => Assert.Equal(key.Order(), key));
        Assert.Equal(Enumerable.Range(0, 2_000), keyed.Order());

        var behindKeys = await Run(Source.From(Enumerable.Range(0, 2_000)).On(Env.Threads(3, static (int item) => item % 5)).Select(static item => item).On(Env.Threads(2, capacity: 8)).Select(static item => item));
        Assert.All(behindKeys.GroupBy(static item => item % 5), static key => Assert.Equal(key.Order(), key));
        Assert.Equal(Enumerable.Range(0, 2_000), behindKeys.Order());
    }

    [Fact]
    public async Task A_pool_that_takes_from_two_places_is_refused_with_what_to_do()
    {
        var pool = Env.Threads(2);
        var zipped = Source.From([1, 2]).On(pool).Zip(Source.Interval(TimeSpan.FromDays(1)).Named("other"), static (item, _) => item);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Run(zipped));
        Assert.All(["'From'", "'other'", "2 threads", "ordered: false"], text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Counts_are_those_of_all_threads_and_a_placement_by_name_is_the_same()
    {
        var pipeline = Source.From(Enumerable.Range(0, 1_000)).Where(static item => item % 2 == 0).Named("even").Select(static item => item + 1).Named("add").To(Sink.ToList<int>());
        var pool = Env.Threads(3);
        var run = await Wait.For(pipeline.StartAsync(new RunOptions { CountItems = true, Placement = { ["even"] = pool, ["add"] = pool, ["ToList"] = Env.Caller } }));

        Assert.Equal(Enumerable.Range(0, 500).Select(static item => (2 * item) + 1), await Wait.For(run.Completion));
        Assert.Equal([("From", 0, 1_000), ("even", 1_000, 500), ("add", 500, 500), ("ToList", 500, 0)], run.Nodes.Select(static node => (node.Name, (int)node.ItemsIn, (int)node.ItemsOut)));
        Assert.All(run.Nodes, static node => Assert.True(node.HasEnded));
    }

    [Fact]
    public async Task A_source_behind_an_ordered_pool_starts_when_the_pool_has_ended()
    {
        var first = Source.From(Enumerable.Range(0, 100)).On(Env.Threads(2)).Select(static item => item).On(Env.Caller);
        var second = Source.From(Enumerable.Range(100, 100)).On(Env.Threads(3)).Select(static item => item).On(Env.Caller);
        Assert.Equal(Enumerable.Range(0, 200), await Run(first.Concat(second)));
    }
}
