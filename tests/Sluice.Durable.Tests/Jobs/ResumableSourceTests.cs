using System.Globalization;
using System.Threading.Channels;
using Sluice.Contracts;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>Sources of the application's own that know where they stand.</summary>
public sealed class ResumableSourceTests
{
    private static readonly JobOptions s_byHand = new() { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "Select", "Tap", "ForEach" } };

    private readonly CheckpointStore _store = Checkpoints.Memory();

    public static TheoryData<bool, int> Cuts
    {
        get
        {
            var cuts = new TheoryData<bool, int>();
            foreach (var inArrays in (bool[])[false, true])
            {
                for (var at = 1; at <= 30; at += 3)
                {
                    cuts.Add(inArrays, at);
                }
            }

            return cuts;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task It_goes_on_behind_each_item(bool inArrays, int at)
    {
        var marked = new TaskCompletionSource<Task>();
        var started = new TaskCompletionSource<JobRun<List<int>>>();
        var source = Source.Resumable<int, Cursor>(new(0, "none"), inArrays ? InArrays : OneByOne);
        var job = source.SelectAsync(async (item, cancellation) =>
        {
            await Task.Yield(); // lets the mark in between two items
            if (item == at && !marked.Task.IsCompleted)
            {
                marked.SetResult((await started.Task).CheckpointAsync(cancellationToken: cancellation));
            }

            return item;
        }, 1, drain: true).To(Sink.ToList<int>()).AsJob("job", _store, s_byHand);
        var run = await job.StartAsync();
        started.SetResult(run);
        await Wait.For(await Wait.For(marked.Task));
        await run.DisposeAsync();

        Assert.Equal(Enumerable.Range(1, 40), await job.RunAsync());
    }

    [Fact]
    public async Task The_first_checkpoint_has_the_position_at_which_it_begins()
    {
        var (positions, ends) = (new List<(int Position, bool IsResumed)>(), false);
        var pipeline = (int start) => Source.Resumable<int, int>(start, async run =>
        {
            positions.Add((run.Position, run.IsResumed));
            await Task.Delay(ends ? TimeSpan.Zero : Timeout.InfiniteTimeSpan, run.Cancellation);
        }).To(Sink.ToList<int>());
        var run = await pipeline(7).AsJob("job", _store, s_byHand).StartAsync();
        await run.DisposeAsync();
        ends = true;

        await pipeline(9).AsJob("job", _store, s_byHand).RunAsync();

        Assert.Equal((7, true), positions[^1]);
    }

    [Fact]
    public async Task A_checkpoint_is_taken_while_it_waits()
    {
        var items = Channel.CreateUnbounded<int>();
        var seen = new List<int>();
        var job = Source.Resumable<int, int>(0, async run =>
        {
            await foreach (var item in items.Reader.ReadAllAsync(run.Cancellation))
            {
                if (item > run.Position)
                {
                    await run.SendAsync(item, item);
                }
            }
        }).Tap(seen.Add).To(Sink.ToList<int>()).AsJob("job", _store, s_byHand);
        var run = await job.StartAsync();
        await Wait.For(run.CheckpointAsync());
        await items.Writer.WriteAsync(1);
        await items.Writer.WriteAsync(2);
        await Wait.Until(() => seen.Count == 2, "two items");
        await Wait.For(run.CheckpointAsync());
        await run.DisposeAsync();
        for (var item = 1; item <= 4; item++)
        {
            await items.Writer.WriteAsync(item); // again from the beginning, as a broker may
        }

        items.Writer.Complete();

        Assert.Equal([1, 2, 3, 4], await job.RunAsync());
        Assert.Equal([1, 2, 3, 4], seen);
    }

    [Theory]
    [InlineData(StoreFault.Before)]
    [InlineData(StoreFault.After)]
    public async Task It_learns_of_a_position_only_when_that_is_committed(StoreFault fault)
    {
        var faulty = new FaultyCheckpointStore(_store);
        var feed = new Feed();
        var run = await feed.Job(faulty).StartAsync();
        await feed.SendAsync(1, 2, 3);
        await Wait.For(run.CheckpointAsync());
        Assert.Equal([3], feed.Acknowledged);

        faulty.Faults = (_, name) => name == "commit" ? fault : StoreFault.None;
        await feed.SendAsync(4, 5);
        if (fault == StoreFault.Before)
        {
            await Assert.ThrowsAsync<StoreUnavailableException>(() => Wait.For(run.CheckpointAsync()));
        }
        else
        {
            await Wait.For(run.CheckpointAsync()); // the answer was lost, and the job has found out that it is committed
        }

        Assert.Equal(fault == StoreFault.Before ? [3] : [3, 5], feed.Acknowledged);
        faulty.Faults = static (_, _) => StoreFault.None;
        await Wait.For(run.CheckpointAsync());
        Assert.Equal([3, 5], feed.Acknowledged);

        feed.End();
        await Wait.For(run.Completion);
        Assert.Equal([3, 5], feed.Acknowledged);
    }

    [Fact]
    public async Task What_was_acknowledged_is_never_needed_again()
    {
        var feed = new Feed();
        var run = await feed.Job(_store).StartAsync();
        await feed.SendAsync(1, 2, 3);
        await Wait.For(run.CheckpointAsync());
        await feed.SendAsync(4, 5, 6);
        await run.DisposeAsync();

        feed.Redeliver(); // all that was not acknowledged: 4 to 6
        await feed.AddAsync(7);
        feed.End();

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], await feed.Job(_store).RunAsync());
        Assert.Equal(7, feed.Acknowledged[^1]);
    }

    [Fact]
    public async Task A_commit_that_was_not_acknowledged_before_a_crash_is_acknowledged_by_the_next_run()
    {
        var feed = new Feed { Fails = true };
        var run = await feed.Job(_store).StartAsync();
        await feed.SendAsync(1, 2);

        var error = await Assert.ThrowsAsync<CommitReportException>(() => Wait.For(run.CheckpointAsync()));
        Assert.Equal(1, run.Committed?.Number);
        await run.DisposeAsync();
        Assert.Contains("its source 'feed' has failed to acknowledge it: the broker is gone", error.Message, StringComparison.Ordinal);
        feed.Fails = false;
        feed.Redeliver();
        run = await feed.Job(_store).StartAsync();
        await feed.AtRestAsync();
        await Wait.For(run.CheckpointAsync());
        Assert.Equal([2], feed.Acknowledged);
        feed.End();

        Assert.Equal([1, 2], await Wait.For(run.Completion));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_source_that_had_ended_acknowledges_in_a_later_run_and_sends_nothing_more(bool looksWhetherItIsClosed)
    {
        var (acknowledged, isAway, all, gate) = (new List<int>(), true, 3, new TaskCompletionSource());
        var job = Source.Merge(Source.Resumable<int, int>(0, async run =>
        {
            run.Committed = (position, _) =>
            {
                if (isAway)
                {
                    throw new IOException("the broker is gone");
                }

                acknowledged.Add(position);
                return ValueTask.CompletedTask;
            };
            while (run.Position < all && !(looksWhetherItIsClosed && run.IsClosed))
            {
                await run.SendAsync(run.Position, run.Position + 1);
            }
        }, "ends"), Source.Resumable<int, int>(0, async run => await gate.Task.WaitAsync(run.Cancellation), "goes on")).To(Sink.ToList<int>()).AsJob("job", _store, s_byHand);
        for (var crashes = 0; crashes < 3; crashes++)
        {
            await using var run = await job.StartAsync();
            await Wait.Until(() => run.Nodes.Single(static node => node.Name == "ends").HasEnded, "the end of the source");
            await Assert.ThrowsAsync<CommitReportException>(() => Wait.For(run.CheckpointAsync()));
            all = 5; // more has come: it is another run's, since this source has ended
        }

        isAway = false;
        gate.SetResult();

        Assert.Equal([0, 1, 2], await Wait.For(job.RunAsync()));
        Assert.Equal([3], acknowledged);
    }

    [Fact]
    public async Task An_acknowledgement_that_fails_is_tried_again_before_the_next_checkpoint()
    {
        var feed = new Feed { Fails = true };
        var run = await feed.Job(_store).StartAsync();
        await feed.SendAsync(1, 2);
        await Assert.ThrowsAsync<CommitReportException>(() => Wait.For(run.CheckpointAsync()));
        feed.Fails = false;
        await feed.SendAsync(3);
        await Wait.For(run.CheckpointAsync());
        Assert.Equal([2, 3], feed.Acknowledged);
        feed.End();

        Assert.Equal([1, 2, 3], await Wait.For(run.Completion));
    }

    [Fact]
    public async Task An_acknowledgement_that_hangs_is_given_up_and_fails_the_run_in_the_end()
    {
        var feed = new Feed { Hangs = true };
        var run = await feed.Job(_store, new() { Interval = Timeout.InfiniteTimeSpan, StoreTimeout = TimeSpan.FromMilliseconds(200), FailuresAllowed = 0 }).StartAsync();
        await feed.SendAsync(1);
        await Assert.ThrowsAsync<TimeoutException>(() => Wait.For(run.CheckpointAsync()));

        await Assert.ThrowsAsync<TimeoutException>(() => Wait.For(run.Completion));
    }

    [Fact]
    public async Task A_position_that_cannot_be_stored_fails_the_start_by_name()
    {
        using var stream = new MemoryStream();
        var job = Source.Resumable<int, Stream>(stream, static async run => await run.SendAsync(1, run.Position), "streams").To(Sink.ToList<int>()).AsJob("job", _store);

        var error = await Assert.ThrowsAsync<NotPortableException>(() => job.RunAsync());

        Assert.Contains("'streams'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_a_source_like_any_other_without_a_job()
    {
        var durable = true;
        var list = await Source.Resumable<int, int>(5, async run =>
        {
            durable = run.IsDurable;
            run.MoveTo(run.Position + 1);
            await run.SendAsync(run.Position, 10);
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await run.SendAllAsync([1], [], 1));
            await run.SendAllAsync([run.Position, 2], [11, 12], 2);
            await run.SendAsync(run.Position, 13);
        }).To(Sink.ToList<int>()).RunAsync();

        Assert.False(durable);
        Assert.Equal([6, 10, 2, 12], list);
    }

    [Fact]
    public async Task An_error_policy_starts_it_again_behind_the_last_item()
    {
        var restarts = new List<SourceRestart>();
        var list = await Source.Resumable<int, int>(0, static async run =>
        {
            while (run.Position < 6)
            {
                await run.SendAsync(run.Position + 1, run.Position + 1);
                if (run.Position == 3)
                {
                    run.MoveTo(4);
                    throw new IOException("gone");
                }
            }
        }).OnError(ErrorPolicy.Restart(1, Backoff.Constant(TimeSpan.Zero)), restarts.Add).To(Sink.ToList<int>()).RunAsync();

        Assert.Equal([1, 2, 3, 5, 6], list);
        Assert.Equal("4", Assert.Single(restarts).Position);
    }

    private static async Coroutine OneByOne(ResumableRun<int, Cursor> run)
    {
        for (var i = run.Position.Count + 1; i <= 40; i++)
        {
            await run.SendAsync(i, new(i, string.Create(CultureInfo.InvariantCulture, $"behind {i}")));
        }
    }

    private static async Coroutine InArrays(ResumableRun<int, Cursor> run)
    {
        while (run.Position.Count < 40)
        {
            int[] items = [.. Enumerable.Range(run.Position.Count + 1, Math.Min(7, 40 - run.Position.Count))];
            await run.SendAllAsync(items, [.. items.Select(static i => new Cursor(i, "in an array"))], items.Length);
        }
    }

    private sealed record Cursor(int Count, string Note);

    /// <summary>A broker with one queue: what was not acknowledged comes again.</summary>
    private sealed class Feed
    {
        private readonly List<int> _kept = [];
        private readonly List<int> _handled = [];
        private Channel<int> _items = Channel.CreateUnbounded<int>();

        internal List<int> Acknowledged { get; } = [];

        internal bool Fails { get; set; }

        internal bool Hangs { get; init; }

        internal Job<List<int>> Job(CheckpointStore store, JobOptions? options = null)
        {
            var items = _items;
            return Source.Resumable<int, int>(0, async run =>
            {
                run.Committed = AcknowledgeAsync;
                await foreach (var item in items.Reader.ReadAllAsync(run.Cancellation))
                {
                    if (item > run.Position)
                    {
                        await run.SendAsync(item, item);
                    }

                    lock (_handled)
                    {
                        _handled.Add(item);
                    }
                }
            }, "feed").To(Sink.ToList<int>()).AsJob("feed", store, options ?? s_byHand);
        }

        internal async Task AddAsync(params int[] items)
        {
            foreach (var item in items)
            {
                _kept.Add(item);
                await _items.Writer.WriteAsync(item);
            }
        }

        internal async Task SendAsync(params int[] items)
        {
            await AddAsync(items);
            await AtRestAsync();
        }

        /// <summary>All that it has was handled.</summary>
        internal Task AtRestAsync() => Wait.Until(() =>
        {
            lock (_handled)
            {
                return _kept.TrueForAll(_handled.Contains);
            }
        }, "all items");

        internal void End() => _items.Writer.Complete();

        internal void Redeliver()
        {
            _items = Channel.CreateUnbounded<int>();
            _handled.Clear();
            _kept.RemoveAll(item => Acknowledged.Count > 0 && item <= Acknowledged[^1]);
            _kept.ForEach(item => _items.Writer.TryWrite(item));
        }

        private async ValueTask AcknowledgeAsync(int position, CancellationToken cancellation)
        {
            if (Fails)
            {
                throw new IOException("the broker is gone");
            }

            if (Hangs)
            {
                await new TaskCompletionSource().Task;
            }

            Acknowledged.Add(position);
        }
    }
}
