using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>Keys that are closed after a second without an item; each sends the sum of its items when it is closed.</summary>
public sealed class ForEachKeyIdleTests : TimedOperatorContract<int>
{
    private readonly List<string> _notes = [];

    protected override (string Name, string? Detail) Shown => ("ForEachKey", "x => x % 10");

    protected override Source<int> Extend(Source<int> source) => Keyed(source, Sum, new() { IdleTimeout = TimeSpan.FromSeconds(1) });

    private static TimedRun<int> Start(Func<int, Inbox<int>, Target<int>, Coroutine> stage, int? maxKeys = null, EndedKey whenEnded = default) =>
        new(source => Keyed(source, stage, new() { IdleTimeout = TimeSpan.FromSeconds(1), MaxKeys = maxKeys, WhenEnded = whenEnded }).Named("keyed"));

    private static Source<int> Keyed(Source<int> source, Func<int, Inbox<int>, Target<int>, Coroutine> stage, KeyedOptions options) =>
        source.ForEachKey<int, int, int>(x => x % 10, stage, options);

    [Fact]
    public async Task A_key_that_got_no_item_for_the_time_is_closed_though_no_items_come_and_the_others_stay()
    {
        await NoContext.Enter();
        var run = Start(Sum);

        run.Send(1);
        run.Pass(0.5);
        run.Send(2, 12);
        run.Pass(0.45);
        Assert.Empty(run.Seen);
        run.Pass(0.05);
        Assert.Equal([1], run.Seen);
        run.Pass(0.45);
        Assert.Equal([1], run.Seen);
        run.Pass(0.05);
        Assert.Equal([1, 14], run.Seen);

        await run.End();
        Assert.Equal([1, 14], run.Seen);
    }

    [Fact]
    public async Task Each_item_begins_the_time_of_its_key_anew_and_of_no_other()
    {
        await NoContext.Enter();
        var run = Start(Sum);

        run.Send(1, 2);
        run.Pass(0.9);
        run.Send(11);
        run.Pass(0.9);
        Assert.Equal([2], run.Seen);
        run.Pass(0.1);

        Assert.Equal([2, 12], run.Seen);
    }

    [Fact]
    public async Task A_key_that_comes_again_has_a_fresh_coroutine()
    {
        await NoContext.Enter();
        var run = Start(Sum);

        run.Send(1, 11);
        run.Pass(1);
        run.Send(21);
        run.Pass(5);
        run.Send(31);
        await run.End();

        Assert.Equal([12, 21, 31], run.Seen);
    }

    [Fact]
    public async Task The_time_begins_when_an_item_was_handled_and_goes_on_for_the_keys_that_wait_meanwhile()
    {
        await NoContext.Enter();
        var signal = new TaskCompletionSource();
        var run = Start(async (key, items, next) =>
        {
            var sum = 0;
            await foreach (var item in items)
            {
                await (item == 2 ? signal.Task : Task.CompletedTask);
                sum += item;
            }

            await next.SendAsync(sum);
        });
        run.Send(1, 2);
        run.Pass(5);
        run.Send(11, 12); // 11 is of a key that is overdue, 12 is not
        Assert.Empty(run.Seen);

        signal.SetResult();
        Assert.Equal([1], run.Seen);
        run.Pass(0.95);
        Assert.Equal([1], run.Seen);
        run.Pass(0.05);

        Assert.Equal([1, 11, 14], run.Seen);
    }

    [Fact]
    public async Task At_the_end_the_key_whose_last_item_is_the_longest_ago_is_closed_first()
    {
        await NoContext.Enter();
        var run = Start(Sum);

        run.Send(1, 2, 3, 11);
        await run.End();

        Assert.Equal([2, 3, 12], run.Seen);
    }

    [Fact]
    public async Task A_key_that_is_only_remembered_is_forgotten()
    {
        await NoContext.Enter();
        var run = Start(First);

        run.Send(1, 11);
        run.Pass(0.9);
        run.Send(21); // dropped, but the key was used
        run.Pass(0.9);
        run.Send(31);
        run.Pass(1);
        run.Send(41);
        await run.End();

        Assert.Equal([1, 41], run.Seen);
    }

    [Fact]
    public async Task A_key_that_starts_again_has_no_time_while_it_has_no_coroutine()
    {
        await NoContext.Enter();
        var run = Start(First, whenEnded: EndedKey.StartAgain);

        run.Send(1, 2, 11);
        run.Pass(2);
        run.Send(21);
        await run.End();

        Assert.Equal([1, 2, 11, 21], run.Seen);
    }

    [Fact]
    public async Task A_failure_in_what_a_key_sends_last_carries_stage_and_key_and_is_raised_in_the_others()
    {
        await NoContext.Enter();
        var cause = new FormatException();
        var run = Start(async (key, items, next) =>
        {
            await Noting(key, items, next);
            throw cause;
        });
        run.Send(1);
        run.Pass(0.5);
        run.Send(2);
        run.Pass(0.5);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run.Task)));
        Assert.Equal(("keyed", 1), (cause.Data["Sluice.Stage"], cause.Data["Sluice.Key"]));
        Assert.Equal(["1 closed", "2 FormatException"], _notes);
    }

    [Fact]
    public async Task An_early_end_behind_it_while_keys_are_closed_is_raised_in_the_others()
    {
        await NoContext.Enter();
        var run = new TimedRun<int>(source => Keyed(source, Noting, new() { IdleTimeout = TimeSpan.FromSeconds(1) }), source => source.Take(1));
        run.Send(1, 2, 3);
        run.Pass(1);

        await Wait.For(run.Task);
        Assert.Equal([1], run.Seen);
        Assert.Equal(["1 closed", "2 closed", "3 TargetClosedException"], _notes);
    }

    [Fact]
    public async Task A_cancellation_is_raised_in_each_key_also_while_one_that_was_closed_finishes()
    {
        await NoContext.Enter();
        using var stop = new CancellationTokenSource();
        var signal = new TaskCompletionSource();
        var run = new TimedRun<int>(source => Keyed(source, async (key, items, next) =>
        {
            await Noting(key, items, next);
            await signal.Task;
        }, new() { IdleTimeout = TimeSpan.FromSeconds(1) }), stop.Token);
        run.Send(1);
        run.Pass(0.5);
        run.Send(2);
        run.Pass(0.5);

        await stop.CancelAsync();
        Assert.False(run.Task.IsCompleted);
        signal.SetResult();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run.Task));
        Assert.Equal(["1 closed", "2 OperationCanceledException"], _notes);
        Assert.Equal([1], run.Seen);
    }

    [Fact]
    public async Task All_keys_share_one_timer()
    {
        await NoContext.Enter();
        var clock = new CountingClock();
        var seen = 0;
        var run = Source.From(Numbers()).ForEachKey<int, int, int>(x => x % 10, Sum, new() { IdleTimeout = TimeSpan.FromSeconds(1) })
            .To(Sink.ForEach<int>(_ => seen++)).RunAsync(new RunOptions { TimeProvider = clock });
        await Wait.For(run);

        Assert.Equal((10, 1), (seen, clock.Timers));

        IEnumerable<int> Numbers()
        {
            for (var i = 0; i < 1000; i++)
            {
                clock.Advance(TimeSpan.FromMilliseconds(90)); // each key gets its next item after 0.9 s
                yield return i;
            }
        }
    }

    [Fact]
    public async Task An_item_of_a_known_key_allocates_nothing()
    {
        var (before, after) = (0L, 0L);
        await Wait.For(Source.From(Numbers()).ForEachKey<int, int, int>(x => x % 10, (_, items, next) => Stages.Pass(items, next), new() { IdleTimeout = TimeSpan.FromHours(1) })
            .To(Sink.Count<int>()).RunAsync());
        Assert.Equal(0, after - before);

        IEnumerable<int> Numbers()
        {
            for (var i = 0; i < 30_000; i++)
            {
                before = i == 20_000 ? GC.GetAllocatedBytesForCurrentThread() : before;
                yield return i;
            }

            after = GC.GetAllocatedBytesForCurrentThread();
        }
    }

    [Fact]
    public void A_time_of_nothing_is_refused_at_once_and_without_one_keys_stay_for_ever()
    {
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new KeyedOptions { IdleTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new KeyedOptions { IdleTimeout = TimeSpan.FromMilliseconds(-2) });
        Assert.Equal(Timeout.InfiniteTimeSpan, new KeyedOptions().IdleTimeout);
        Assert.Equal(Timeout.InfiniteTimeSpan, new KeyedOptions { IdleTimeout = Timeout.InfiniteTimeSpan }.IdleTimeout);
    }

    [Fact]
    public async Task Whatever_comes_and_whenever_the_keys_are_closed_that_a_model_says()
    {
        var inputs = (from steps in (from key in Gen.Choose(0, 5) from wait in Gen.Choose(0, 4) select (Item: key, Wait: wait)).ArrayOf()
                      from max in Gen.Choose(1, 5)
                      select (steps, max: max == 5 ? (int?)null : max)).ToArbitrary();
        var property = Prop.ForAll(inputs, input =>
        {
            var (run, model, expected) = (Start(Sum, input.max), new List<(int Key, int Sum, int At)>(), new List<int>());
            var now = 0; // in units of 0.3 s, of which four are more than the time
            foreach (var (item, wait) in input.steps)
            {
                var known = model.Find(entry => entry.Key == item);
                if (model.RemoveAll(entry => entry.Key == item) == 0 && model.Count == input.max)
                {
                    Close(1);
                }

                model.Add((item, known.Sum + item, now));
                run.Send(item);
                Assert.Equal(expected, run.Seen);
                now += wait;
                Close(model.Count(entry => entry.At <= now - 4));
                run.Pass(0.3 * wait);
                Assert.Equal(expected, run.Seen);
            }

            Close(model.Count);
            run.End().GetAwaiter().GetResult();
            Assert.Equal(expected, run.Seen);
            return true;

            void Close(int count)
            {
                expected.AddRange(model.Take(count).Select(entry => entry.Sum));
                model.RemoveRange(0, count);
            }
        });

        await Wait.For(Task.Run(() => Seed.Check(200, property)), "all cases");
    }

    private static async Coroutine Sum(int key, Inbox<int> items, Target<int> next)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            Assert.Equal(key, item % 10);
            sum += item;
        }

        await next.SendAsync(sum);
    }

    private static async Coroutine First(int key, Inbox<int> items, Target<int> next) => await next.SendAsync(await items.ReceiveAsync());

    /// <summary>Sends its key when it is closed, and notes how it ended.</summary>
    private async Coroutine Noting(int key, Inbox<int> items, Target<int> next)
    {
        try
        {
            await Stages.Drain(items);
        }
        catch (Exception error)
        {
            _notes.Add($"{key} {error.GetType().Name}");
            throw;
        }

        _notes.Add($"{key} closed");
        await next.SendAsync(key);
    }

    private sealed class CountingClock : FakeTimeProvider
    {
        internal int Timers { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers++;
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
