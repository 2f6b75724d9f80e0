using System.Threading.Channels;

namespace Sluice.Bench;

/// <summary>Memory: what a coroutine takes while it waits, and what an item leaves behind.</summary>
internal static class IdleScenario
{
    private const int Coroutines = 1_000_000;
    private const int Stages = 16;
    private const int Items = 100_000;

    internal static void Run(Harness harness)
    {
        Harness.BytesTable("idle", "Bytes that a million idle ones keep alive, for each; and bytes allocated for each further item of a pipeline.");
        var next = new CountTarget<int>();
        Func<Inbox<int>, Coroutine> sink = Ignore;
        Func<Inbox<int>, Coroutine> stage = inbox => PassMultiples(inbox, next, 3);
        var sinks = harness.Bytes("idle coroutine with its inbox: a sink", () => Kept(_ => Target.Start(sink)), limit: 150);
        var stages = harness.Bytes("idle coroutine with its inbox: a stage with three parameters", () => Kept(_ => Target.Start(stage)));
        var tasks = harness.Bytes("idle async Task that reads a bounded Channel", () => Kept(_ => StartTask()));
        harness.Bytes($"an item through {Stages} coroutine stages", AllocatedForItem, limit: 0);
        Console.WriteLine();
        Console.WriteLine($"Relative to the task: a sink {sinks / tasks:0.00}, a stage {stages / tasks:0.00}.");
    }

    private static double Kept(Func<int, object> start)
    {
        var kept = new object[Coroutines];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < kept.Length; i++)
        {
            kept[i] = start(i);
        }

        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(kept);
        return (after - before) / (double)Coroutines;
    }

    /// <summary>The difference of two lengths: what a run allocates in any case cancels out.</summary>
    private static double AllocatedForItem() => (Allocated(2 * Items) - Allocated(Items)) / (double)Items;

    private static long Allocated(int items)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        if (OurChains.Passing(Stages, items) != items)
        {
            throw new InvalidOperationException("Items were lost.");
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static async Coroutine Ignore(Inbox<int> items)
    {
        await foreach (var _ in items)
        {
        }
    }

    private static async Coroutine PassMultiples(Inbox<int> items, Target<int> next, int of)
    {
        await foreach (var item in items)
        {
            if (item % of == 0)
            {
                await next.SendAsync(item);
            }
        }
    }

    private static Channel<int> StartTask()
    {
        var channel = Channel.CreateBounded<int>(new BoundedChannelOptions(1) { SingleReader = true, SingleWriter = true });
        _ = IgnoreAsync(channel.Reader);
        return channel;
    }

    private static async Task IgnoreAsync(ChannelReader<int> items)
    {
        while (await items.WaitToReadAsync())
        {
            while (items.TryRead(out _))
            {
            }
        }
    }
}
