using System.Globalization;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Jobs with pools of threads: each member has state of its own, which goes on in its place.</summary>
public sealed class JobPoolTests
{
    private const int Items = 200;

    private static readonly JobOptions s_byHand = new() { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "Select", "Tap", "ForEach" } };

    private readonly CheckpointStore _store = Checkpoints.Memory();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task Rule13_a_job_with_pools_that_crashes_again_and_again_ends_as_an_undisturbed_one(int seed) => Seed.Run(seed, async random =>
    {
        var whole = await Make(static item => item).RunAsync();
        for (var crashes = 0; ; crashes++)
        {
            var (crashAt, markEach, items) = (crashes == 0 ? 1 + random.Next(100) : random.Next(Items + 100), 1 + random.Next(40), 0);
            using var crashed = new CancellationTokenSource();
            var started = new TaskCompletionSource<JobRun<List<string>>>();
            var run = await Make(item =>
            {
                items++;
                if (items == crashAt)
                {
                    crashed.Cancel();
                }

                if (items % markEach == 0 && started.Task.IsCompleted)
                {
                    _ = started.Task.Result.CheckpointAsync();
                }

                return item;
            }).AsJob("job", _store, s_byHand).StartAsync(crashed.Token);
            started.SetResult(run);
            try
            {
                Assert.Equal(whole, await run.Completion.WaitAsync(TimeSpan.FromMinutes(1)));
                Assert.NotEqual(0, crashes);
                return;
            }
            catch (OperationCanceledException)
            {
                // as by a crash: the next round goes on
            }
        }
    });

    [Fact]
    public async Task A_row_is_stored_for_each_part_of_a_node()
    {
        await SuspendAt(20, Env.Threads(3));

        await using var session = await _store.OpenAsync("job");
        await using var reader = await session.OpenReaderAsync();
        var parts = new List<int>();
        await foreach (var row in reader.ReadNodesAsync())
        {
            if (row.Node == "sums")
            {
                parts.Add(row.Part);
            }
        }

        Assert.Equal([0, 1, 2], parts.Order());
    }

    [Fact]
    public async Task A_suspended_job_goes_on_in_a_pool_of_the_same_kind()
    {
        await SuspendAt(20, Env.Threads(3));

        Assert.Equal(await Sums(Env.Threads(3), static item => item).RunAsync(), await Sums(Env.Threads(3), static item => item).AsJob("job", _store, s_byHand).RunAsync());
    }

    [Theory]
    [InlineData(3, 4)]
    [InlineData(3, 2)]
    [InlineData(3, 1)]
    [InlineData(1, 2)]
    public async Task Another_number_of_parts_is_refused_with_both_numbers(int stored, int now)
    {
        await SuspendAt(20, Env.Threads(stored));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Sums(Env.Threads(now), static item => item).AsJob("job", _store, s_byHand).RunAsync());

        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"'sums' was stored in {stored} parts, and runs in {now} now."), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_of_a_pool_is_refused_where_there_is_none()
    {
        await SuspendAt(20, Env.Threads(3));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Sums(Env.Caller, static item => item).AsJob("job", _store, s_byHand).RunAsync());

        Assert.Contains("'sums' was stored in 3 parts, and runs in 1 now.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pool_by_key_is_refused_where_items_went_where_there_was_room()
    {
        await SuspendAt(20, Env.Threads(3, ordered: false));

        var error = await Assert.ThrowsAsync<SnapshotException>(() => Sums(Env.Threads<int, int>(3, static item => item), static item => item).AsJob("job", _store, s_byHand).RunAsync());

        Assert.Contains("It was stored by a pool of another kind.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_whose_pool_kept_the_order_is_refused_where_none_does(bool isPool)
    {
        await SuspendAt(20, Env.Threads(1));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Sums(isPool ? Env.Threads(1, ordered: false) : Env.Thread(), static item => item).AsJob("job", _store, s_byHand).RunAsync());

        Assert.Contains("this run has no such node: its pools are others", error.Message, StringComparison.Ordinal);
    }

    /// <summary>An output that does not depend on how fast each thread is: the order is that of the items, or is made by the sink.</summary>
    private static Pipeline<List<string>> Make(Func<int, int> count) => Source.From(Enumerable.Range(0, Items).ToArray()).Select(count)
        .On(Env.Threads(3, capacity: 8)).Scan(0, static (sum, item) => sum + item)
        .On(Env.Caller).Scan(0, static (sum, item) => (sum + item) % 1000)
        .On(Env.Threads<int, int>(2, static item => item % 7, capacity: 8))
        .ForEachKey<int, int, string>(static item => item % 7, static (key, items, next) => SumsOf(key, items, next))
        .On(Env.Caller)
        .Chunk(int.MaxValue).Select(static lines => lines.Order(StringComparer.Ordinal).ToArray()).SelectMany(static lines => lines)
        .To(Sink.ToList<string>());

    private static Pipeline<List<int>> Sums(Env pool, Func<int, int> count) =>
        Source.From(Enumerable.Range(0, Items).ToArray()).Select(count).On(pool).Scan(0, static (sum, item) => sum + item).Named("sums").On(Env.Caller).To(Sink.ToList<int>());

    private static async Coroutine SumsOf(int key, Inbox<int> items, Target<string> next)
    {
        var (sum, number) = (0L, 0);
        await foreach (var item in items)
        {
            sum += item;
            await next.SendAsync(string.Create(CultureInfo.InvariantCulture, $"{key} {number++:0000}: {sum}"));
        }
    }

    private async Task SuspendAt(int count, Env pool)
    {
        var (items, started, stopped) = (0, new TaskCompletionSource<JobRun<List<int>>>(), new TaskCompletionSource<Task>());
        var run = await Sums(pool, item =>
        {
            if (++items == count)
            {
                stopped.SetResult(started.Task.Result.StopAsync(JobStop.Suspend)); // the mark is sent at this item
            }

            return item;
        }).AsJob("job", _store, s_byHand).StartAsync();
        started.SetResult(run);
        await await stopped.Task;
        Assert.True(run.Completion.IsCanceled);
    }
}
