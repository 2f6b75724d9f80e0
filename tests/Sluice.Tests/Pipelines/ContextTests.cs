namespace Sluice.Tests;

/// <summary>Flow of context, order, and the depth of the stack.</summary>
public sealed class ContextTests
{
    private static readonly AsyncLocal<int> s_sender = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stage_sees_the_async_local_values_of_its_sender(bool waits)
    {
        s_sender.Value = 1000;
        var seen = new List<int>();
        var run = Source.Create<int>(async (next, _) =>
        {
            for (var i = 1; i <= 5; i++)
            {
                s_sender.Value = i;
                await next.SendAsync(i);
            }
        }).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                if (waits)
                {
                    await Task.Yield();
                }

                await next.SendAsync(item);
            }
        }).Select(x => x).To(async items =>
        {
            await foreach (var item in items)
            {
                if (waits)
                {
                    await Task.Yield();
                }

                seen.Add(s_sender.Value);
            }
        }).RunAsync();
        Assert.Equal(1000, s_sender.Value);

        await Wait.For(run);

        Assert.Equal([1, 2, 3, 4, 5], seen);
        Assert.Equal(1000, s_sender.Value);
    }

    [Fact]
    public async Task A_source_keeps_its_context_over_a_send_that_was_pending()
    {
        var after = new List<int>();
        await Wait.For(Source.Create<int>(async (next, _) =>
        {
            s_sender.Value = 7;
            await next.SendAsync(1);
            after.Add(s_sender.Value);
            await Task.Yield();
            after.Add(s_sender.Value);
        }).To(async items =>
        {
            await foreach (var _ in items)
            {
                await Task.Yield();
            }
        }).RunAsync());

        Assert.Equal([7, 7], after);
    }

    [Fact]
    public async Task A_run_sees_the_async_local_values_of_its_caller()
    {
        s_sender.Value = 5;
        var seen = 0;
        await Wait.For(Source.From([1]).To(Sink.ForEach<int>(_ => seen = s_sender.Value)).RunAsync());

        Assert.Equal(5, seen);
    }

    [Fact]
    public async Task Items_keep_their_order_through_stages_that_wait_now_and_then()
    {
        var list = await Wait.For(Source.From(Enumerable.Range(0, 10_000))
            .Through<int>((items, next) => WaitEvery(items, next, 3))
            .Where(x => x >= 0)
            .Through<int>((items, next) => WaitEvery(items, next, 7))
            .To(Sink.ToList<int>()).RunAsync());

        Assert.Equal(Enumerable.Range(0, 10_000), list);
    }

    [Fact]
    public async Task The_stack_is_as_deep_at_the_millionth_item_as_at_the_tenth()
    {
        var depths = new List<int>();
        var run = Source.From(Enumerable.Range(1, 1_000_000).ToArray())
            .Where(x => x > 0).Through<int>(Stages.Pass).Select(x => x).Through<int>(Stages.Pass)
            .To(items => MeasureAt(items, depths, [10, 1_000_000])).RunAsync();

        await Wait.For(run);

        Assert.Equal(2, depths.Count);
        Assert.InRange(depths[1], 1, depths[0] + 10); // code that was optimized in between may have frames more or less
    }

    [Fact]
    public async Task The_stack_does_not_grow_when_every_item_waits()
    {
        var depths = new List<int>();
        await Wait.For(Source.From(Enumerable.Range(1, 20_000))
            .Through<int>((items, next) => WaitEvery(items, next, 1))
            .Through<int>((items, next) => WaitEvery(items, next, 2))
            .To(items => MeasureAt(items, depths, [.. Enumerable.Range(1, 20).Select(i => i * 10), 19_990, 20_000])).RunAsync());

        Assert.Equal(22, depths.Count);
        Assert.InRange(depths.Max(), 1, depths.Take(20).Max() + 10);
    }

    [Fact]
    public async Task Three_million_items_pass_ten_stages_on_a_small_stack()
    {
        var count = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            var source = Source.From(Enumerable.Range(1, 3_000_000));
            for (var i = 0; i < 5; i++)
            {
                source = source.Where(x => x > 0).Through<int>(Stages.Pass);
            }

            var run = source.To(Sink.Count<int>()).RunAsync();
            count.SetResult(run.IsCompletedSuccessfully ? run.Result : -1);
        }, maxStackSize: 256 << 10);
        thread.Start();

        Assert.Equal(3_000_000, await Wait.For(count.Task, "three million items"));
    }

    private static async Coroutine WaitEvery(Inbox<int> items, Target<int> next, int interval)
    {
        await foreach (var item in items)
        {
            if (item % interval == 0)
            {
                await Task.Yield();
            }

            await next.SendAsync(item);
        }
    }

    private static async Coroutine MeasureAt(Inbox<int> items, List<int> depths, int[] when)
    {
        await foreach (var item in items)
        {
            if (item % 10 == 0 && Array.IndexOf(when, item) >= 0)
            {
                depths.Add(new System.Diagnostics.StackTrace(fNeedFileInfo: false).FrameCount);
            }
        }
    }
}
