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
        var (dies, died, started, first) = (_folder.PathOf("dies"), _folder.PathOf("died"), new TaskCompletionSource<JobRun<List<int>>>(), 0);
        var job = Source.From(Enumerable.Range(0, 100).ToArray())
            .Tap(item =>
            {
                first += item < 50 ? 1 : 0;
                if (item == 50 && !File.Exists(died))
                {
                    _ = CheckpointAsync();
                }
            })
            .On(Env.Process(new() { StartupTimeout = Wait.Limit }))
            .Through(Stage.Create<int, int>((items, next) => SumsUntil(items, next, dies, died)))
            .On(Env.Caller)
            .To(Sink.ToList<int>())
            .AsJob("sums", _store, s_byHand);

        var run = await job.StartAsync();
        started.SetResult(run);
        await Assert.ThrowsAsync<WorkerLostException>(() => run.Completion);
        var sums = await job.RunAsync();

        var sum = 0;
        Assert.Equal(Enumerable.Range(0, 100).Select(item => sum += item), sums);
        Assert.Equal(50, first);

        async Task CheckpointAsync()
        {
            await (await started.Task).CheckpointAsync();
            await File.WriteAllTextAsync(dies, "");
        }
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

        var error = await Assert.ThrowsAsync<NotPortableException>(() => job.StartAsync());

        Assert.Contains(nameof(WithStream), error.Message, StringComparison.Ordinal);
        Assert.Equal("stream", error.Variable?.Split('.')[^1]);
        Assert.Equal(0, items);
    }

    [Fact]
    public async Task A_part_that_is_started_anew_is_refused_since_it_would_have_lost_its_state()
    {
        var job = Source.From(Enumerable.Range(0, 100).ToArray()).On(Env.Process(new() { MaxRestarts = 1, StartupTimeout = Wait.Limit })).Select(static item => item).On(Env.Caller).To(Sink.ToList<int>()).AsJob("restarts", _store, s_byHand);

        var error = await Assert.ThrowsAsync<NotSupportedException>(() => job.StartAsync());

        Assert.Contains("MaxRestarts", error.Message, StringComparison.Ordinal);
    }

    private static async Coroutine SumsUntil(Inbox<int> items, Target<int> next, string dies, string died)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            if (item == 70 && !File.Exists(died))
            {
                while (!File.Exists(dies))
                {
                    await Task.Delay(5);
                }

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
