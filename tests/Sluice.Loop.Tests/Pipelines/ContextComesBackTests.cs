using System.Collections.Concurrent;
using System.Diagnostics;

namespace Sluice.Tests;

/// <summary>Changes that a waiting stage makes to its context stay within its handling of the item: its sender goes on in the
/// context that it had, and each item begins in that of its own sender.</summary>
public sealed class ContextComesBackTests
{
    private const int Items = 100;

    private static readonly AsyncLocal<string?> s_local = new();

    public static TheoryData<string> Shapes => [.. Shape.Keys];

    /// <summary>From a source of numbers through stages that change the context, to the end. The given stage is in it at least once.</summary>
    private static Dictionary<string, Func<Source<int>, Func<Inbox<int>, Target<int>, Coroutine>, Func<Task>>> Shape { get; } = new()
    {
        ["one stage"] = (source, stage) => () => source.Through<int>(stage).To(Stages.Drain).RunAsync(),
        ["behind operators"] = (source, stage) => () => source.Where(static n => n >= 0).Through<int>(stage).Select(static n => n).To(Stages.Drain).RunAsync(),
        ["behind a stage that does not wait"] = (source, stage) => () => source.Through<int>(Stages.Pass).Through<int>(stage).To(Stages.Drain).RunAsync(),
        ["before a stage that waits"] = (source, stage) => () => source.Through<int>(stage).Through<int>(Yielding).To(Stages.Drain).RunAsync(),
        ["merge"] = (source, stage) => () => source.Merge(source).Through<int>(stage).To(Stages.Drain).RunAsync(),
        ["broadcast"] = (source, stage) => () => source.Broadcast(Stage.Create(stage) | Sink.Create<int>(Stages.Drain), Stage.Create(stage) | Sink.Create<int>(Stages.Drain)).RunAsync(),
        ["balance"] = (source, stage) => () => source.Balance(3, Stage.Create(stage)).To(Stages.Drain).RunAsync(),
        ["keyed"] = (source, stage) => () => source.ForEachKey<int, int, int>(static n => n % 3, (_, items, next) => stage(items, next)).To(Stages.Drain).RunAsync(),
        ["guarded"] = (source, stage) => () => source.Through(Stage.Create(stage).OnError(ErrorPolicy.Skip)).To(Stages.Drain).RunAsync(),
        ["child"] = (source, stage) => () => source.Through<int>(async (items, next) => await stage(items, next)).To(Stages.Drain).RunAsync(),
        ["thread"] = (source, stage) => () => source.Through<int>(stage).On(Env.Thread()).To(Stages.Drain).RunAsync(),
        ["thread pool"] = (source, stage) => () => source.Through<int>(stage).On(Env.ThreadPool()).To(Stages.Drain).RunAsync(),
        ["loop"] = (source, stage) => () => Task.Run(() => EventLoop.Run(() => source.Through<int>(stage).To(Stages.Drain).RunAsync())),
    };

    /// <summary>The strand is entered by the thread that brings a stage back, with what that thread has in its context then.</summary>
    [Fact]
    public async Task A_source_that_opens_later_begins_in_the_context_of_the_run_and_not_in_that_of_a_stage()
    {
        s_local.Value = "caller";
        var begins = new ConcurrentQueue<string?>();

        await Wait.For(Opening().Concat(Opening(), Opening()).Through<int>(SendFromTask).To(Stages.Drain).RunAsync());

        Assert.Equal(["caller", "caller", "caller"], begins);

        Source<int> Opening() => Source.Create<int>(async (next, _) =>
        {
            begins.Enqueue(s_local.Value);
            await next.SendAsync(1);
        });

        static async Coroutine SendFromTask(Inbox<int> items, Target<int> next)
        {
            await foreach (var item in items)
            {
                s_local.Value = "stage";
                await Task.Run(async () => await next.SendAsync(item));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Each_item_begins_in_the_context_of_its_sender(string shape)
    {
        var begins = new ConcurrentQueue<(int Item, string? Value)>();
        s_local.Value = "caller";

        await Wait.For(Shape[shape](Numbers(), Change)());

        Assert.Equal("caller", s_local.Value);
        Assert.True(begins.Count >= Items);
        Assert.All(begins, begin => Assert.Equal($"source {begin.Item}", begin.Value));

        // Across threads no context goes along with an item.
        Source<int> Numbers() => shape.StartsWith("thread", StringComparison.Ordinal) ? Source.From([.. Enumerable.Range(0, Items)]) : Source.Create<int>(Produce);

        async Coroutine Produce(Target<int> next, CancellationToken cancellation)
        {
            for (var i = 0; i < Items; i++)
            {
                s_local.Value = $"source {i}";
                await next.SendAsync(i);
                Assert.Equal($"source {i}", s_local.Value);
            }
        }

        async Coroutine Change(Inbox<int> items, Target<int> next)
        {
            await foreach (var item in items)
            {
                var began = s_local.Value;
                begins.Enqueue((item, began == "caller" && shape.StartsWith("thread", StringComparison.Ordinal) ? $"source {item}" : began));
                s_local.Value = $"stage {item}";
                await Task.Yield();
                Assert.Equal($"stage {item}", s_local.Value);
                await next.SendAsync(item);
                Assert.Equal($"stage {item}", s_local.Value);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task An_activity_held_over_a_wait_is_no_parent_of_the_next_items_activity(string shape)
    {
        var parents = new ConcurrentQueue<Activity?>();
        using var run = new Activity("run");
        run.Start();

        await Wait.For(Shape[shape](Source.From([.. Enumerable.Range(0, Items)]), Trace)());

        Assert.Same(run, Activity.Current);
        Assert.True(parents.Count >= Items);
        Assert.All(parents, parent => Assert.Same(run, parent));

        async Coroutine Trace(Inbox<int> items, Target<int> next)
        {
            await foreach (var item in items)
            {
                using var activity = new Activity("item");
                activity.Start();
                parents.Enqueue(activity.Parent);
                await Task.Yield();
                Assert.Same(activity, Activity.Current);
                await next.SendAsync(item);
                Assert.Same(activity, Activity.Current);
            }
        }
    }

    [Fact]
    public async Task Items_of_a_chunk_begin_in_the_context_of_the_source_also_after_a_change_that_is_not_undone()
    {
        var begins = new List<string?>();
        s_local.Value = "caller";

        await Wait.For(Source.From([.. Enumerable.Range(0, Items)]).To(async items =>
        {
            await foreach (var item in items)
            {
                begins.Add(s_local.Value);
                s_local.Value = $"stage {item}";
                await Task.Yield();
            }
        }).RunAsync());

        Assert.Equal(Enumerable.Repeat("caller", Items), begins);
    }

    [Fact]
    public async Task A_stage_that_starts_a_child_and_does_not_await_it_goes_on_in_its_own_context()
    {
        var seen = new List<string?>();
        await Wait.For(Source.From([1, 2, 3]).To(async items =>
        {
            await foreach (var item in items)
            {
                s_local.Value = $"stage {item}";
                var child = Change();
                seen.Add(s_local.Value);
                await child;
            }
        }).RunAsync());

        Assert.Equal(["stage 1", "stage 2", "stage 3"], seen);

        static async Coroutine Change()
        {
            s_local.Value = "child";
            await Task.Yield();
            Assert.Equal("child", s_local.Value);
        }
    }

    [Fact]
    public async Task A_stage_goes_on_in_its_own_context_while_a_send_of_its_is_pending()
    {
        var seen = new List<string?>();
        var target = Target.Start<int>(async outer =>
        {
            var inner = Target.Start<int>(Change);
            await foreach (var item in outer)
            {
                s_local.Value = $"stage {item}";
                var sent = inner.SendAsync(item);
                seen.Add(s_local.Value);
                await sent;
                seen.Add(s_local.Value);
                var thrown = inner.ThrowAsync(new FormatException());
                seen.Add(s_local.Value);
                await thrown;
                seen.Add(s_local.Value);
            }

            var closed = inner.CloseAsync();
            seen.Add(s_local.Value);
            await closed;
        });

        s_local.Value = "test";
        await Wait.For(target.SendAsync(1));
        await Wait.For(target.CloseAsync());

        Assert.Equal(["stage 1", "stage 1", "stage 1", "stage 1", "test"], seen);

        static async Coroutine Change(Inbox<int> items)
        {
            while (true)
            {
                try
                {
                    var received = await items.TryReceiveAsync(Timeout.InfiniteTimeSpan);
                    s_local.Value = "changed";
                    await Task.Yield();
                    if (received.IsClosed)
                    {
                        return;
                    }
                }
                catch (FormatException)
                {
                    s_local.Value = "changed";
                    await Task.Yield();
                }
            }
        }
    }

    private static async Coroutine Yielding(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            Assert.Equal($"stage {item}", s_local.Value ?? $"stage {item}");
            await Task.Yield();
            await next.SendAsync(item);
        }
    }
}
