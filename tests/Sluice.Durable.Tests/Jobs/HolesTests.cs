using System.Globalization;
using Sluice.Contracts;
using Sluice.Durable;

namespace Sluice.Tests;

/// <summary>The situations that broke the first version of the rules of durable runs, by their numbers: as tests here, or in <see cref="s_elsewhere"/> by the names of tests that are there.</summary>
public sealed class HolesTests
{
    private static readonly JobOptions s_byHand = new() { Interval = Timeout.InfiniteTimeSpan, AllowChanges = { "Select" } };

    /// <summary>Tests in other classes, by the numbers of what they test.</summary>
    private static readonly Dictionary<int, string[]> s_elsewhere = new()
    {
        [1] = ["MarkModelTests.Hole1_without_rule_13c_a_node_that_chooses_its_inbox_waits_for_ever"],
        [5] = ["OutputFileTests.Hole_5_A_new_output_keeps_replaces_or_refuses_what_is_there", "JobOutputTests.Rule_15_What_a_stage_sends_before_the_first_item_is_in_the_first_checkpoint"],
        [6] = ["OutputFileProcessTests.Hole_6_A_stopped_process_that_wakes_up_writes_to_nothing", "OutputFileCrashTests.Hole_6_A_run_that_was_taken_over_writes_to_nothing", "OutputFileTests.Hole_6_An_abandoned_output_writes_nothing"],
        [9] = ["CapturedValuesTests.Rule_18_A_stage_that_changes_what_it_captured_is_refused_by_name"],
        [10] = ["JobTests.A_coroutine_that_is_given_other_arguments_is_refused_with_both_values"],
        [11] = ["TimeInRunsTests.Rule_20_What_is_waited_for_comes_at_the_instant_at_which_it_would_have_come"],
        [12] = ["SharedStateTests.Rule_20_An_object_that_two_keys_share_is_refused", "SharedStateTests.Rule_20_An_object_that_two_nodes_keep_is_refused_with_both_names_and_the_ways"],
        [15] = ["MarkModelTests.Hole15_an_abort_that_does_not_overtake_or_old_marks_that_count_do_harm"],
        [16] = ["OutputFileTests.Hole_16_A_failed_output_is_never_synced_again", "OutputFileCrashTests.Hole_16_A_failure_of_any_step_is_mended_by_the_next_run", "JournalCrashTests.Hole_16_A_store_that_has_failed_takes_nothing_more"],
        [17] = ["OutputFileTests.Hole_17_A_file_that_is_shorter_is_an_error_and_not_made_longer"],
        [18] = ["OutputFileTests.Hole_18_A_reader_sees_up_to_where_the_file_stays_as_it_is"],
        [19] = ["JobOutputTests.A_sink_that_is_full_asks_for_a_checkpoint_and_the_sources_wait_for_it"],
        [20] = ["JobsElsewhereTests.A_part_that_is_started_anew_is_refused_since_it_would_have_lost_its_state"],
        [21] = ["JobTests.Another_pipeline_is_refused_unless_all_of_its_nodes_have_names"],
        [24] = ["StableHashTests.Rule_24_Keys_that_are_equal_have_the_same_hash"],
    };

    /// <summary>Those whose answer is not built: there is nothing to test yet.</summary>
    private static readonly Dictionary<int, string> s_notBuilt = new()
    {
        [22] = "Going back where a source was acknowledged needs Rewind. A journal keeps what a named checkpoint needs: JournalTests.Hole_22_Trimming_keeps_what_a_pin_names.",
        [23] = "There is no sink of Kafka.",
    };

    private readonly CheckpointStore _store = Checkpoints.Memory();

    [Fact]
    public void Each_of_the_twenty_five_has_a_test()
    {
        var here = typeof(HolesTests).GetMethods().Where(static method => method.Name.StartsWith("Hole_", StringComparison.Ordinal)).Select(static method => int.Parse(method.Name.Split('_')[1], CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(1, 25), here.Concat(s_elsewhere.Keys).Concat(s_notBuilt.Keys).Distinct().Order());
        var sources = Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories).ToLookup(static file => Path.GetFileNameWithoutExtension(file));
        Assert.All(s_elsewhere.Values.SelectMany(static tests => tests), test =>
        {
            var (type, method) = (test.Split('.')[0], test.Split('.')[1]);
            Assert.Contains($" {method}(", File.ReadAllText(Assert.Single(sources[type])), StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("Zip")]
    [InlineData("Concat")]
    [InlineData("MergeBy")]
    [InlineData("Join")]
    public Task Hole_01_A_node_that_chooses_which_inbox_it_reads_passes_the_mark(string kind)
    {
        var other = Source.From(Enumerable.Range(0, 250).ToArray());
        return GoesOnAsync(source => kind switch
        {
            "Zip" => source.Where(static item => item % 7 == 0).Zip(other, static (one, two) => (100 * one) + two),
            "Concat" => other.Concat(source),
            "MergeBy" => source.MergeBy(static item => item, other),
            _ => source.Join(other, static item => item % 4, static item => item % 4, At, At, TimeSpan.FromSeconds(3), static (one, two) => (100 * one) + two, 1000),
        }, isSorted: kind == "Join");
    }

    [Fact]
    public Task Hole_02_A_pipeline_that_goes_out_and_comes_back_passes_the_mark() =>
        GoesOnAsync(static source => source.On(Env.Thread()).Where(static item => item % 3 > 0).On(Env.Caller).Scan(0, static (sum, item) => sum + item));

    [Fact]
    public async Task Hole_03_A_source_that_never_waits_takes_the_mark_inside_its_send()
    {
        var isTaken = 0;
        var run = await Source.Resumable<int, int>(0, async source =>
        {
            while (Volatile.Read(ref isTaken) == 0)
            {
                await source.SendAsync(1, source.Position + 1); // completes at once
            }
        }).To(Sink.Count<int>()).AsJob("job", _store, s_byHand).StartAsync();

        await Wait.For(run.CheckpointAsync());
        Volatile.Write(ref isTaken, 1);

        Assert.InRange(await Wait.For(run.Completion), 0, long.MaxValue);
        Assert.Equal(1, run.Committed!.Value.Number);
    }

    [Fact]
    public async Task Hole_04_A_run_in_which_a_source_has_ended_takes_checkpoints_and_none_of_its_items_comes_again()
    {
        var gate = new TaskCompletionSource();
        var job = Source.Merge(Source.From([1, 2, 3]).Named("ends"), Source.Resumable<int, int>(0, async source =>
        {
            await gate.Task.WaitAsync(source.Cancellation);
            await source.SendAsync(4, 1);
        })).To(Sink.ToList<int>()).AsJob("job", _store, s_byHand);
        var run = await job.StartAsync();
        await Wait.Until(() => run.Nodes.Single(static node => node.Name == "ends").HasEnded, "the end of a source");

        await Wait.For(run.CheckpointAsync());
        await run.DisposeAsync();
        gate.SetResult();

        Assert.Equal([1, 2, 3, 4], await Wait.For(job.RunAsync()));
    }

    [Fact]
    public async Task Hole_05_A_crash_before_the_first_item_finds_checkpoint_0()
    {
        await using (var run = await Make(static source => source, static item => item).AsJob("job", _store, s_byHand).StartAsync())
        {
            Assert.Equal(0, run.Committed!.Value.Number);
        }

        Assert.Equal(Numbers(), await Make(static source => source, static item => item).AsJob("job", _store, s_byHand).RunAsync());
    }

    [Fact]
    public async Task Hole_07_Rows_of_a_mark_that_was_given_up_and_of_an_epoch_that_died_do_not_count()
    {
        await using (var session = await _store.OpenAsync("job"))
        {
            await session.CommitAsync(new CheckpointCommit { Number = 0, Rows = new CheckpointRows { Nodes = [Row("0"u8)] } });
            await session.WriteAsync(1, new CheckpointRows { Nodes = [Row("given up"u8)] });
            await session.AbortAsync(1);
            await session.WriteAsync(2, new CheckpointRows { Nodes = [Row("not committed"u8)] });
        }

        await using var next = await _store.OpenAsync("job");

        await using var reader = await next.OpenReaderAsync();
        Assert.Equal("0"u8.ToArray(), (await reader.ReadNodeAsync("a"))!.State!.Value.ToArray());
    }

    [Fact]
    public async Task Hole_08_A_commit_whose_answer_is_lost_counts_once()
    {
        await using var store = new FaultyCheckpointStore(_store) { Faults = static (_, name) => StoreFault.None };
        await using var session = await store.OpenAsync("job");
        store.Faults = static (_, name) => name == "commit" ? StoreFault.After : StoreFault.None;

        await session.CommitAsync(new CheckpointCommit { Number = 0, Rows = new CheckpointRows { Nodes = [Row("0"u8)] } });

        Assert.Equal(0, session.Committed!.Value.Number);
        Assert.Single(await _store.ListCheckpointsAsync("job"));
    }

    [Fact]
    public async Task Hole_09_A_stage_that_adds_to_a_captured_set_is_refused()
    {
        var seen = new HashSet<int>();

        var error = await Assert.ThrowsAsync<NotPortableException>(() => Source.From(Numbers()).Where(item => seen.Add(item)).To(Sink.ToList<int>()).AsJob("job", _store).RunAsync());

        Assert.Contains("'Where'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'seen'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Take")]
    [InlineData("Skip")]
    [InlineData("Chunk")]
    [InlineData("SlidingWindow")]
    [InlineData("captured")]
    public async Task Hole_10_What_operators_are_built_with_comes_from_the_program_that_goes_on(string kind)
    {
        await SuspendAsync(Stages(3), at: 1);

        var result = await Make(Stages(9), static item => item).AsJob("job", _store, s_byHand).RunAsync();

        Assert.Equal(kind switch
        {
            "Take" => [.. Numbers()[..9]],
            "Skip" => [.. Numbers()[9..]],
            "Chunk" => Numbers().Chunk(9).Select(static chunk => chunk.Sum()),
            "SlidingWindow" => Enumerable.Range(0, 200 - 8).Select(static first => Enumerable.Range(first, 9).Sum()),
            _ => Numbers().Select(static item => item * (item <= 1 ? 3 : 9)), // the first ones were sent by the other program
        }, result);

        Func<Source<int>, Source<int>> Stages(int number) => source => kind switch
        {
            "Take" => source.Take(number),
            "Skip" => source.Skip(number),
            "Chunk" => source.Chunk(number).Select(static chunk => chunk.Sum()),
            "SlidingWindow" => source.SlidingWindow(number, 1).Select(static window => window.Sum()),
            _ => source.Select(item => item * number),
        };
    }

    [Fact]
    public Task Hole_13_Feedback_takes_a_mark_between_two_items_of_its_loop() =>
        GoesOnAsync(static source => source.Through(Stage.Feedback<int, int>(static (items, next, back) => CrawlAsync(items, next, back), 1000, OnFull.Fail)));

    [Fact]
    public Task Hole_14_Calls_that_are_under_way_are_made_again() => GoesOnAsync(static source => source.SelectAsync(static async (item, _) =>
    {
        await Task.Yield();
        return item + 1;
    }, 7));

    [Fact]
    public async Task Hole_15_A_mark_that_was_given_up_does_not_mix_with_the_next_one()
    {
        var (gate, inCall) = (new TaskCompletionSource(), new TaskCompletionSource());
        var run = await Source.From(Numbers()).SelectAsync(async (item, _) =>
        {
            inCall.TrySetResult();
            await gate.Task;
            return item;
        }, 1, drain: true).To(Sink.ToList<int>()).AsJob("job", _store, s_byHand).StartAsync();
        await Wait.For(inCall.Task);
        using var dropped = new CancellationTokenSource();

        var first = run.CheckpointAsync(cancellationToken: dropped.Token);
        await dropped.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = run.CheckpointAsync();
        gate.SetResult();

        Assert.Equal(2, (await Wait.For(second)).Number); // numbers are never used twice
        Assert.Equal(Numbers(), await Wait.For(run.Completion));
    }

    [Fact]
    public async Task Hole_21_A_node_that_is_put_in_front_does_not_get_the_state_of_another()
    {
        await SuspendAsync(static source => source.Distinct(), at: 5);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Make(static source => source.Distinct().Select(static item => item % 10).Distinct(), static item => item).AsJob("job", _store, s_byHand).RunAsync());

        Assert.Contains("has no name of its own", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The part of it that a single process has; the other parts are those of a cluster, which is not built.</summary>
    [Fact]
    public async Task Hole_25_A_stage_that_asks_for_a_checkpoint_of_its_own_run_does_not_hold_it_up()
    {
        var (started, asked, taken) = (new TaskCompletionSource<JobRun<List<int>>>(), 0, new List<Task>());
        var run = await Make(static source => source, item =>
        {
            if (item % 50 == 0)
            {
                asked++;
                taken.Add(started.Task.Result.CheckpointAsync());
            }

            return item;
        }).AsJob("job", _store, s_byHand).StartAsync();
        started.SetResult(run);

        Assert.Equal(Numbers(), await Wait.For(run.Completion));
        await Wait.For(Task.WhenAll(taken).ContinueWith(static _ => { }, TaskScheduler.Default));
        Assert.Equal(4, asked);
        Assert.All(taken, static task => Assert.True(task.IsCompletedSuccessfully || task.IsCanceled));
    }

    private static NodeState Row(ReadOnlySpan<byte> state) => new() { Node = "a", State = state.ToArray() };

    private static int[] Numbers() => [.. Enumerable.Range(0, 200)];

    private static DateTimeOffset At(int second) => DateTimeOffset.UnixEpoch.AddSeconds(second);

    private static Pipeline<List<int>> Make(Func<Source<int>, Source<int>> stages, Func<int, int> count) => stages(Source.From(Numbers()).Select(count)).To(Sink.ToList<int>());

    private static async Coroutine AtEndAsync(Inbox<int> items, Target<int> next)
    {
        var all = new List<int>();
        await foreach (var item in items)
        {
            all.Add(item);
        }

        foreach (var item in all)
        {
            await next.SendAsync(item);
        }
    }

    private static async Coroutine CrawlAsync(Inbox<int> items, Target<int> next, Target<int> back)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
            if (item is > 100 and < 1000)
            {
                await back.SendAsync(item + 300);
            }
        }
    }

    /// <summary>Suspends the job at some items, runs it to the end, and compares what comes out.</summary>
    private async Task GoesOnAsync(Func<Source<int>, Source<int>> stages, bool isSorted = false)
    {
        var whole = await Make(stages, static item => item).RunAsync();
        for (var at = 1; at < 150; at += 37)
        {
            var name = at.ToString(CultureInfo.InvariantCulture);
            await SuspendAsync(stages, at, name);
            var result = await Make(stages, static item => item).AsJob(name, _store, s_byHand).RunAsync();
            Assert.Equal<IEnumerable<int>>(isSorted ? whole.Order() : whole, isSorted ? result.Order() : result);
        }
    }

    private async Task SuspendAsync(Func<Source<int>, Source<int>> stages, int at, string name = "job")
    {
        var (started, stopped, items) = (new TaskCompletionSource<JobRun<List<int>>>(), new TaskCompletionSource<Task>(), 0);
        var run = await Make(stages, item =>
        {
            if (items++ == at)
            {
                stopped.SetResult(started.Task.Result.StopAsync(JobStop.Suspend)); // not awaited here: a stage cannot wait for its own mark
            }

            return item;
        }).AsJob(name, _store, s_byHand).StartAsync();
        started.SetResult(run);
        Assert.Same(stopped.Task, await Wait.For(Task.WhenAny(stopped.Task, run.Completion)));
        await Wait.For(await stopped.Task);
        Assert.True(run.Completion.IsCanceled);
        await run.DisposeAsync();
    }
}
