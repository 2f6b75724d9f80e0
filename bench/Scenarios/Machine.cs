using System.Runtime.InteropServices;

namespace Sluice.Bench;

/// <summary>Describes the machine that the figures were measured on.</summary>
internal static class Machine
{
    internal static void Print()
    {
        Console.WriteLine($"{Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}{Load()}");
        Console.WriteLine();
        Console.WriteLine("Ratios are ours to the peer's: below 1 ours is cheaper. The runtime decides anew in each process what it inlines, so run this several times before believing a difference.");
#if DEBUG
        Console.WriteLine();
        Console.WriteLine("**A Debug build: these numbers mean nothing. Run with `-c Release`.**");
#endif
    }

    /// <summary>The time that the processors have worked, for all programs, since the machine began; Linux.</summary>
    internal static TimeSpan BusyTime()
    {
        // cpu user nice system idle iowait irq softirq steal guest..., in hundredths of a second
        var times = Line("/proc/stat", "cpu ")!.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8).Select(long.Parse).ToArray();
        return TimeSpan.FromMilliseconds(10 * (times.Sum() - times[3] - times[4]));
    }

    private static string Processor() =>
        Line("/proc/cpuinfo", "model name") is { } line ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() : RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>Other programs that run at the same time are the first suspect when two runs differ.</summary>
    private static string Load() => LoadNow() is { } load ? $", load before the start {load}" : "";

    /// <summary>The number of threads of all programs that ran or waited for a processor during the last minute; null if that is not known.</summary>
    internal static string? LoadNow() => Line("/proc/loadavg", "")?.Split(' ')[0];

    private static string? Line(string path, string start) =>
        File.Exists(path) ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) : null;
}
