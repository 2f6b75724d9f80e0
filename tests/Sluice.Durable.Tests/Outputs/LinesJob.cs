using System.Globalization;

namespace Sluice.Durable;

/// <summary>A job that writes numbered lines to a file, takes checkpoints on its way, and is crashed at a chosen item.</summary>
internal sealed class LinesJob(CheckpointStore store, Sink<string> sink, int lines)
{
    /// <summary>The disk of its files.</summary>
    internal Disk Disk { get; init; } = Disk.Local;

    /// <summary>What takes the lines elsewhere.</summary>
    internal Func<Source<string>, Source<string>> Place { get; init; } = static source => source;

    /// <summary>A checkpoint is asked for at each item whose number is divisible by this.</summary>
    internal int CheckpointEach { get; init; } = 5;

    internal static string Line(int number) => string.Create(CultureInfo.InvariantCulture, $"line {number} {new string('x', number * 7 % 40)}");

    internal static string Text(int lines) => string.Concat(Enumerable.Range(0, lines).Select(static number => Line(number) + "\n"));

    /// <summary>Runs it from its newest checkpoint on.</summary>
    /// <param name="crashAt">The number of the item, of those in this run, at which the run is disposed of; 0: none.</param>
    /// <returns>Whether it has finished; what it failed with is thrown.</returns>
    internal async Task<bool> RunAsync(int crashAt = 0)
    {
        var (items, started) = (0, new TaskCompletionSource<JobRun<object?>>(TaskCreationOptions.RunContinuationsAsynchronously));
        var source = Source.From(Enumerable.Range(0, lines).ToArray()).SelectAsync(async (item, cancellation) =>
        {
            var run = await started.Task.WaitAsync(cancellation);
            if (++items == crashAt)
            {
                _ = run.DisposeAsync().AsTask();
                await Task.Delay(Timeout.Infinite, cancellation);
            }

            if (items % CheckpointEach == 0)
            {
                _ = run.CheckpointAsync(cancellationToken: CancellationToken.None).ContinueWith(static taken => _ = taken.Exception, TaskScheduler.Default); // it may fail, and is reported then
            }

            return item;
        }, 1, drain: true).Select(Line);
        var run = await Place(source).To(sink).AsJob("lines", store, new() { Interval = Timeout.InfiniteTimeSpan, Disk = Disk, FailuresAllowed = 1000, AllowChanges = { "SelectAsync" } }).StartAsync();
        await using (run)
        {
            started.SetResult(run);
            try
            {
                await Tests.Wait.For(run.Completion, "the end of the run");
                return true;
            }
            catch (OperationCanceledException) when (crashAt > 0)
            {
                return false;
            }
        }
    }
}
