using System.Diagnostics;
using Sluice.Durable;

namespace Sluice.Bench;

/// <summary>Records of 100 bytes that are durable every 10 ms, against a file that is written without any of what a journal guarantees.</summary>
internal static class JournalScenario
{
    private const int Items = 500_000;
    private const int Size = 100;

    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);
    private static readonly byte[] s_item = [.. Enumerable.Repeat((byte)'x', Size)];

    internal static void Run(Harness harness)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-bench-").FullName;
        try
        {
            Harness.Table("journal", $"Items of {Size} bytes into a file in {Path.GetTempPath()}, an fsync every {s_interval.TotalMilliseconds} ms and one at the end. Costs are for an item.");
            harness.Compare(
                "Journal", Side.Whole(Items, count => ByJournal(Path.Combine(folder, "journal"), count).GetAwaiter().GetResult(), tries: 1),
                "FileStream, a buffer of 64 KiB", Side.Whole(Items, count => ByFile(Path.Combine(folder, "file"), count), tries: 1), limit: 2);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<long> ByJournal(string folder, int count)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        await using var journal = Journal.Open(folder, new() { FlushInterval = s_interval });
        for (var i = 0; i < count; i++)
        {
            await journal.WriteAsync(s_item);
        }

        await journal.FlushAsync();
        return journal.End.Number;
    }

    private static long ByFile(string path, int count)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 64 << 10);
        var since = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            file.Write(s_item);
            if (i % 64 == 0 && Stopwatch.GetElapsedTime(since) >= s_interval)
            {
                file.Flush(flushToDisk: true);
                since = Stopwatch.GetTimestamp();
            }
        }

        file.Flush(flushToDisk: true);
        return file.Length / Size;
    }
}
