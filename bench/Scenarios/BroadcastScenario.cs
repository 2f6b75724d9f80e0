using System.Reactive.Linq;
using System.Threading.Tasks.Dataflow;

namespace Sluice.Bench;

/// <summary>Every number to three branches, whose results merge again.</summary>
internal static class BroadcastScenario
{
    private const int Items = 1_000_000;

    internal static void Run(Harness harness)
    {
        var numbers = Numbers.Shuffled(Items, 1);
        Harness.Table("broadcast", "A million numbers, each to three branches that merge again and are added up. Costs are for a number, so for three results.");

        var operators = numbers.Side(static all => ByPipeline(all, Stage.Select<int, long>(Double), Stage.Select<int, long>(Next), Stage.Select<int, long>(Half)), ByLoop);
        harness.Compare("three Selects", operators, "System.Reactive: Publish, three Selects, Merge", numbers.Side(ByRx, ByLoop), limit: 1, bytesLimit: 0);
        harness.Compare("three Selects", operators, "Dataflow: SendAsync to three TransformBlocks", numbers.Side(ByDataflow, ByLoop), limit: 1, bytesLimit: 0);
        harness.Compare("three Selects", operators, "plain loop", numbers.Side(ByLoop, ByLoop));
        harness.Compare(
            "three coroutines", numbers.Side(static all => ByPipeline(all, Branch(Double), Branch(Next), Branch(Half)), ByLoop),
            "System.Reactive: Publish, three Selects, Merge", numbers.Side(ByRx, ByLoop),
            bytesLimit: 0);
    }

    private static long ByPipeline(int[] numbers, params Stage<int, long>[] branches) =>
        Source.From(numbers).Broadcast(branches).To<long>(Stages.Sum).RunAsync().Result;

    private static long ByRx(int[] numbers) => PeerFeeds.SumRx(numbers, static source =>
        source.Publish(static shared => shared.Select(Double).Merge(shared.Select(Next)).Merge(shared.Select(Half))));

    /// <summary>Not a BroadcastBlock: it drops what a bounded target does not take at once.</summary>
    private static long ByDataflow(int[] numbers) => PeerFeeds.SumDataflow(numbers, static sink =>
    {
        TransformBlock<int, long>[] branches = [NewBlock(Double), NewBlock(Next), NewBlock(Half)];
        PeerFeeds.MergeInto(sink, branches);
        return branches;

        static TransformBlock<int, long> NewBlock(Func<int, long> selector) => new(selector, PeerFeeds.SingleProducerOptions);
    });

    private static long ByLoop(int[] numbers)
    {
        var sum = 0L;
        foreach (var number in numbers)
        {
            sum += Double(number);
            sum += Next(number);
            sum += Half(number);
        }

        return sum;
    }

    private static Stage<int, long> Branch(Func<int, long> selector) =>
        Stage.Create<int, long>((items, next) => SelectEach(items, next, selector));

    private static async Coroutine SelectEach(Inbox<int> items, Target<long> next, Func<int, long> selector)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(selector(item));
        }
    }

    private static long Double(int number) => 2L * number;

    private static long Next(int number) => number + 1L;

    private static long Half(int number) => number / 2;
}
