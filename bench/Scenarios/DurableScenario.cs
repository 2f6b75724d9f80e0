using System.Diagnostics;
using System.Globalization;
using Sluice.Durable;

namespace Sluice.Bench;

/// <summary>The count of each key, as a job on SQLite with a checkpoint each second, against the same pipeline without checkpoints; and how long a mark and a resume take.</summary>
internal static class DurableScenario
{
    private const int Items = 5_000_000;
    private const int Keys = 100_000;
    private const int ManyKeys = 1_000_000;
    private const double LimitOfResume = 3;

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    internal static void Run(Harness harness)
    {
        var folder = Directory.CreateTempSubdirectory("sluice-bench-").FullName;
        try
        {
            var numbers = Numbers.Shuffled(Keys, Items / Keys).First(Items);
            Harness.Table("durable", string.Create(CultureInfo.InvariantCulture, $"{Items:#,0} numbers, {Keys:#,0} keys, each counted by a coroutine; a checkpoint each second in a SQLite file in {Path.GetTempPath()}. Costs are for a number."));
            harness.Compare(
                "a job", Side.Whole(Items, _ => ByJob(Path.Combine(folder, "counts.db"), numbers).GetAwaiter().GetResult(), static count => count, tries: 1),
                "the same pipeline, run without a store", Side.Whole(Items, _ => Count(numbers, numbers.Length).RunAsync().GetAwaiter().GetResult(), static count => count, tries: 1), limit: 1.1);
            Harness.Heading("durable: mark and resume", "Seconds, once each.");
            Resume(Path.Combine(folder, "many.db")).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Pipeline<long> Count(IReadOnlyList<int> numbers, int until) => Source.From(numbers).Take(until).ForEachKey<int, int, int>(static number => number, static (_, items, next) => CountOf(items, next)).To(Sink.Aggregate<int, long>(0, static (sum, count) => sum + count));

    private static async Coroutine CountOf(Inbox<int> items, Target<int> next)
    {
        var count = 0;
        await foreach (var _ in items)
        {
            count++;
        }

        await next.SendAsync(count);
    }

    private static async Task<long> ByJob(string path, int[] numbers)
    {
        File.Delete(path);
        await using var store = Checkpoints.Sqlite(path);
        return await Count(numbers, numbers.Length).AsJob("counts", store, new() { Interval = s_interval }).RunAsync();
    }

    /// <summary>A mark through a run with a million keys, and a run that goes on there.</summary>
    private static async Task Resume(string path)
    {
        await using var store = Checkpoints.Sqlite(path);
        var numbers = new Gated(ManyKeys);
        var options = new JobOptions { Interval = Timeout.InfiniteTimeSpan, OnCheckpoint = static report => Console.WriteLine(report) };
        var run = await Count(numbers, int.MaxValue).AsJob("many", store, options).StartAsync();
        await numbers.Reached;
        await run.StopAsync(JobStop.Suspend);

        var since = Stopwatch.GetTimestamp();
        var again = await Count(new Gated(ManyKeys), int.MaxValue).AsJob("many", store, options).StartAsync();
        var seconds = Stopwatch.GetElapsedTime(since).TotalSeconds;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"A run with {ManyKeys:#,0} keys goes on after {seconds:0.0} s (limit {LimitOfResume} s: {Harness.YesNo(seconds <= LimitOfResume)})."));
        await again.DisposeAsync();
    }

    /// <summary>Numbers that say when the last key has had its item.</summary>
    private sealed class Gated(int keys) : IReadOnlyList<int>
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Count => int.MaxValue;

        internal Task Reached => _reached.Task;

        public int this[int index]
        {
            get
            {
                if (index == keys)
                {
                    _reached.TrySetResult();
                }

                return index % keys;
            }
        }

        public IEnumerator<int> GetEnumerator() => Enumerable.Range(0, int.MaxValue).Select(index => this[index]).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
