using System.Globalization;
using Sluice.Durable;

namespace Sluice.Contracts;

/// <summary>A program that runs a durable pipeline: what a suite of stores starts as another process, to kill it. It writes a line for each checkpoint, and one when it has ended.</summary>
public static class KilledJobProgram
{
    /// <summary>The line that says that the job is finished.</summary>
    public const string Finished = "finished";

    private const int Slow = 40;

    /// <summary>Runs the job to its end, and writes its result.</summary>
    /// <param name="store">The store.</param>
    /// <param name="job">The job's name.</param>
    /// <param name="input">The path of a file of lines, each a number.</param>
    /// <param name="output">The path of the result.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(CheckpointStore store, string job, string input, string output)
    {
        ArgumentNullException.ThrowIfNull(store);
        var options = new JobOptions
        {
            Interval = TimeSpan.FromMilliseconds(1),
            OnCheckpoint = static report =>
            {
                if (report.Failure is null)
                {
                    Console.WriteLine(report.Number.ToString(CultureInfo.InvariantCulture));
                }
            },
        };
        var result = await Make(input, isSlow: true).AsJob(job, store, options).RunAsync();
        await File.WriteAllLinesAsync(output, result);
        Console.WriteLine(Finished);
        return 0;
    }

    /// <summary>Makes the pipeline: keys, windows, a merge, another thread, calls, a guard.</summary>
    /// <param name="input">The path of the lines.</param>
    /// <param name="isSlow">Whether it waits now and then, so that there is time for checkpoints.</param>
    /// <returns>The pipeline; its result is the same in each run.</returns>
    internal static Pipeline<List<string>> Make(string input, bool isSlow) => Source.Lines(input)
        .Select(static line => int.Parse(line, CultureInfo.InvariantCulture))
        .SelectAsync(async (item, cancellation) =>
        {
            await (isSlow && item % Slow == 0 ? Task.Delay(1, cancellation) : Task.CompletedTask);
            return item;
        }, 3)
        .MergeBy(static item => item, Source.From(Enumerable.Range(0, 3000).Select(static i => (i * 2) + 1).ToArray()))
        .On(Env.Thread(32))
        .ForEachKey<int, int, long>(static item => item % 11, static (key, items, next) => Sums(key, items, next))
        .Through(Stage.Create<long, long>(static (items, next) => Differences(items, next)).OnError(ErrorPolicy.Retry(2)))
        .On(Env.ThreadPool(16))
        .SessionWindow(static item => DateTimeOffset.UnixEpoch.AddSeconds(item), TimeSpan.FromSeconds(3))
        .Select(static window => string.Create(CultureInfo.InvariantCulture, $"{window.Start:O} {window.Items.Count} {window.Items.Sum()}"))
        .To(Sink.ToList<string>());

    private static async Coroutine Sums(int key, Inbox<int> items, Target<long> next)
    {
        var sum = 0L;
        await foreach (var item in items)
        {
            sum += item;
            await next.SendAsync(sum + key);
        }
    }

    private static async Coroutine Differences(Inbox<long> items, Target<long> next)
    {
        var (greatest, count) = (0L, 0);
        await foreach (var item in items)
        {
            greatest = Math.Max(greatest, item);
            if (++count % 7 == 0)
            {
                await next.SendAsync(greatest);
            }
        }
    }
}
