using System.Globalization;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Jobs on a store in memory: what a run leaves behind when it ends as by a crash, and how the next one goes on.</summary>
public sealed class JobTests : IDisposable
{
    private static readonly JobOptions s_byHand = new() { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "Select", "Tap", "ForEach" } }; // by which the tests see what is done

    private readonly CheckpointStore _store = Checkpoints.Memory();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_job_that_has_ended_gives_its_result_again()
    {
        var runs = 0;
        var job = Source.From(Numbers(100)).Tap(_ => runs++).To(Sink.ToList<int>()).AsJob("sum", _store, s_byHand);

        var first = await job.RunAsync();
        var again = await job.RunAsync();

        Assert.Equal(Numbers(100), first);
        Assert.Equal(first, again);
        Assert.Equal(100, runs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public Task A_job_that_crashes_again_and_again_ends_as_an_undisturbed_one(int seed) => Seed.Run(seed, async random =>
    {
        var whole = await Make(static item => item).RunAsync();
        for (var crashes = 0; ; crashes++)
        {
            var (crashAt, markEach, items) = (crashes == 0 ? 1 + random.Next(200) : random.Next(400), 1 + random.Next(60), 0);
            using var crashed = new CancellationTokenSource();
            var started = new TaskCompletionSource<JobRun<List<string>>>();
            var job = Make(item =>
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
            }).AsJob("job", _store, s_byHand);
            var run = await job.StartAsync(crashed.Token);
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
    public async Task A_job_is_suspended_and_goes_on_without_doing_anything_twice()
    {
        var (seen, gate, release) = (new List<int>(), new TaskCompletionSource(), new TaskCompletionSource());
        var job = Source.From(Numbers(200)).Select(item =>
        {
            seen.Add(item);
            if (seen.Count == 50)
            {
                gate.SetResult();
            }

            return item;
        }).SelectAsync(async (item, _) =>
        {
            await (item < 49 ? Task.CompletedTask : release.Task);
            return item;
        }, 4).To(Sink.ToList<int>()).AsJob("job", _store, s_byHand);
        var run = await job.StartAsync();
        await gate.Task;

        var stopped = run.StopAsync(JobStop.Suspend);
        release.SetResult(); // the mark is under way
        await stopped;
        Assert.True(run.Completion.IsCanceled);
        var result = await job.RunAsync();

        Assert.Equal(Numbers(200), result);
        Assert.Equal(Numbers(200), seen);
    }

    [Fact]
    public async Task A_source_of_lines_goes_on_behind_the_line()
    {
        var path = _folder.PathOf("lines.txt");
        var lines = Enumerable.Range(0, 3000).Select(static i => string.Create(CultureInfo.InvariantCulture, $"line {i} ä")).ToArray();
        for (var ending = 0; ending < 3; ending++)
        {
            File.WriteAllText(path, "\uFEFF" + string.Join(((string[])["\n", "\r\n", "\r"])[ending], lines));
            var name = "lines " + ending;
            for (var crashes = 0; crashes < 9; crashes++)
            {
                var (items, started, at) = (0, new TaskCompletionSource<JobRun<List<string>>>(), (crashes * 97) + 40);
                var run = await Source.Lines(path).Select(line =>
                {
                    if (++items == at)
                    {
                        var taken = started.Task.Result.CheckpointAsync();
                        _ = taken.ContinueWith(_ => started.Task.Result.DisposeAsync().AsTask(), TaskScheduler.Default);
                    }

                    return line;
                }).SelectAsync(static async (line, _) =>
                {
                    await Task.Yield();
                    return line;
                }, 1, drain: true).To(Sink.ToList<string>()).AsJob(name, _store, s_byHand).StartAsync();
                started.SetResult(run);
                await run.Completion.ContinueWith(static _ => { }, TaskScheduler.Default);
                await run.DisposeAsync();
            }

            Assert.Equal(lines, await Source.Lines(path).Select(static line => line).SelectAsync(static async (line, _) =>
            {
                await Task.Yield();
                return line;
            }, 1, drain: true).To(Sink.ToList<string>()).AsJob(name, _store, s_byHand).RunAsync());
        }
    }

    [Fact]
    public async Task A_job_goes_back_to_a_named_checkpoint()
    {
        var (seen, release, last) = (new List<int>(), new TaskCompletionSource(), new TaskCompletionSource());
        var pipeline = Source.From(Numbers(60)).Tap(seen.Add).SelectAsync(async (item, _) =>
        {
            await (item == 29 ? release.Task : item == 45 ? last.Task : Task.CompletedTask);

            return item;
        }, 1, drain: true).To(Sink.ToList<int>());
        var run = await pipeline.AsJob("job", _store, s_byHand).StartAsync();
        var taken = run.CheckpointAsync("thirty");
        release.SetResult(); // the mark is under way, or passes before the item
        await taken;
        var before = await NumberOfAsync("thirty");
        var stopped = run.StopAsync(JobStop.Suspend);
        last.SetResult();
        await stopped;
        seen.Clear();

        await using var back = await pipeline.AsJob("job", _store, new() { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "Tap" }, Open = new() { RewindTo = "thirty" } }).StartAsync();

        Assert.Equal(Numbers(60), await back.Completion);
        Assert.Equal(60 - seen.Count, seen[0]);
        Assert.Equal(before, back.Committed!.Value.Number);
    }

    [Fact]
    public async Task A_source_that_does_not_know_where_it_stands_is_refused_by_name()
    {
        var job = Source.From(Numbers(3).Where(static item => item > 0)).Named("numbers").To(Sink.ToList<int>()).AsJob("job", _store);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => job.RunAsync());

        Assert.Contains("'numbers' does not know where it stands", error.Message, StringComparison.Ordinal);
        Assert.Empty(await _store.ListJobsAsync());
    }

    [Fact]
    public async Task A_coroutine_that_is_given_other_arguments_is_refused_with_both_values()
    {
        await SuspendAt(10, Stage.Create<int, int>(static (items, next) => Each(items, next, 3)));

        var error = await Assert.ThrowsAsync<SnapshotException>(() => Source.From(Numbers(60)).Through(Stage.Create<int, int>(static (items, next) => Each(items, next, 4))).To(Sink.ForEach<int>(static _ => Task.CompletedTask)).AsJob("job", _store).RunAsync());

        Assert.Contains("factor = 3, and is now given 4", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_pipeline_is_refused_unless_all_of_its_nodes_have_names()
    {
        await SuspendAt(10, Stage.Create<int, int>(static (items, next) => Each(items, next, 3)));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Source.From(Numbers(60)).Where(static _ => true).Through(Stage.Create<int, int>(static (items, next) => Each(items, next, 3))).To(Sink.ForEach<int>(static _ => Task.CompletedTask)).AsJob("job", _store).RunAsync());

        Assert.Contains("has no name of its own", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rule_19_A_node_that_was_forgotten_in_the_store_may_be_missing_from_the_pipeline(bool isNamed)
    {
        await SuspendAt(10, isNamed ? Stage.Create<int, int>(static (items, next) => Each(items, next, 1)).Named("gone") : Stage.Create<int, int>(static (items, next) => Each(items, next, 1)), "numbers");
        var gone = isNamed ? "gone" : await NodeOfAsync(NodeKind.Stage);
        var pipeline = Source.From(Numbers(60)).Named("numbers").To(Sink.ForEach<int>(static _ => Task.CompletedTask).Named("sink")).AsJob("job", _store);
        await Assert.ThrowsAsync<InvalidOperationException>(() => pipeline.RunAsync());

        Assert.True(await _store.ForgetNodeAsync("job", gone));

        await pipeline.RunAsync();
        Assert.Equal(JobStatus.Finished, (await _store.FindJobAsync("job"))!.Status);
    }

    [Fact]
    public async Task What_a_stage_keeps_that_cannot_be_stored_fails_the_start_by_name()
    {
        var job = Source.From(Numbers(3)).Through<int>(static async (items, next) =>
        {
            using var file = new MemoryStream();
            await foreach (var item in items)
            {
                file.WriteByte((byte)item);
                await next.SendAsync(item);
            }
        }, "keeper").To(Sink.ToList<int>()).AsJob("job", _store);

        var error = await Assert.ThrowsAsync<NotPortableException>(() => job.RunAsync());

        Assert.Contains("'keeper'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mark_that_cannot_pass_is_given_up_and_the_run_goes_on()
    {
        var (gate, inStage, reports) = (new TaskCompletionSource(), new TaskCompletionSource(), new List<CheckpointReport>());
        var options = new JobOptions { Interval = Timeout.InfiniteTimeSpan, AlignmentTimeout = TimeSpan.FromMilliseconds(50), OnCheckpoint = reports.Add };
        var run = await Source.From(Numbers(3)).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                inStage.TrySetResult();
                await gate.Task;
                await next.SendAsync(item);
            }
        }, "slow").To(Sink.ToList<int>()).AsJob("job", _store, options).StartAsync();
        await Wait.For(inStage.Task); // before its first item a mark would pass

        var error = await Assert.ThrowsAsync<TimeoutException>(() => run.CheckpointAsync());
        gate.SetResult();

        Assert.Contains("had not passed all nodes", error.Message, StringComparison.Ordinal);
        Assert.Equal(Numbers(3), await run.Completion);
        Assert.Contains(reports, report => report.Failure == error);
    }

    [Fact]
    public async Task A_newer_run_takes_the_job_over_and_the_older_one_ends()
    {
        var gate = new TaskCompletionSource();
        var pipeline = Source.From(Numbers(3)).SelectAsync(async (item, cancellation) =>
        {
            await gate.Task.WaitAsync(cancellation);
            return item;
        }, 1, drain: true).To(Sink.ToList<int>());
        var old = await pipeline.AsJob("job", _store, s_byHand).StartAsync();

        await Assert.ThrowsAsync<JobRunningException>(() => pipeline.AsJob("job", _store, s_byHand).StartAsync());
        var newer = await pipeline.AsJob("job", _store, new() { Interval = Timeout.InfiniteTimeSpan, Open = new() { TakeOver = true } }).StartAsync();
        gate.SetResult();
        await Assert.ThrowsAsync<JobTakenOverException>(() => old.Completion);

        Assert.Equal(Numbers(3), await newer.Completion);
    }

    private async Task<long> NumberOfAsync(string name) => (await _store.ListCheckpointsAsync("job")).Single(checkpoint => checkpoint.Name == name).Id.Number;

    private static int[] Numbers(int count) => [.. Enumerable.Range(0, count)];

    private static Pipeline<List<string>> Make(Func<int, int> count) => Source.From(Numbers(300)).Select(count)
        .Zip(Source.From(Numbers(1000)).Where(static item => item % 3 == 0), static (one, other) => (1000 * one) + other)
        .On(Env.Thread(16))
        .ForEachKey<int, int, string>(static item => item % 7, static (key, items, next) => Sums(key, items, next))
        .On(Env.ThreadPool(8))
        .SelectAsync(static async (item, _) =>
        {
            await Task.Yield();
            return item;
        }, 2)
        .To(Sink.ToList<string>());

    private static async Coroutine Sums(int key, Inbox<int> items, Target<string> next)
    {
        var sum = 0L;
        await foreach (var item in items)
        {
            sum += item;
            await next.SendAsync(string.Create(CultureInfo.InvariantCulture, $"{key}: {sum}"));
        }
    }

    private static async Coroutine Each(Inbox<int> items, Target<int> next, int factor)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item * factor);
        }
    }

    private async Task<string> NodeOfAsync(NodeKind kind)
    {
        await using var reader = await _store.OpenReaderAsync("job");
        return (await reader.ListNodesAsync()).Single(node => node.Kind == kind).Name;
    }

    private async Task SuspendAt(int count, Stage<int, int> stage, string? source = null)
    {
        var (items, gate, release) = (0, new TaskCompletionSource(), new TaskCompletionSource());
        var numbers = Source.From(Numbers(60));
        var sink = Sink.ForEach<int>(async _ =>
        {
            if (++items == count)
            {
                gate.SetResult();
                await release.Task;
            }
        });
        var pipeline = source is null ? numbers.Through(stage).To(sink) : numbers.Named(source).Through(stage).To(sink.Named("sink"));
        var run = await pipeline.AsJob("job", _store, new() { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "ForEach", "sink" } }).StartAsync();
        await gate.Task;
        var stopped = run.StopAsync(JobStop.Suspend);
        release.SetResult(); // the mark is under way
        await stopped;
    }
}
