using System.Text;
using System.Threading.Channels;
using Sluice.Tests;

namespace Sluice.Durable;

/// <summary>A journal makes any source one with a position.</summary>
public sealed class JournaledSourceTests : IDisposable
{
    private static readonly JobOptions s_byHand = new() { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "SelectAsync" } };
    private static readonly JournalOptions s_small = new() { FlushInterval = TimeSpan.Zero, SegmentSize = 64 << 10 };

    private readonly CheckpointStore _store = Checkpoints.Memory();
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task Rule_17_A_job_behind_a_journal_handles_each_record_once_whatever_it_is_ended_by(int seed) => Seed.Run(seed, async random =>
    {
        const int Many = 2000;
        var (output, folder, next) = (_folder.PathOf("out.txt"), _folder.PathOf("journal"), 0);
        for (var crashes = 0; ; crashes++)
        {
            var (items, crashAt, started) = (0, crashes < 10 ? 1 + random.Next(300) : 0, new TaskCompletionSource<JobRun<object?>>(TaskCreationOptions.RunContinuationsAsynchronously));
            // A source that gives what the journal has not taken yet; the last item that was on its way at a crash may come again, as another record.
            var source = Source.Create<string>(async (target, cancellation) =>
            {
                while (next < Many)
                {
                    await target.SendAsync($"item {next}");
                    next++;
                    await Task.Yield();
                }
            }, "outside");
            var run = await source.Journal(folder, new() { FlushInterval = TimeSpan.Zero }).SelectAsync(async (item, cancellation) =>
            {
                var run = await started.Task.WaitAsync(cancellation);
                if (++items == crashAt)
                {
                    _ = run.DisposeAsync().AsTask();
                    await Task.Delay(Timeout.Infinite, cancellation);
                }

                if (items % 40 == 0)
                {
                    _ = run.CheckpointAsync(cancellationToken: CancellationToken.None).ContinueWith(static taken => _ = taken.Exception, TaskScheduler.Default); // the run may end before
                }

                return item;
            }, 1, drain: true).To(Sink.WriteLines(output)).AsJob("job", _store, new() { Interval = Timeout.InfiniteTimeSpan, Open = new() { Keep = 1000 }, AllowChanges = { "SelectAsync" } }).StartAsync();
            await using (run)
            {
                started.SetResult(run);
                await ((Task)Wait.For(run.Completion)).ContinueWith(static _ => { }, TaskScheduler.Default);
                if (run.Completion.IsCompletedSuccessfully)
                {
                    Assert.NotEqual(0, crashes);
                    break;
                }
            }

            Assert.True(run.Completion.IsCanceled, run.Completion.Exception?.ToString());
        }

        var lines = await File.ReadAllLinesAsync(output);
        Assert.Equal(RecordsOf(folder), lines);
        Assert.Equal(Enumerable.Range(0, Many).Select(static number => $"item {number}"), lines.Distinct());
    });

    [Fact]
    public async Task A_journal_is_trimmed_after_commits_and_a_named_checkpoint_keeps_its_records()
    {
        var (folder, items) = (_folder.PathOf("journal"), Channel.CreateUnbounded<string>());
        var seen = new List<string>();
        var options = new JobOptions { Interval = Timeout.InfiniteTimeSpan, Open = new() { Keep = 1 } };
        var job = Source.From(items.Reader).Journal(folder, s_small).To(Sink.ForEach<string>(seen.Add)).AsJob("job", _store, options);
        var run = await job.StartAsync();
        await SendAsync(500);
        await run.CheckpointAsync("half");
        await SendAsync(1000);
        await run.CheckpointAsync();
        await run.StopAsync(JobStop.Suspend);
        Assert.InRange(StartOf(), 1, 500);

        run = await Source.From(items.Reader).Journal(folder, s_small).To(Sink.ForEach<string>(seen.Add)).AsJob("job", _store, new() { Interval = Timeout.InfiniteTimeSpan, Open = new() { Keep = 1, RewindTo = "half" } }).StartAsync();
        await Wait.Until(() => seen.Count == 1500, "the records behind the named checkpoint again");
        Assert.Equal(seen[500..1000], seen[1000..1500]);
        Assert.True(await _store.UnnameAsync("job", "half"));
        await run.StopAsync(JobStop.Suspend);
        run = await job.StartAsync();
        await run.CheckpointAsync();
        await run.CheckpointAsync();
        items.Writer.Complete();
        await Wait.For(run.Completion);

        Assert.InRange(StartOf(), 501, 1000);

        async Task SendAsync(int until)
        {
            while (seen.Count < until)
            {
                var before = seen.Count;
                for (var i = 0; i < 100; i++)
                {
                    await items.Writer.WriteAsync($"{before + i} {new string('x', 1000)}");
                }

                await Wait.Until(() => seen.Count == before + 100, "the items");
            }
        }

        long StartOf()
        {
            var journal = Sluice.Durable.Journal.Open(folder);
            try
            {
                return journal.Start.Number;
            }
            finally
            {
                journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
    }

    [Fact]
    public async Task A_failure_of_the_source_comes_behind_what_it_gave_before()
    {
        var seen = new List<string>();
        var source = Source.Create<string>(async (target, _) =>
        {
            await target.SendAsync("a");
            await target.SendAsync("b");
            throw new InvalidOperationException("The line is dead.");
        }, "outside");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(source.Journal(_folder.PathOf("journal")).To(Sink.ForEach<string>(seen.Add)).AsJob("job", _store, s_byHand).RunAsync()));

        Assert.Equal("The line is dead.", error.Message);
        Assert.Equal(["a", "b"], seen);
    }

    [Fact]
    public async Task Without_a_job_items_are_passed_on_and_nothing_is_stored()
    {
        var folder = _folder.PathOf("journal");

        Assert.Equal(["a", "b"], await Source.From(["a", "b"]).Journal(folder).To(Sink.ToList<string>()).RunAsync());
        Assert.False(Directory.Exists(folder));
    }

    private static List<string> RecordsOf(string folder)
    {
        var journal = Sluice.Durable.Journal.Open(folder);
        try
        {
            var records = new List<string>();
            using var reader = journal.Read(journal.Start);
            while (reader.TryRead())
            {
                records.Add(Encoding.UTF8.GetString(reader.Record.Span));
            }

            return records;
        }
        finally
        {
            journal.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
