using System.Diagnostics;

namespace Sluice.Tests;

public sealed class StackDepthTests
{
    private const int Items = 10_000_000;
    private const int AwaitEvery = 1_000;

    [Fact]
    public async Task The_stack_does_not_grow_over_ten_million_items_sent_by_Task_code()
    {
        var probe = new StackProbe();
        var last = Target.Start<int>(inbox => AwaitNowAndThen(inbox, probe));
        var first = Target.Start<int>(inbox => Stages.Pass(inbox, last));

        await Wait.For(Task.Run(async () =>
        {
            for (var i = 0; i < Items; i++)
            {
                await first.SendAsync(i);
            }
        }));

        Assert.Equal(Items, probe.Seen);
        Assert.InRange(probe.Deepest, 1, 100);
    }

    [Fact]
    public async Task The_stack_does_not_grow_over_ten_million_items_sent_by_a_coroutine()
    {
        var probe = new StackProbe();
        var first = Target.Start<int>(async inbox =>
        {
            var last = Target.Start<int>(inside => AwaitNowAndThen(inside, probe));
            var middle = Target.Start<int>(inside => Stages.Pass(inside, last));
            var count = await inbox.ReceiveAsync();
            for (var i = 0; i < count; i++)
            {
                await middle.SendAsync(i);
            }
        });

        await Wait.For(Task.Run(async () => await first.SendAsync(Items)));

        Assert.Equal(Items, probe.Seen);
        Assert.InRange(probe.Deepest, 1, 100);
    }

    private static async Coroutine AwaitNowAndThen(Inbox<int> inbox, StackProbe probe)
    {
        await foreach (var item in inbox)
        {
            probe.Look();
            if (item % AwaitEvery == AwaitEvery - 1)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>Counts items and, at the first of every few thousand and right after an await, the frames below.</summary>
    private sealed class StackProbe
    {
        internal int Seen { get; private set; }

        internal int Deepest { get; private set; }

        internal void Look()
        {
            if (Seen++ % (10 * AwaitEvery) is AwaitEvery - 1 or AwaitEvery or 0)
            {
                Deepest = Math.Max(Deepest, new StackTrace().FrameCount);
            }
        }
    }
}
