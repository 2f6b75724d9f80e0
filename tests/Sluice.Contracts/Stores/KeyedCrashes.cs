using Sluice.Durable;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>Runs a job whose items have keys again and again, each run until it crashes at a random item, and looks at all that a system outside was handed.</summary>
public static class KeyedCrashes
{
    private const int Crashes = 8;

    /// <summary>Each item has one key, whichever run it came from, and each key is that of one item.</summary>
    /// <param name="source">Makes the source, without keys.</param>
    /// <param name="expected">All items, each once.</param>
    /// <param name="random">Decides where runs crash, and where marks are asked for.</param>
    /// <param name="within">A run crashes within so many items.</param>
    /// <param name="between">Called between two runs, with the number of runs before.</param>
    /// <returns>The keys, in the order of the items.</returns>
    public static async Task<IReadOnlyList<IdempotencyKey>> RunAsync<T>(Func<Source<T>> source, IReadOnlyList<T> expected, Random random, int within = 100, Action<int>? between = null)
        where T : notnull
    {
        await using var store = Checkpoints.Memory();
        var handed = new List<(T Item, IdempotencyKey Key)>();
        for (var run = 0; !await RunUntilCrashAsync(source(), expected.Count, store, run < Crashes ? 1 + random.Next(within) : int.MaxValue, random, handed); run++)
        {
            between?.Invoke(run + 1);
        }

        Assert.True(handed.Count > expected.Count, "Nothing came twice.");
        var keys = handed.GroupBy(static pair => pair.Item, static pair => pair.Key).ToDictionary(static item => item.Key, static item => Assert.Single(item.Distinct()));
        Assert.Equal(expected.Order(), keys.Keys.Order());
        Assert.Equal(keys.Count, keys.Values.Select(static key => key.ToString()).Distinct().Count());
        Assert.All(keys.Values, static key => Assert.Equal("job", key.Job));
        return [.. expected.Select(item => keys[item])];
    }

    /// <summary>False: it has crashed.</summary>
    private static async Task<bool> RunUntilCrashAsync<T>(Source<T> source, int count, CheckpointStore store, int crashAt, Random random, List<(T Item, IdempotencyKey Key)> handed)
    {
        var (started, crashed, items) = (new TaskCompletionSource<JobRun<long>>(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
        var job = source.WithIdempotencyKeys().SelectAsync(async (pair, cancellation) =>
        {
            var run = await started.Task.WaitAsync(cancellation);
            handed.Add(pair);
            if (++items == crashAt)
            {
                crashed.SetResult();
                await Task.Delay(Timeout.Infinite, cancellation);
            }

            if (random.Next(crashAt < 10 ? 3 : 10) == 0)
            {
                _ = run.CheckpointAsync(cancellationToken: CancellationToken.None).ContinueWith(static taken => _ = taken.Exception, TaskScheduler.Default); // the crash may come before it
            }

            return pair;
        }, 1, drain: true).Take(count).To(Sink.Count<(T, IdempotencyKey)>()).AsJob("job", store, new() { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "SelectAsync" } });
        await using var run = await job.StartAsync();
        started.SetResult(run);
        if (await Wait.For(Task.WhenAny(crashed.Task, run.Completion)) == crashed.Task)
        {
            return false;
        }

        Assert.Equal(count, await run.Completion);
        return true;
    }
}
