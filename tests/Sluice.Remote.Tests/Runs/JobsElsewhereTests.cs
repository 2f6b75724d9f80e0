using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Jobs with parts in other processes: what happens when one of them is lost, or cannot be stored.</summary>
public sealed class JobsElsewhereTests : IDisposable
{
    private static readonly JobOptions s_byHand = new() { Interval = Timeout.InfiniteTimeSpan };

    private readonly CheckpointStore _store = Checkpoints.Memory();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_whose_worker_dies_goes_on_at_its_last_checkpoint()
    {
        var (dies, died, half, gate, first) = (_folder.PathOf("dies"), _folder.PathOf("died"), new TaskCompletionSource(), new TaskCompletionSource(), 0);
        var job = Source.From(Enumerable.Range(0, 100).ToArray())
            .Tap(item => first += item < 50 ? 1 : 0)
            .SelectAsync(async (item, cancellation) =>
            {
                if (item == 50)
                {
                    half.TrySetResult();
                    await gate.Task.WaitAsync(cancellation);
                }

                return item;
            }, 1, drain: true)
            .On(Env.Process(new() { StartupTimeout = Wait.Limit }))
            .Through(Stage.Create<int, int>((items, next) => SumsUntil(items, next, dies, died)))
            .On(Env.Caller)
            .To(Sink.ToList<int>())
            .AsJob("sums", _store, new() { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "SelectAsync" } });

        var run = await job.StartAsync();
        await Wait.For(half.Task);
        var suspended = run.StopAsync(JobStop.Suspend);
        gate.SetResult(); // the mark is under way, and waits for the call
        await Wait.For(suspended);
        await File.WriteAllTextAsync(dies, "");
        await Assert.ThrowsAsync<WorkerLostException>(() => Wait.For(job.RunAsync()));
        var sums = await Wait.For(job.RunAsync());

        var sum = 0;
        Assert.Equal(Enumerable.Range(0, 100).Select(item => sum += item), sums);
        Assert.Equal(50, first);
    }

    [Fact]
    public async Task A_job_with_a_pool_of_processes_goes_on_and_keeps_its_number_of_members()
    {
        var (half, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        var run = await Job(2).StartAsync();
        await Wait.For(half.Task);
        await Wait.For(run.StopAsync(JobStop.Suspend));
        gate.SetResult();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(Job(3).RunAsync()));
        Assert.Contains("was stored in 2 parts, and runs in 3 now", error.Message, StringComparison.Ordinal);
        var sums = await Wait.For(Job(2).RunAsync());

        var expected = Enumerable.Range(0, 60).GroupBy(static item => item % 5).SelectMany(static items => items.Select((_, i) => (1000 * items.Key) + items.Take(i + 1).Sum()).Append((-1000 * items.Key) - items.Sum()));
        Assert.Equal(expected.Order(), sums.Order());

        Job<List<int>> Job(int members) => Source.Resumable<int, int>(0, async source =>
            {
                while (source.Position < 60)
                {
                    if (source.Position == 30)
                    {
                        half.TrySetResult();
                        await gate.Task.WaitAsync(source.Cancellation);
                    }

                    await source.SendAsync(source.Position, source.Position + 1);
                }
            })
            .On(Env.Processes(members, static (int item) => item % 5, new() { StartupTimeout = Wait.Limit }))
            .ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => CutPools.SumsOf(key, items, next))
            .On(Env.Caller)
            .To(Sink.ToList<int>())
            .AsJob("pool", _store, s_byHand);
    }

    [Fact]
    public async Task What_a_stage_elsewhere_cannot_store_fails_the_job_before_its_first_item()
    {
        var items = 0;
        var job = Source.From(Enumerable.Range(0, 100).ToArray())
            .Tap(_ => items++)
            .On(Env.Process(new() { StartupTimeout = Wait.Limit }))
            .Through(Stage.Create<int, int>(static (items, next) => WithStream(items, next)))
            .On(Env.Caller)
            .To(Sink.ToList<int>())
            .AsJob("streams", _store, s_byHand);

        var error = await Assert.ThrowsAsync<NotPortableException>(() => Wait.For(job.StartAsync()));

        Assert.Contains(nameof(WithStream), error.Message, StringComparison.Ordinal);
        Assert.Equal("stream", error.Variable?.Split('.')[^1]);
        Assert.Equal(0, items);
    }

    [Fact]
    public async Task A_source_elsewhere_that_is_to_be_told_of_commits_fails_the_job_by_name()
    {
        using var tcp = new TcpPlace();
        var options = new JobOptions { Interval = Timeout.InfiniteTimeSpan, Run = new() { Placement = { ["queue"] = tcp.Make(3) } } };
        var job = Source.Resumable<int, int>(0, static async source =>
        {
            source.Committed = static (_, _) => ValueTask.CompletedTask;
            while (source.Position < 10)
            {
                await source.SendAsync(source.Position, source.Position + 1);
            }
        }).Named("queue").On(Env.Caller).Select(static item => item).To(Sink.ToList<int>()).AsJob("queue", _store, options);

        var error = await Assert.ThrowsAsync<NotPortableException>(() => Wait.For(job.RunAsync()));

        Assert.Contains("The source 'queue' cannot run in this place in a job: it is to be told what is committed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_is_started_anew_is_refused_since_it_would_have_lost_its_state()
    {
        var job = Source.From(Enumerable.Range(0, 100).ToArray()).On(Env.Process(new() { MaxRestarts = 1, StartupTimeout = Wait.Limit })).Select(static item => item).On(Env.Caller).To(Sink.ToList<int>()).AsJob("restarts", _store, s_byHand);

        var error = await Assert.ThrowsAsync<NotSupportedException>(() => Wait.For(job.StartAsync()));

        Assert.Contains("MaxRestarts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_items_cross_to_another_process()
    {
        var keys = await Wait.For(Source.From(["a", "b"]).WithIdempotencyKeys()
            .On(Env.Process(new() { StartupTimeout = Wait.Limit })).Select(static pair => $"{pair.Item} {pair.Key}").On(Env.Caller).To(Sink.ToList<string>()).AsJob("keys", _store, s_byHand).RunAsync());

        Assert.Equal(["a keys/From/0", "b keys/From/1"], keys);
    }

    [Fact]
    public async Task A_source_whose_items_get_keys_is_refused_in_another_process()
    {
        var options = new JobOptions { Interval = Timeout.InfiniteTimeSpan, Run = new() { Placement = new Dictionary<string, Env> { ["From"] = Env.Process(new() { StartupTimeout = Wait.Limit }) } } };
        var job = Source.From(["a", "b"]).WithIdempotencyKeys().On(Env.Caller).To(Sink.Count<(string, IdempotencyKey)>()).AsJob("keys", _store, options);

        var error = await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(job.RunAsync()));

        Assert.Contains("'From' gives its items keys, so it runs where the job runs", error.Message, StringComparison.Ordinal);
    }

    private static async Coroutine SumsUntil(Inbox<int> items, Target<int> next, string dies, string died)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            if (item == 70 && File.Exists(dies) && !File.Exists(died))
            {
                await File.WriteAllTextAsync(died, "");
                Environment.Exit(7);
            }

            sum += item;
            await next.SendAsync(sum);
        }
    }

    private static async Coroutine WithStream(Inbox<int> items, Target<int> next)
    {
        using var stream = new MemoryStream();
        await foreach (var item in items)
        {
            stream.WriteByte((byte)item);
            await next.SendAsync(item);
        }
    }
}
