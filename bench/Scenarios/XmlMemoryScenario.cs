using System.Diagnostics;
using System.Globalization;

namespace Sluice.Bench;

/// <summary>Gets whether the memory of the bus pipeline grows with the document. Each document is read by a process of its own,
/// so the peak is that of the whole process: the collector's heap, Expat's and the runtime's own.</summary>
internal static class XmlMemoryScenario
{
    /// <summary>The first argument of such a process; then come level and length.</summary>
    internal const string PeakCommand = "xml-peak";

    private const long Megabyte = 1_000_000;
    private const long Short = 30 * Megabyte;
    private const long Long = 3000 * Megabyte;
    private const double Limit = 10;

    private static readonly Dictionary<string, Func<Stream, Source<XmlEvent>>> s_levels = new()
    {
        ["reader"] = static feed => XmlEvents.Read(feed),
        ["expat"] = static feed => Expat.Read(feed),
        ["bytes"] = static feed => Utf8Xml.Read(feed),
    };

    internal static void Run(Harness _)
    {
        Harness.Heading("xml: memory", "The bus pipeline behind a stream that makes its feed as it is read: peak memory of a process that does nothing else, in MB.");
        Console.WriteLine("| level | 30 MB | 3 GB | more | limit | met |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | --- |");
        foreach (var level in s_levels.Keys)
        {
            var ofShort = PeakOfProcess(level, Short);
            var ofLong = PeakOfProcess(level, Long);
            Console.WriteLine($"| {level} | {ofShort:0.0} | {ofLong:0.0} | {ofLong - ofShort:0.0} | {Limit} | {Harness.YesNo(ofLong - ofShort < Limit)} |");
        }
    }

    /// <summary>The measured process: reads a feed, and prints the peak of its memory in bytes.</summary>
    internal static void PrintPeak(string level, long length)
    {
        using var feed = new BusFeedStream(length);
        if (BusPipeline.Count(s_levels[level](feed)) == 0)
        {
            throw new InvalidOperationException("No bus was found.");
        }

        using var self = Process.GetCurrentProcess();
        Console.WriteLine(self.PeakWorkingSet64);
    }

    private static double PeakOfProcess(string level, long length)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [PeakCommand, level, $"{length}"]) { RedirectStandardOutput = true };
        // A method that is called often is compiled again in the background, which takes up to 10 MB that a short document is too short for.
        start.Environment["DOTNET_TieredCompilation"] = "0";
        using var process = Process.Start(start)!;
        var answer = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? long.Parse(answer, CultureInfo.InvariantCulture) / (double)Megabyte
            : throw new InvalidOperationException($"The process for the {level} level failed with {process.ExitCode}.");
    }
}
