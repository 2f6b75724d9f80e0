using System.Reactive.Linq;
using System.Threading.Tasks.Dataflow;

namespace Sluice.Bench;

/// <summary>Numbers collected into arrays.</summary>
internal static class ChunkScenario
{
    private const int Items = 1_000_000;
    private const int Size = 100;

    /// <summary>Four for the number, a hundredth of the array's header, and what a run takes once.</summary>
    private const double ArrayBytes = 4.3;

    internal static void Run(Harness harness)
    {
        var numbers = Numbers.Shuffled(Items, 1);
        Harness.Table("chunk", $"A million numbers in arrays of {Size}, which are added up. Costs are for a number. The arrays themselves, which nobody gets back, are {sizeof(int) + 24.0 / Size:0.0} bytes of it.");

        var ours = numbers.Side(ByPipeline, ByLoop);
        harness.Compare("Chunk", ours, "System.Reactive: Buffer", numbers.Side(ByRx, ByLoop), limit: 1, bytesLimit: ArrayBytes);
        harness.Compare("Chunk", ours, "Dataflow: BatchBlock", numbers.Side(ByDataflow, ByLoop), limit: 1, bytesLimit: ArrayBytes);
        harness.Compare("Chunk", ours, "loop that fills arrays", numbers.Side(ByLoop, ByLoop));
    }

    private static long ByPipeline(int[] numbers) =>
        Source.From(numbers).Chunk(Size).Select(static chunk => Weigh(chunk)).To<long>(Stages.Sum).RunAsync().Result;

    private static long ByRx(int[] numbers) => PeerFeeds.SumRx(numbers, static source => source.Buffer(Size).Select(Weigh));

    private static long ByDataflow(int[] numbers) => PeerFeeds.SumDataflow(numbers, static sink =>
    {
        var batch = new BatchBlock<int>(Size, new GroupingDataflowBlockOptions { BoundedCapacity = PeerFeeds.Capacity });
        var weigh = new TransformBlock<int[], long>(Weigh, PeerFeeds.SingleProducerOptions);
        batch.LinkTo(weigh, PeerFeeds.LinkOptions);
        weigh.LinkTo(sink, PeerFeeds.LinkOptions);
        return [batch];
    });

    private static long ByLoop(int[] numbers)
    {
        var sum = 0L;
        var chunk = new int[Size];
        var count = 0;
        foreach (var number in numbers)
        {
            chunk[count++] = number;
            if (count == Size)
            {
                sum += Weigh(chunk);
                chunk = new int[Size];
                count = 0;
            }
        }

        return count == 0 ? sum : sum + Weigh(chunk[..count]);
    }

    /// <summary>Computes the array's length and its first and last item; cheap, as it is the same for all sides.</summary>
    private static long Weigh(IList<int> chunk) => (long)chunk[0] * chunk.Count + chunk[^1];
}
