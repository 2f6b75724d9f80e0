using System.Reactive.Linq;
using System.Threading.Tasks.Dataflow;

namespace Sluice.Bench;

/// <summary>Every number to one of eight branches, whose results merge again.</summary>
internal static class RouteScenario
{
    private const int Items = 1_000_000;
    private const int Routes = 8;

    internal static void Run(Harness harness)
    {
        var numbers = Numbers.Shuffled(Items, 1);
        Harness.Table("route", $"A million numbers, each to that of {Routes} branches whose condition holds; what they make of it merges again and is added up. Costs are for a number.");

        var ours = numbers.Side(ByPipeline, ByLoop);
        harness.Compare("Route over 8", ours, "System.Reactive: Publish, eight times Where and Select, Merge", numbers.Side(ByRx, ByLoop), limit: 1, bytesLimit: 0);
        harness.Compare("Route over 8", ours, "Dataflow: LinkTo with eight conditions", numbers.Side(ByDataflow, ByLoop), limit: 1, bytesLimit: 0);
        harness.Compare("Route over 8", ours, "plain loop", numbers.Side(ByLoop, ByLoop));
        harness.Compare("Partition over 8", numbers.Side(ByPartition, ByLoop), "Route over 8", ours, bytesLimit: 0);
    }

    private static long ByPipeline(int[] numbers) =>
        Source.From(numbers)
            .Route([.. All(static way => (When(way), Stage.Select(Through(way))))])
            .To<long>(Stages.Sum)
            .RunAsync().Result;

    /// <summary>The branches are all the same, so they find out by themselves which one they are.</summary>
    private static long ByPartition(int[] numbers) =>
        Source.From(numbers)
            .Partition(static number => number % Routes, Routes, Stage.Select<int, long>(static number => (long)number * (number % Routes + 1)))
            .To<long>(Stages.Sum)
            .RunAsync().Result;

    private static long ByRx(int[] numbers) => PeerFeeds.SumRx(numbers, static source =>
        source.Publish(static shared => All(way => shared.Where(When(way)).Select(Through(way))).Merge()));

    private static long ByDataflow(int[] numbers) => PeerFeeds.SumDataflow(numbers, static sink =>
    {
        var head = new BufferBlock<int>(PeerFeeds.SingleProducerOptions);
        var branches = All(static way => new TransformBlock<int, long>(Through(way), PeerFeeds.SingleProducerOptions)).ToArray();
        for (var way = 0; way < Routes; way++)
        {
            var when = When(way);
            head.LinkTo(branches[way], PeerFeeds.LinkOptions, number => when(number));
        }

        PeerFeeds.MergeInto(sink, branches);
        return [head];
    });

    private static long ByLoop(int[] numbers)
    {
        var sum = 0L;
        foreach (var number in numbers)
        {
            sum += (long)number * (number % Routes + 1);
        }

        return sum;
    }

    private static IEnumerable<TWay> All<TWay>(Func<int, TWay> make) => Enumerable.Range(0, Routes).Select(make);

    private static Func<int, bool> When(int way) => number => number % Routes == way;

    private static Func<int, long> Through(int way) => number => (long)number * (way + 1);
}
