namespace Sluice.Bench;

/// <summary>Measures two sides in turn in the same process and prints what one costs relative to the other.</summary>
/// <remarks>A ratio below 1 means that ours is cheaper. "Best" is the best round of ours over the best round of the
/// peer's; "median" is the median of the ratios of the rounds, and decides whether a limit is met.</remarks>
internal sealed class Harness(int rounds)
{
    private const int WarmUpBatches = 4;
    private const int CallsInBatch = 40; // a method is compiled again after 30 calls

    /// <summary>Longer than the 100 ms that the runtime waits before it compiles in the background.</summary>
    private static readonly TimeSpan s_pauseForCompiler = TimeSpan.FromMilliseconds(200);

    internal int Rounds => rounds;

    /// <summary>Begins a table of ratios.</summary>
    internal static void Table(string name, string about)
    {
        Heading(name, about);
        Console.WriteLine("| ours | peer | best | median | limit | met | ours ns | peer ns | ours B | peer B |");
        Console.WriteLine("| --- | --- | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |");
    }

    /// <summary>Begins a table of bytes: best and median of the rounds.</summary>
    internal static void BytesTable(string name, string about)
    {
        Heading(name, about);
        Console.WriteLine("| what | best bytes | median bytes | limit | met |");
        Console.WriteLine("| --- | ---: | ---: | ---: | --- |");
    }

    /// <summary>Adds a row to a table of bytes.</summary>
    /// <returns>The median.</returns>
    internal double Bytes(string what, Func<double> measure, double? limit = null)
    {
        measure(); // compiles, and allocates what is allocated only once
        var all = Enumerable.Range(0, rounds).Select(_ => measure()).ToArray();
        var median = Median(all);
        Console.WriteLine($"| {what} | {all.Min():0.0} | {median:0.0} | {Limit(limit)} | {(limit is null ? "" : YesNo(Met(median, limit)))} |");
        return median;
    }

    /// <summary>Adds a row: ours over the peer's. The limit is for the ratio, the other one for the bytes that ours allocates for an
    /// item, to a tenth of a byte; null if the row is for orientation.</summary>
    /// <returns>The nanoseconds for an item in ours' best round.</returns>
    internal double Compare(string oursName, Side ours, string peerName, Side peer, double? limit = null, double? bytesLimit = null)
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

        var oursBytes = Math.Round(ours.MeasureBytes(), 1);
        var peerBytes = Math.Round(peer.MeasureBytes(), 1);
        string[] limits = [.. limit is null ? Array.Empty<string>() : [Limit(limit)], .. bytesLimit is null ? Array.Empty<string>() : [$"{Limit(bytesLimit)} B"]];
        var isMet = Met(Ratio(oursTimes, peerTimes), limit) && Met(oursBytes, bytesLimit);
        Row(oursName, oursTimes, peerName, peerTimes, string.Join(", ", limits), limits.Length == 0 ? "" : YesNo(isMet), $"{oursBytes:0.0}", double.IsNaN(peerBytes) ? "" : $"{peerBytes:0.0}");
        return oursTimes.Min();
    }

    /// <summary>Adds a row of long work that is not repeated within a round: each side once to warm up, then the rounds in turn.</summary>
    /// <param name="oursName">What ours does.</param>
    /// <param name="ours">Does it, and returns the nanoseconds for an item.</param>
    /// <param name="peerName">What the peer does.</param>
    /// <param name="peer">Does it, and returns the nanoseconds for an item.</param>
    /// <param name="limit">As for <see cref="Compare"/>.</param>
    internal async Task CompareLongAsync(string oursName, Func<Task<double>> ours, string peerName, Func<Task<double>> peer, double limit)
    {
        await ours();
        await peer();
        var (oursTimes, peerTimes) = (new double[rounds], new double[rounds]);
        for (var round = 0; round < rounds; round++)
        {
            oursTimes[round] = await ours();
            peerTimes[round] = await peer();
        }

        Row(oursName, oursTimes, peerName, peerTimes, Limit(limit), YesNo(Met(Ratio(oursTimes, peerTimes), limit)), "", "");
    }

    /// <summary>The row of what was measured already, round by round.</summary>
    internal static void Row(string oursName, IReadOnlyCollection<double> ours, string peerName, IReadOnlyCollection<double> peer) =>
        Row(oursName, ours, peerName, peer, "", "", "", "");

    private static void Row(string oursName, IReadOnlyCollection<double> ours, string peerName, IReadOnlyCollection<double> peer, string limits, string met, string oursBytes, string peerBytes) =>
        Console.WriteLine($"| {oursName} | {peerName} | {ours.Min() / peer.Min():0.000} | {Ratio(ours, peer):0.000} | {limits} | {met} | {Median(ours):0.0} | {Median(peer):0.0} | {oursBytes} | {peerBytes} |");

    private static double Ratio(IEnumerable<double> ours, IEnumerable<double> peer) => Median(ours.Zip(peer, static (our, their) => our / their));

    private static string Limit(double? limit) => limit is { } value ? $"{value:0.###}" : "";

    private static bool Met(double value, double? limit) => limit is null || value <= limit;

    internal static string YesNo(bool met) => met ? "yes" : "**no**";

    /// <summary>Begins a table of any kind.</summary>
    internal static void Heading(string name, string about)
    {
        Console.WriteLine();
        Console.WriteLine($"## {name}");
        Console.WriteLine();
        Console.WriteLine(about);
        Console.WriteLine();
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
