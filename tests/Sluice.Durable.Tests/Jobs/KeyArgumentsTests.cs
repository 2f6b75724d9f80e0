using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Rule 18: the coroutines of keys go on with the arguments that are stored, so a program that gives others is refused, as for a node's own coroutine.</summary>
public sealed class KeyArgumentsTests
{
    private const int Keys = 4;

    private readonly CheckpointStore _store = Checkpoints.Memory();

    [Fact]
    public async Task Another_argument_is_refused_with_both_values()
    {
        await SuspendAt(Keys, By(3));

        var error = await Assert.ThrowsAsync<SnapshotException>(() => Job(By(4)).RunAsync());

        Assert.Contains("'Times' was started with factor = 3, and is now given 4", error.Message, StringComparison.Ordinal);
        Assert.Contains("name 'ForEachKey' in JobOptions.Accept", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_accepted_node_goes_on_with_the_stored_ones_for_the_keys_that_are_known()
    {
        await SuspendAt(Keys - 1, By(3)); // the last key has had no item

        var products = await Job(By(4), accept: "ForEachKey").RunAsync();

        Assert.Equal(Numbers().Select(static item => item * (item % Keys == Keys - 1 ? 4 : 3)), products);
    }

    [Fact]
    public async Task One_that_depends_on_the_key_is_the_same_for_the_same_key()
    {
        static Coroutine OfKey(int key, Inbox<int> items, Target<int> next) => Times(items, next, key + 1);
        await SuspendAt(Keys, OfKey);

        Assert.Equal(Numbers().Select(static item => item * ((item % Keys) + 1)), await Job(OfKey).RunAsync());
    }

    [Fact]
    public async Task One_that_the_coroutine_counts_down_is_state()
    {
        static Coroutine Some(int key, Inbox<int> items, Target<int> next) => First(items, next, 2);
        await SuspendAt(Keys, Some);

        Assert.Equal(Numbers().Take(2 * Keys), await Job(Some).RunAsync());
    }

    [Fact]
    public async Task A_key_whose_coroutine_has_ended_is_passed_over()
    {
        static Coroutine Before(int key, Inbox<int> items, Target<int> next) => key == 0 ? First(items, next, 1) : Times(items, next, 3);
        static Coroutine After(int key, Inbox<int> items, Target<int> next) => key == 0 ? First(items, next, 2) : Times(items, next, 4);
        await SuspendAt(Keys, Before);

        var error = await Assert.ThrowsAsync<SnapshotException>(() => Job(After).RunAsync());

        Assert.Contains("factor = 3, and is now given 4", error.Message, StringComparison.Ordinal);
    }

    private static Func<int, Inbox<int>, Target<int>, Coroutine> By(int factor) => (_, items, next) => Times(items, next, factor);

    private static async Coroutine Times(Inbox<int> items, Target<int> next, int factor)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item * factor);
        }
    }

    private static async Coroutine First(Inbox<int> items, Target<int> next, int left)
    {
        for (; left > 0; left--)
        {
            await next.SendAsync(await items.ReceiveAsync());
        }
    }

    private Job<List<int>> Job(Func<int, Inbox<int>, Target<int>, Coroutine> stage, string? accept = null) => Of(stage, static _ => Task.CompletedTask, accept);

    /// <summary>Runs until so many items have passed, and leaves a checkpoint behind them.</summary>
    private async Task SuspendAt(int count, Func<int, Inbox<int>, Target<int>, Coroutine> stage)
    {
        var (arrived, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var passed = 0;
        var run = await Of(stage, async _ =>
        {
            if (++passed == count)
            {
                arrived.SetResult();
                await release.Task;
            }
        }).StartAsync();
        await Wait.For(arrived.Task);
        var stopped = run.StopAsync(JobStop.Suspend);
        release.SetResult(); // the mark is under way
        await Wait.For(stopped);
    }

    private static int[] Numbers() => [.. Enumerable.Range(0, 4 * Keys)];

    private Job<List<int>> Of(Func<int, Inbox<int>, Target<int>, Coroutine> stage, Func<int, Task> seen, string? accept = null)
    {
        var options = new JobOptions { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "Tap" } };
        if (accept is not null)
        {
            options.Accept.Add(accept);
        }

        return Source.From(Numbers()).ForEachKey(static item => item % Keys, stage).Tap(seen).To(Sink.ToList<int>()).AsJob("job", _store, options);
    }
}
