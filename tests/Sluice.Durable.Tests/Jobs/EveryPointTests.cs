using System.Globalization;
using Sluice.Contracts;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Rules 14 and 15: a job whose run ends at any single step of its protocol, before or after each call of the store, with answers that are lost, ends as an undisturbed one.</summary>
public sealed class EveryPointTests
{
    private const int Items = 60;
    private const int MarkEach = 20;

    public static TheoryData<StoreFault> Faults => [StoreFault.Before, StoreFault.After, StoreFault.Twice, StoreFault.Late];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_run_that_ends_at_any_call_of_the_store_is_followed_by_one_that_ends_as_an_undisturbed_one(StoreFault fault)
    {
        var whole = await Make(null).RunAsync();
        var calls = 0;
        for (var at = 1; at == 1 || at <= calls; at++)
        {
            var point = at;
            await using var inner = Checkpoints.Memory();
            await using var store = new FaultyCheckpointStore(inner);
            store.Faults = (number, _) => number == point ? fault : StoreFault.None;
            var (result, runs) = (default(List<string>), 0);
            while (result is null)
            {
                Assert.True(++runs < 5, $"call {at} of {string.Join(' ', store.Names)}");
                result = await RunAsync(store, crashesOnError: true);
            }

            Assert.True(whole.SequenceEqual(result), $"{fault} at call {at}, '{store.Names[at - 1]}', after {runs} runs: {string.Join(' ', result)}");
            await store.DeliverLateAsync();
            Assert.Equal(whole, await Make(null).AsJob("job", inner).RunAsync()); // it is finished, and gives its result again
            calls = store.Calls;
        }

        Assert.InRange(calls, 8, 200);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_run_goes_on_by_itself_over_a_failure_at_any_call_of_the_store(StoreFault fault)
    {
        var whole = await Make(null).RunAsync();
        var calls = 0;
        for (var at = 1; at == 1 || at <= calls; at++)
        {
            var point = at;
            await using var inner = Checkpoints.Memory();
            await using var store = new FaultyCheckpointStore(inner);
            store.Faults = (number, _) => number == point ? fault : StoreFault.None;
            List<string>? result = null;
            for (var runs = 0; result is null; runs++)
            {
                Assert.True(runs < 3, $"call {at} of {string.Join(' ', store.Names)}");
                result = await RunAsync(store, crashesOnError: false);
            }

            Assert.True(whole.SequenceEqual(result), $"{fault} at call {at}, '{store.Names[at - 1]}'");
            calls = store.Calls;
        }
    }

    [Fact]
    public async Task A_job_that_ends_at_each_item_ends_as_an_undisturbed_one()
    {
        var whole = await Make(null).RunAsync();
        await using var store = Checkpoints.Memory();
        var (crashes, result) = (0, default(List<string>));
        for (var runs = 0; result is null; runs++)
        {
            Assert.True(runs < 10 * Items, "It does not end.");
            var at = (runs % 7) + MarkEach;
            result = await RunAsync(store, crashesOnError: true, crashAt: at);
            crashes += result is null ? 1 : 0;
        }

        Assert.Equal(whole, result);
        Assert.InRange(crashes, 2, 10 * Items);
    }

    /// <summary>Runs the job with a checkpoint at some of the items. Null if it ended as by a crash.</summary>
    private static async Task<List<string>?> RunAsync(CheckpointStore store, bool crashesOnError, int crashAt = int.MaxValue)
    {
        var (started, items) = (new TaskCompletionSource<JobRun<List<string>>>(), 0);
        using var crash = new CancellationTokenSource();
        var taken = new List<Task>();
        try
        {
            var run = await Make(async () =>
            {
                var run = await started.Task;
                if (++items % MarkEach == 0)
                {
                    lock (taken)
                    {
                        taken.Add(CheckpointAsync(run, crashesOnError ? crash : null)); // not awaited: a stage cannot wait for its own mark
                    }
                }

                if (items >= crashAt)
                {
                    await crash.CancelAsync();
                }
            }).AsJob("job", store, new() { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "SelectAsync" }, Open = new() { Keep = 1 } }).StartAsync(crash.Token);
            started.SetResult(run);
            await using (run)
            {
                return await Wait.For(run.Completion);
            }
        }
        catch (Exception error) when (error is StoreException or OperationCanceledException)
        {
            return null; // as by a crash
        }
        finally
        {
            started.TrySetCanceled();
            await Wait.For(Task.WhenAll(taken));
        }
    }

    private static async Task CheckpointAsync(JobRun<List<string>> run, CancellationTokenSource? crash)
    {
        try
        {
            await run.CheckpointAsync();
        }
        catch (Exception error) when (error is StoreException or OperationCanceledException or InvalidOperationException)
        {
            await (crash?.CancelAsync() ?? Task.CompletedTask);
        }
    }

    private static Pipeline<List<string>> Make(Func<Task>? atItem) => Source.From(Enumerable.Range(0, Items).ToArray())
        .SelectAsync(async (item, _) =>
        {
            await (atItem?.Invoke() ?? Task.CompletedTask);
            return item;
        }, 1)
        .MergeBy(static item => item, Source.From(Enumerable.Range(0, Items).Select(static i => (3 * i) + 1).ToArray()))
        .ForEachKey<int, int, string>(static item => item % 5, static (key, items, next) => Sums(key, items, next))
        .On(Env.Thread(4))
        .SlidingWindow(3, 1)
        .Select(static window => string.Join('+', window))
        .To(Sink.ToList<string>());

    private static async Coroutine Sums(int key, Inbox<int> items, Target<string> next)
    {
        var sum = 0L;
        await foreach (var item in items)
        {
            sum += item;
            await next.SendAsync(string.Create(CultureInfo.InvariantCulture, $"{key}:{sum}"));
        }
    }
}
