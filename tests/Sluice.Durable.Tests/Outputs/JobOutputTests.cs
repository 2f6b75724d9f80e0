using Sluice.Contracts;
using Sluice.Tests;

namespace Sluice.Durable;

/// <summary>Sinks of a job: what each gets, when, and what is refused.</summary>
public sealed class JobOutputTests : IDisposable
{
    private static readonly JobOptions s_byHand = new() { Interval = Timeout.InfiniteTimeSpan };

    private readonly CheckpointStore _store = Checkpoints.Memory();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rule_15_What_a_stage_sends_before_the_first_item_is_in_the_first_checkpoint()
    {
        var path = _folder.PathOf("out.txt");
        var pipeline = Source.From(["b", "c"]).Through<string>(static (items, next) => Headed(items, next)).To(Sink.WriteLines(path));
        var fail = true;
        var store = new FaultyCheckpointStore(_store) { Faults = (_, name) => fail && name == "commit" ? StoreFault.Before : StoreFault.None };
        await Assert.ThrowsAsync<StoreUnavailableException>(() => pipeline.AsJob("job", store, s_byHand).StartAsync());
        Assert.Equal("", await File.ReadAllTextAsync(path)); // nothing may be in it before its length is committed
        fail = false;

        var run = await pipeline.AsJob("job", store, s_byHand).StartAsync();
        await run.DisposeAsync();
        await pipeline.AsJob("job", store, s_byHand).RunAsync();

        Assert.Equal("head\nb\nc\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Lines_bytes_and_json_are_written_as_without_a_job()
    {
        var (plain, durable) = (_folder.PathOf("plain"), _folder.PathOf("durable"));
        Pipeline All(string path) => Source.From(["ä", "", "\uD800", "c"]).To(Sink.Broadcast(
            Sink.WriteLines(path + ".txt"),
            Stage.Select(static (string line) => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(line)) | Sink.WriteBytes(path + ".bin"),
            Stage.Select(static (string line) => new Item(line, line.Length)) | Sink.WriteJsonLines<Item>(path + ".json")));

        await All(plain).RunAsync();
        await All(durable).AsJob("job", _store, s_byHand).RunAsync();

        foreach (var ending in (string[])[".txt", ".bin", ".json"])
        {
            Assert.Equal(await File.ReadAllBytesAsync(plain + ending), await File.ReadAllBytesAsync(durable + ending));
        }

        Assert.Equal("{\"Name\":\"\\u00E4\",\"Length\":1}", File.ReadLines(durable + ".json").First());
    }

    [Fact]
    public async Task A_file_that_was_there_is_emptied_once_or_kept()
    {
        var (replaced, kept) = (_folder.PathOf("replaced.txt"), _folder.PathOf("kept.txt"));
        await File.WriteAllTextAsync(replaced, "old\n");
        await File.WriteAllTextAsync(kept, "old\n");

        await new LinesJob(_store, Sink.WriteLines(replaced), 3).RunAsync();
        await new LinesJob(Checkpoints.Memory(), Sink.WriteLines(kept, append: true), 3).RunAsync();

        Assert.Equal(LinesJob.Text(3), await File.ReadAllTextAsync(replaced));
        Assert.Equal("old\n" + LinesJob.Text(3), await File.ReadAllTextAsync(kept));
    }

    [Fact]
    public async Task Two_sinks_with_one_path_are_refused_by_name()
    {
        var path = _folder.PathOf("out.txt");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Source.From(["a"]).To(Sink.Broadcast(Sink.WriteLines(path).Named("one"), Sink.WriteLines(path).Named("other"))).AsJob("job", _store).RunAsync());

        Assert.Contains("'one' and 'other'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sink_of_which_there_are_several_is_refused_by_name_and_its_file_stays()
    {
        var path = _folder.PathOf("out.txt");
        await File.WriteAllTextAsync(path, "old\n");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Source.From(["a"]).On(Env.Threads(2)).To(Sink.WriteLines(path).Named("lines")).AsJob("job", _store).RunAsync());

        Assert.Contains("'lines'", error.Message, StringComparison.Ordinal);
        Assert.Contains("On(Env.Caller)", error.Message, StringComparison.Ordinal);
        Assert.Equal("old\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_file_that_has_changed_is_an_error_at_the_start_and_stays_as_it_is()
    {
        var path = _folder.PathOf("out.txt");
        var (gate, half) = (new TaskCompletionSource(), new TaskCompletionSource());
        var job = Source.From(Enumerable.Range(0, 50).ToArray()).SelectAsync(async (item, cancellation) =>
        {
            if (item == 30)
            {
                half.TrySetResult();
                await gate.Task.WaitAsync(cancellation);
            }

            return LinesJob.Line(item);
        }, 1, drain: true).To(Sink.WriteLines(path)).AsJob("job", _store, s_byHand);
        var run = await job.StartAsync();
        await half.Task;
        var stopped = run.StopAsync(JobStop.Suspend);
        gate.SetResult(); // the mark is under way
        await stopped;
        await File.WriteAllTextAsync(path, "short\n");

        await Assert.ThrowsAsync<OutputFileChangedException>(() => job.RunAsync());

        Assert.Equal("short\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_run_that_was_taken_over_writes_nothing_more()
    {
        var (path, gate) = (_folder.PathOf("out.txt"), new TaskCompletionSource());
        var pipeline = Source.From(Enumerable.Range(0, 9).ToArray()).SelectAsync(async (item, cancellation) =>
        {
            await (item == 5 ? gate.Task.WaitAsync(cancellation) : Task.CompletedTask);
            return LinesJob.Line(item);
        }, 1, drain: true).To(Sink.WriteLines(path));
        var old = await pipeline.AsJob("job", _store, s_byHand).StartAsync();
        await using var newer = await pipeline.AsJob("job", _store, new() { Interval = Timeout.InfiniteTimeSpan, Open = new() { TakeOver = true } }).StartAsync();

        gate.SetResult();
        await Wait.For(newer.Completion);

        await Assert.ThrowsAsync<JobTakenOverException>(() => Wait.For(old.Completion));
        Assert.Equal(LinesJob.Text(9), await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_sink_that_is_full_asks_for_a_checkpoint_and_the_sources_wait_for_it()
    {
        const int Many = 50_000;
        var target = new Target();
        var failures = 3; // in the seconds that these take all items would come
        target.OnPrepare = number => number > 0 && failures-- > 0 ? throw new InvalidOperationException("The target is away.") : true;
        var run = await Source.From(Enumerable.Range(0, Many).ToArray()).SelectAsync(static async (item, cancellation) =>
        {
            await (item % 100 == 0 ? Task.Delay(1, cancellation) : Task.CompletedTask); // there is time for marks
            return item;
        }, 1, drain: true).To(Sink.Staged(() => new TargetSink(target), new() { MaxItems = 2000 })).AsJob("job", _store, s_byHand).StartAsync();

        await Wait.For(run.Completion);

        Assert.Equal(Enumerable.Range(0, Many), target.Shown);
        Assert.InRange(target.LargestBatch, 2000, Many - 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task Rule_16_A_target_of_two_phases_gets_each_item_once_whatever_fails(int seed) => Seed.Run(seed, async random =>
    {
        const int Many = 300;
        var target = new Target { OnPrepare = _ => random.Next(5) == 0 ? throw new InvalidOperationException("The target is away.") : true, OnPublish = () => random.Next(5) == 0 ? throw new InvalidOperationException("The target is away.") : true };
        var store = new FaultyCheckpointStore(_store) { Faults = (_, name) => name is "commit" or "resolve" or "clean" && random.Next(6) == 0 ? (StoreFault)random.Next(5) : StoreFault.None };
        for (var starts = 0; ; starts++)
        {
            try
            {
                if (await new LinesJob(store, Stage.Select(static (string line) => line.Length) | Sink.Staged(() => new TargetSink(target)), Many).RunAsync(random.Next(3) == 0 ? 0 : 1 + random.Next(200)))
                {
                    break;
                }
            }
            catch (Exception error) when (error is StoreException or InvalidOperationException && starts < 100)
            {
                // the start has failed
            }
        }

        Assert.Equal(Enumerable.Range(0, Many).Select(static number => LinesJob.Line(number).Length), target.Shown);
    });

    [Fact]
    public async Task Without_a_job_batches_are_prepared_and_published()
    {
        var target = new Target();

        await Source.From(Enumerable.Range(0, 25).ToArray()).To(Sink.Staged(() => new TargetSink(target), new() { MaxItems = 10 })).RunAsync();

        Assert.Equal(Enumerable.Range(0, 25), target.Shown);
        Assert.Equal(10, target.LargestBatch);
    }

    [Fact]
    public async Task A_prepare_that_fails_again_and_again_fails_the_run_with_the_cause()
    {
        var target = new Target { OnPrepare = static number => number > 0 ? throw new InvalidOperationException("The target is away.") : true };
        var options = new JobOptions { Interval = Timeout.InfiniteTimeSpan, FailuresAllowed = 2 };

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(
            Source.From(Enumerable.Range(0, 5).ToArray()).To(Sink.Staged(() => new TargetSink(target))).AsJob("job", _store, options).RunAsync()));

        Assert.Equal("The target is away.", error.Message);
        Assert.Empty(target.Shown);
    }

    private static async Coroutine Headed(Inbox<string> items, Target<string> next)
    {
        await next.SendAsync("head");
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }
    }

    private sealed record Item(string Name, int Length);

    /// <summary>A service that keeps what was prepared, by number, and shows it when it is told.</summary>
    private sealed class Target
    {
        private readonly Dictionary<long, int[]> _prepared = [];
        private long _last = -1;

        internal List<int> Shown { get; } = [];

        internal int LargestBatch { get; private set; }

        internal Func<long, bool> OnPrepare { get; set; } = static _ => true;

        internal Func<bool> OnPublish { get; init; } = static () => true;

        internal void GoBackTo(long number) => _prepared.Keys.Where(key => key > number).ToList().ForEach(key => _prepared.Remove(key));

        internal void Prepare(long number, IEnumerable<int> items)
        {
            OnPrepare(number);
            _prepared[number] = [.. items];
            LargestBatch = Math.Max(LargestBatch, _prepared[number].Length);
        }

        internal void Publish(long number)
        {
            OnPublish();
            if (number > _last)
            {
                _last = number;
                Shown.AddRange(_prepared[number]);
            }
        }
    }

    private sealed class TargetSink(Target target) : StagedSink<int>
    {
        public override ValueTask RestoreAsync(StagedContext context, StagedCheckpoint? committed, CancellationToken cancellationToken)
        {
            target.GoBackTo(committed?.Number ?? -1);
            return ValueTask.CompletedTask;
        }

        public override ValueTask<StagedPart> PrepareAsync(long checkpoint, IReadOnlyList<int> items, CancellationToken cancellationToken)
        {
            target.Prepare(checkpoint, items);
            return new(new StagedPart(BitConverter.GetBytes(checkpoint)));
        }

        public override ValueTask PublishAsync(StagedCheckpoint checkpoint, CancellationToken cancellationToken)
        {
            Assert.Equal(checkpoint.Number, BitConverter.ToInt64(checkpoint.State.Span));
            target.Publish(checkpoint.Number);
            return ValueTask.CompletedTask;
        }
    }
}
