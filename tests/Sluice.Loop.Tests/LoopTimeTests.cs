using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>Sleeps, timers, and clocks other than the system's.</summary>
public sealed class LoopTimeTests
{
    [Fact]
    public void Sleeps_end_in_the_order_of_their_times_and_equal_ones_in_the_order_of_their_beginnings() =>
        OnLoop.Run(async () =>
        {
            var (ended, seconds) = (new List<int>(), new[] { 3, 1, 2, 1, 3, 2 });
            await Task.WhenAll(seconds.Select(async (second, index) =>
            {
                await EventLoop.SleepAsync(OnLoop.Seconds(second));
                Assert.Equal(second, OnLoop.Elapsed());
                ended.Add(index);
            }));
            Assert.Equal([1, 3, 2, 5, 0, 4], ended);
        });

    [Fact]
    public void A_year_of_virtual_time_takes_no_time() =>
        OnLoop.Run(async () =>
        {
            for (var day = 0; day < 365; day++)
            {
                await EventLoop.SleepAsync(TimeSpan.FromDays(1));
            }

            Assert.Equal(365, TimeSpan.FromSeconds(OnLoop.Elapsed()).TotalDays);
            Assert.Equal(new DateTime(2000, 12, 31), EventLoop.Current.TimeProvider.GetUtcNow().DateTime);
        });

    [Fact]
    public void A_cancelled_sleep_leaves_no_timer_behind_and_time_does_not_pass_for_it() =>
        OnLoop.Run(async () =>
        {
            await TaskGroup.RunAsync(async group =>
            {
                for (var i = 0; i < 100; i++)
                {
                    group.Start(() => EventLoop.SleepAsync(OnLoop.Seconds(100)).AsTask());
                }

                await EventLoop.SleepAsync(OnLoop.Seconds(1)); // the loop was idle, and waited for the next timer
                Assert.Contains(" 100 timers", EventLoop.Current.Dump(), StringComparison.Ordinal);
                group.Scope.Cancel();
            });
            Assert.Contains(" 0 timers", EventLoop.Current.Dump(), StringComparison.Ordinal);
            await EventLoop.RunInThreadAsync(() => { });
            Assert.Equal(1, OnLoop.Elapsed());
        });

    [Fact]
    public async Task A_clock_that_somebody_else_moves_wakes_the_loop()
    {
        var clock = new FakeTimeProvider();
        using var sleeps = new SemaphoreSlim(0);
        var run = Task.Run(() => OnLoop.Run(
            async () =>
            {
                for (var i = 1; i <= 3; i++)
                {
                    var sleep = EventLoop.SleepAsync(OnLoop.Seconds(1));
                    sleeps.Release();
                    await sleep;
                }
            },
            new EventLoopOptions { TimeProvider = clock, HandleSignals = false }));
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await sleeps.WaitAsync(Wait.Limit), "The loop did not come to its next sleep.");
            clock.Advance(OnLoop.Seconds(1));
        }

        await Wait.For(run);
    }

    [Fact]
    public void The_systems_clock_is_waited_for() =>
        OnLoop.Run(
            async () =>
            {
                var before = EventLoop.Current.TimeProvider.GetTimestamp();
                await EventLoop.SleepAsync(TimeSpan.FromMilliseconds(5));
                Assert.True(EventLoop.Current.TimeProvider.GetElapsedTime(before) >= TimeSpan.FromMilliseconds(5));
            },
            new EventLoopOptions { HandleSignals = false });

    [Fact]
    public void Timers_of_the_loops_clock_call_back_on_the_loop() =>
        OnLoop.Run(async () =>
        {
            var (time, thread, calls) = (EventLoop.Current.TimeProvider, Environment.CurrentManagedThreadId, new List<double>());
            await Task.Delay(OnLoop.Seconds(1), time);
            Assert.Equal((thread, 1), (Environment.CurrentManagedThreadId, OnLoop.Elapsed()));

            using (var timer = time.CreateTimer(_ => calls.Add(Environment.CurrentManagedThreadId == thread ? OnLoop.Elapsed() : -1), null, OnLoop.Seconds(1), OnLoop.Seconds(2)))
            {
                await EventLoop.SleepAsync(OnLoop.Seconds(6));
                timer.Change(OnLoop.Seconds(0.5), Timeout.InfiniteTimeSpan);
                await EventLoop.SleepAsync(OnLoop.Seconds(6));
            }

            Assert.Equal([2, 4, 6, 7.5], calls);
        });

    [Fact]
    public void A_timer_can_be_set_and_disposed_of_on_another_thread() =>
        OnLoop.Run(async () =>
        {
            var (time, calls) = (EventLoop.Current.TimeProvider, 0);
            var timer = await EventLoop.RunInThreadAsync(() => time.CreateTimer(_ => calls++, null, OnLoop.Seconds(1), OnLoop.Seconds(1)));
            await EventLoop.SleepAsync(OnLoop.Seconds(2.5));
            Assert.Equal(2, calls);
            await EventLoop.RunInThreadAsync(timer.Dispose);
            await EventLoop.SleepAsync(OnLoop.Seconds(5));
            Assert.Equal(2, calls);
            Assert.False(timer.Change(OnLoop.Seconds(1), OnLoop.Seconds(1)));
        });

    [Fact]
    public void A_timer_does_not_keep_the_loop_from_ending()
    {
        var calls = 0;
        OnLoop.Run(() =>
        {
            EventLoop.Current.TimeProvider.CreateTimer(_ => calls++, null, OnLoop.Seconds(1), OnLoop.Seconds(1));
            return Task.CompletedTask;
        });
        Assert.Equal(0, calls);
    }

    [Fact]
    public void Virtual_time_moved_by_hand_calls_its_timers_in_order_at_their_times()
    {
        var (clock, calls) = (new VirtualTime(), new List<(string, double)>());
        using var every2 = clock.CreateTimer(_ => Note("every 2"), null, OnLoop.Seconds(2), OnLoop.Seconds(2));
        using var once = clock.CreateTimer(_ => Note("once"), null, OnLoop.Seconds(3), Timeout.InfiniteTimeSpan);
        using var never = clock.CreateTimer(_ => Note("never"), null, OnLoop.Seconds(1), Timeout.InfiniteTimeSpan);
        never.Dispose();
        clock.Advance(OnLoop.Seconds(5));

        Assert.Equal([("every 2", 2), ("once", 3), ("every 2", 4)], calls);
        Assert.Equal(OnLoop.Seconds(5), clock.GetElapsedTime(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => clock.Advance(OnLoop.Seconds(-1)));

        void Note(string what) => calls.Add((what, clock.GetElapsedTime(0).TotalSeconds));
    }

    [Fact]
    public void A_negative_time_is_refused() =>
        OnLoop.Run(async () =>
        {
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await EventLoop.SleepAsync(OnLoop.Seconds(-2)));
            Assert.Throws<ArgumentOutOfRangeException>(() => CancelScope.MoveOnAfter(OnLoop.Seconds(-2)));
            Assert.Throws<ArgumentOutOfRangeException>(() => OnLoop.Run(() => Task.CompletedTask, new EventLoopOptions { SlowCallback = TimeSpan.Zero }));
        });

    /// <summary>Against a plain sorted list, with random additions and removals.</summary>
    [Fact]
    public void The_heap_gives_timers_by_time_and_then_by_order() => Seed.Run(1, random =>
    {
        var (heap, model) = (new TimerHeap(), new List<(long Due, int Number, Entry Entry)>());
        for (var i = 0; i < 20_000; i++)
        {
            if (random.Next(3) > 0)
            {
                var (entry, due) = (new Entry(), (long)random.Next(1000));
                heap.Add(entry, due);
                model.Add((due, i, entry));
            }
            else if (model.Count > 0 && random.Next(2) == 0)
            {
                var index = random.Next(model.Count);
                heap.Remove(model[index].Entry);
                heap.Remove(model[index].Entry); // again does nothing
                model.RemoveAt(index);
            }
            else if (model.Count > 0)
            {
                var first = model.MinBy(item => (item.Due, item.Number));
                Assert.Equal(first.Due, heap.Earliest);
                Assert.False(heap.TryTakeDue(first.Due - 1, out _));
                Assert.True(heap.TryTakeDue(first.Due, out var taken));
                Assert.Same(first.Entry, taken);
                model.Remove(first);
            }

            Assert.Equal(model.Count, heap.Count);
        }

        foreach (var item in model.OrderBy(item => (item.Due, item.Number)))
        {
            Assert.True(heap.TryTakeDue(long.MaxValue, out var taken));
            Assert.Same(item.Entry, taken);
        }

        Assert.Equal(long.MaxValue, heap.Earliest);
    });

    private sealed class Entry : IScheduled
    {
        public int Place { get; set; } = TimerHeap.NoPlace;

        public void Fire()
        {
        }
    }
}
