using System.Globalization;
using System.Reactive.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks.Dataflow;

namespace Sluice.Bench;

/// <summary>The running sum of each key.</summary>
internal static class KeysScenario
{
    private const int Items = 1_000_000;
    private const int ManyKeys = 1_000_000;
    private const int TimesEachOfMany = 2;
    private const int FewerKeys = 10_000; // blocks are too large for more

    private const string OurName = "ForEachKey";
    private const string RxName = "System.Reactive: GroupBy, SelectMany, Scan";
    private const string DataflowName = "Dataflow: TransformBlock with a dictionary";
    private const string BlocksName = "Dataflow: a TransformBlock for each key";
    private const string LoopName = "loop with a dictionary";

    internal static void Run(Harness harness)
    {
        Time(harness, 1, Items, Side.Tries, withBlocks: true);
        Time(harness, 1_000, Items / 1_000, Side.Tries, withBlocks: true);
        Time(harness, ManyKeys, TimesEachOfMany, tries: 1, withBlocks: false);
        Memory(harness);
    }

    private static void Time(Harness harness, int keys, int times, int tries, bool withBlocks)
    {
        var numbers = Numbers.Shuffled(keys, times);
        Harness.Table(Invariant($"keys: {keys:#,0}"), Invariant($"{keys * (long)times:#,0} numbers, {keys:#,0} {(keys == 1 ? "key" : "keys")}; the running sum of its key goes on for each, and all are added up. Costs are for a number, the start and the end of its key included."));

        var ours = numbers.Side(static all => ByPipeline(all), ByLoop, tries);
        harness.Compare(OurName, ours, RxName, numbers.Side(static all => ByRx(all), ByLoop, tries), limit: keys == 1_000 ? 0.6 : 1, bytesLimit: keys == 1 ? 0 : null); // R3 1.3.1 has no grouping
        harness.Compare(OurName, ours, DataflowName, numbers.Side(static all => ByDataflow(all), ByLoop, tries), limit: 1);
        if (withBlocks)
        {
            harness.Compare(OurName, ours, BlocksName, numbers.Side(static all => ByBlocks(all), ByLoop, tries), limit: 1);
        }

        harness.Compare(OurName, ours, LoopName, numbers.Side(ByLoop, ByLoop, tries));
    }

    private static void Memory(Harness harness)
    {
        Harness.BytesTable("keys: memory", Invariant($"Bytes that a key keeps alive with its state, when {ManyKeys:#,0} of them have had an item ({FewerKeys:#,0} of them with a block for each)."));
        var many = Numbers.Shuffled(ManyKeys, 1).First(ManyKeys);
        var fewer = Numbers.Shuffled(FewerKeys, 1).First(FewerKeys);
        harness.Bytes(OurName, () => Kept(many, ByPipeline));
        harness.Bytes(RxName, () => Kept(many, ByRx));
        harness.Bytes(DataflowName, () => Kept(many, ByDataflow));
        harness.Bytes(BlocksName, () => Kept(fewer, ByBlocks));
    }

    private static double Kept(int[] numbers, Func<int[], Action, long> run)
    {
        var after = 0L;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        run(numbers, () => after = GC.GetTotalMemory(forceFullCollection: true));
        return (after - before) / (double)numbers.Length;
    }

    private static long ByPipeline(int[] numbers, Action? beforeEnd = null) =>
        (beforeEnd is null ? Source.From(numbers) : Source.Create<int>((next, _) => SendAll(next, numbers, beforeEnd)))
            .ForEachKey<int, int, long>(static number => number, static (_, items, next) => RunningSum(items, next))
            .To<long>(Stages.Sum)
            .RunAsync().Result;

    private static async Coroutine RunningSum(Inbox<int> items, Target<long> next)
    {
        var sum = 0L;
        await foreach (var item in items)
        {
            sum += item;
            await next.SendAsync(sum);
        }
    }

    private static async Coroutine SendAll(Target<int> next, int[] numbers, Action beforeEnd)
    {
        foreach (var number in numbers)
        {
            await next.SendAsync(number);
        }

        beforeEnd();
    }

    private static long ByRx(int[] numbers, Action? beforeEnd = null) => PeerFeeds.SumRx(
        numbers,
        static source => source.GroupBy(static number => number).SelectMany(static group => group.Scan(0L, static (sum, number) => sum + number)),
        beforeEnd);

    /// <summary>The state of a key in a dictionary, by hand: a block handles one item at a time.</summary>
    private static long ByDataflow(int[] numbers, Action? beforeEnd = null) => PeerFeeds.SumDataflow(
        numbers,
        static sink =>
        {
            var sums = new Dictionary<int, long>();
            var block = new TransformBlock<int, long>(number => CollectionsMarshal.GetValueRefOrAddDefault(sums, number, out _) += number, PeerFeeds.SingleProducerOptions);
            block.LinkTo(sink, PeerFeeds.LinkOptions);
            return [block];
        },
        beforeEnd);

    /// <summary>The state of a key in the locals of its block.</summary>
    private static long ByBlocks(int[] numbers, Action? beforeEnd = null) => PeerFeeds.SumDataflow(
        numbers,
        static sink =>
        {
            var blocks = new Dictionary<int, TransformBlock<int, long>>();
            var head = new ActionBlock<int>(async number => await BlockOf(number).SendAsync(number), PeerFeeds.SingleProducerOptions);
            _ = CompleteAsync();
            return [head];

            TransformBlock<int, long> BlockOf(int key)
            {
                ref var block = ref CollectionsMarshal.GetValueRefOrAddDefault(blocks, key, out _);
                return block ??= NewBlock();
            }

            TransformBlock<int, long> NewBlock()
            {
                var sum = 0L;
                var block = new TransformBlock<int, long>(number => sum += number, PeerFeeds.SingleProducerOptions);
                block.LinkTo(sink);
                return block;
            }

            async Task CompleteAsync()
            {
                await head.Completion;
                foreach (var block in blocks.Values)
                {
                    block.Complete();
                }

                await Task.WhenAll(blocks.Values.Select(static block => block.Completion));
                sink.Complete();
            }
        },
        beforeEnd);

    private static long ByLoop(int[] numbers)
    {
        var sums = new Dictionary<int, long>();
        var all = 0L;
        foreach (var number in numbers)
        {
            all += CollectionsMarshal.GetValueRefOrAddDefault(sums, number, out _) += number;
        }

        return all;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
