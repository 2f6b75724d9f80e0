namespace Sluice.Bench;

/// <summary>Measures two sides in turn in the same process and prints what one costs relative to the other.</summary>
/// <remarks>A ratio below 1 means that ours is cheaper. "Best" is the best round of ours over the best round of the
/// peer's; "median" is the median of the ratios of the rounds, and decides whether a limit is met.</remarks>
internal sealed class Harness(int rounds)
{
    private const int WarmUpBatches = 4;
    private const int CallsInBatch = 40; // a method is compiled anew after 30 calls

    /// <summary>Longer than the 100 ms that the runtime waits before it compiles in the background.</summary>
    private static readonly TimeSpan s_pauseForCompiler = TimeSpan.FromMilliseconds(200);

    internal int Rounds => rounds;

    /// <summary>Begins a table of ratios.</summary>
    internal static void Table(string name, string about)
    {
        Console.WriteLine();
        Console.WriteLine($"## {name}");
        Console.WriteLine();
        Console.WriteLine(about);
        Console.WriteLine();
        Console.WriteLine("| ours | peer | best | median | limit | met | ours ns | peer ns |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | --- | ---: | ---: |");
    }

    /// <summary>Adds a row: ours over the peer's. The limit is for the ratio; null if the row is for orientation.</summary>
    internal void Compare(string oursName, Side ours, string peerName, Side peer, double? limit = null)
    {
        for (var batch = 0; batch < WarmUpBatches; batch++)
        {
            ours.WarmUp(CallsInBatch);
            peer.WarmUp(CallsInBatch);
            Thread.Sleep(s_pauseForCompiler);
        }

        // At full length once more: memory and caches are then as they stay.
        ours.Measure();
        peer.Measure();

        var oursTimes = new double[rounds];
        var peerTimes = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            if (round % 2 == 0)
            {
                oursTimes[round] = ours.Measure();
                peerTimes[round] = peer.Measure();
            }
            else
            {
                peerTimes[round] = peer.Measure();
                oursTimes[round] = ours.Measure();
            }
        }

        var best = oursTimes.Min() / peerTimes.Min();
        var median = Median(oursTimes.Zip(peerTimes, static (our, their) => our / their));
        Console.WriteLine($"| {oursName} | {peerName} | {best:0.000} | {median:0.000} | {Limit(limit)} | {Met(median, limit)} | {Median(oursTimes):0.0} | {Median(peerTimes):0.0} |");
    }

    /// <summary>For rows that are not ratios of times.</summary>
    internal static string Limit(double? limit) => limit is { } value ? $"{value:0.##}" : "";

    /// <summary>Whether a value is within its limit.</summary>
    internal static string Met(double value, double? limit) => limit is null ? "" : value <= limit ? "yes" : "**no**";

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
