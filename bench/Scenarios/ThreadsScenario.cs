using System.Diagnostics;
using System.Globalization;
using System.Threading.Tasks.Dataflow;

namespace Sluice.Bench;

/// <summary>Work for each number on two threads: by key, and in order.</summary>
internal static class ThreadsScenario
{
    private const int Threads = 2;
    private const int Keys = 1_000;
    private const double Long = 2_000;
    private const double Short = 20;

    /// <summary>A time that the work of a number is meant to take is turned into rounds by this many.</summary>
    private static readonly Lazy<double> s_roundsInNanosecond = new(Calibrate);

    internal static void Run(Harness harness)
    {
        Time(harness, Long, Keys * 50, oneThread: 1 / 1.8);
        Time(harness, Short, Keys * 1_000, oneThread: 1.3);
    }

    private static void Time(Harness harness, double nanoseconds, int items, double oneThread)
    {
        var rounds = (int)Math.Round(nanoseconds * s_roundsInNanosecond.Value);
        var numbers = Numbers.Shuffled(Keys, items / Keys);
        Harness.Table(
            string.Create(CultureInfo.InvariantCulture, $"threads: {nanoseconds:#,0} ns"),
            string.Create(CultureInfo.InvariantCulture, $"{items:#,0} numbers, {Keys:#,0} different ones; {nanoseconds:#,0} ns of work ({rounds} rounds) for each on {Threads} threads, and the results are added up on one. Costs are for a number."));

        var inline = Side(static source => source);
        double? peers = nanoseconds >= Long ? 1 : null; // PLINQ shares out ranges of the array, which costs nothing for an item
        double? alone = nanoseconds >= Long ? oneThread : null;
        var keyed = Side(static source => source.On(Env.Threads(Threads, static (int number) => number)));
        harness.Compare("Env.Threads(2, key)", keyed, "inline", inline, limit: oneThread);
        harness.Compare("Env.Threads(2, key)", keyed, "Env.Thread()", Side(static source => source.On(Env.Thread())));
        harness.Compare("Env.Threads(2, key)", keyed, "Dataflow: two TransformBlocks by key", numbers.Side(all => ByBlocks(all, rounds), Expected), limit: 1);

        var ordered = Side(static source => source.On(Env.Threads(Threads)));
        var query = numbers.Side(all => ByQuery(all, rounds), Expected);
        harness.Compare("Env.Threads(2)", ordered, "inline", inline, limit: alone);
        harness.Compare("Env.Threads(2)", ordered, "PLINQ: AsOrdered", query, limit: peers);
        harness.Compare("Env.Threads(2, key)", keyed, "PLINQ: AsOrdered", query, limit: peers);
        harness.Compare("Env.Threads(2)", ordered, "Dataflow: TransformBlock, two at once, ordered", numbers.Side(all => ByOneBlock(all, rounds), Expected), limit: 1);
        harness.Compare("Env.Threads(2, ordered: false)", Side(static source => source.On(Env.Threads(Threads, ordered: false))), "inline", inline, limit: alone);

        Side Side(Func<Source<int>, Source<int>> place) => numbers.Side(all => ByPipeline(all, rounds, place), Expected);

        long Expected(int[] all) => all.Sum(number => Work(number, rounds));
    }

    private static long ByPipeline(int[] numbers, int rounds, Func<Source<int>, Source<int>> place) =>
        place(Source.From(numbers)).Select(number => Work(number, rounds)).On(Env.Caller).To<long>(Stages.Sum).RunAsync().Result;

    private static long ByQuery(int[] numbers, int rounds)
    {
        var sum = 0L;
        foreach (var result in numbers.AsParallel().AsOrdered().WithDegreeOfParallelism(Threads).Select(number => Work(number, rounds)))
        {
            sum += result;
        }

        return sum;
    }

    private static long ByBlocks(int[] numbers, int rounds)
    {
        var sum = 0L;
        var sink = new ActionBlock<long>(number => sum += number, PeerFeeds.ExecutionOptions);
        TransformBlock<int, long>[] blocks = [.. Enumerable.Range(0, Threads).Select(_ => new TransformBlock<int, long>(number => Work(number, rounds), PeerFeeds.SingleProducerOptions))];
        PeerFeeds.MergeInto(sink, blocks);
        FeedAsync().Wait();
        return sum;

        async Task FeedAsync()
        {
            foreach (var number in numbers)
            {
                var block = blocks[StableHash.PartOf(number, Threads)];
                if (!block.Post(number))
                {
                    await block.SendAsync(number).ConfigureAwait(false);
                }
            }

            Array.ForEach(blocks, static block => block.Complete());
            await sink.Completion.ConfigureAwait(false);
        }
    }

    private static long ByOneBlock(int[] numbers, int rounds) => PeerFeeds.SumDataflow(numbers, sink =>
    {
        var options = new ExecutionDataflowBlockOptions { BoundedCapacity = PeerFeeds.Capacity, MaxDegreeOfParallelism = Threads, SingleProducerConstrained = true };
        var block = new TransformBlock<int, long>(number => Work(number, rounds), options);
        block.LinkTo(sink, PeerFeeds.LinkOptions);
        return [block];
    });

    /// <summary>A chain of multiplications, which the processor cannot overlap.</summary>
    private static long Work(int number, int rounds)
    {
        var at = (ulong)number;
        for (var i = 0; i < rounds; i++)
        {
            at = (at * 6364136223846793005) + 1442695040888963407;
        }

        return (long)(at >> 32);
    }

    /// <summary>The best of several, since what disturbs a measurement only ever makes it longer.</summary>
    private static double Calibrate()
    {
        const int Rounds = 2_000_000;
        var best = double.MaxValue;
        for (var i = 0; i < 40; i++)
        {
            var started = Stopwatch.GetTimestamp();
            GC.KeepAlive(Work(i, Rounds));
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalNanoseconds);
        }

        return Rounds / best;
    }
}
