namespace Sluice.Tests;

/// <summary>Dumps, deadlocks, slow callbacks and counters.</summary>
public sealed class LoopInsightTests
{
    [Fact]
    public void A_dump_shows_the_tree_of_tasks_and_what_each_waits_for_since_when()
    {
        var dump = OnLoop.Run(async () =>
        {
            var (text, jobs, gate) = ("", new LoopQueue<int>(name: "jobs"), new LoopLock("gate"));
            await TaskGroup.RunAsync(
                async group =>
                {
                    group.Start(() => TaskAsync(jobs));
                    group.Start(() => CancelScope.MoveOnAfter(OnLoop.Seconds(60)).RunAsync(() => EventLoop.SleepAsync(OnLoop.Seconds(50)).AsTask()), "sleeper");
                    group.Start(async () => { using (await gate.EnterAsync()) { await jobs.GetAsync(); } }, "holder");
                    group.Start(async () => { using (await gate.EnterAsync()) { } }, "next");
                    await EventLoop.SleepAsync(OnLoop.Seconds(2.5));
                    text = EventLoop.Current.Dump();
                    group.Scope.Cancel();
                },
                "workers");
            return text;
        });

        Assert.Equal(
            """
            loop 'main': 5 tasks, 0 ready, 2 timers
              task 'main'
                group 'workers'
                  task 'TaskAsync(jobs)'
                    waits for an item of queue 'jobs' (0 items) since 2.5 s
                  task 'sleeper'
                    scope
                      waits for time to pass since 2.5 s
                  task 'holder'
                    waits for an item of queue 'jobs' (0 items) since 2.5 s
                  task 'next'
                    waits for lock 'gate' (held by task 'holder') since 2.5 s

            """,
            dump);

        static async Task TaskAsync(LoopQueue<int> jobs) => await jobs.GetAsync();
    }

    [Fact]
    public void Two_tasks_that_wait_for_each_other_are_a_deadlock_that_names_both()
    {
        var notes = new Notes();
        var error = Assert.Throws<EventLoopDeadlockException>(() => RunDeadlock(notes));

        Assert.Contains("task 'BothAsync(a, b, notes)'\n        waits for lock 'b' (held by task 'BothAsync(b, a, notes)')", error.Message, StringComparison.Ordinal);
        Assert.Contains("task 'BothAsync(b, a, notes)'\n        waits for lock 'a' (held by task 'BothAsync(a, b, notes)')", error.Message, StringComparison.Ordinal);
        Assert.Contains("waits for the children of group 'tasks' (2 running)", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, notes.FinallyBlocks);

        static void RunDeadlock(Notes notes) => OnLoop.Run(() => TaskGroup.RunAsync(group =>
        {
            var (a, b) = (new LoopLock("a"), new LoopLock("b"));
            group.Start(() => BothAsync(a, b, notes));
            group.Start(() => BothAsync(b, a, notes));
            return Task.CompletedTask;
        }));

        static async Task BothAsync(LoopLock first, LoopLock second, Notes notes)
        {
            using (await first.EnterAsync())
            {
                await EventLoop.YieldAsync();
                try
                {
                    using (await second.EnterAsync())
                    {
                    }
                }
                finally
                {
                    notes.FinallyBlocks++;
                }
            }
        }
    }

    [Fact]
    public void Waiting_for_an_item_that_nobody_can_put_is_a_deadlock() =>
        Assert.Throws<EventLoopDeadlockException>(() => OnLoop.Run(static async () => await new LoopQueue<int>().GetAsync()));

    [Fact]
    public void A_deadlock_that_cannot_be_cancelled_ends_the_loop_all_the_same() =>
        Assert.Throws<EventLoopDeadlockException>(() => OnLoop.Run(static () =>
            new CancelScope { Shield = true }.RunAsync(static () => new LoopEvent().WaitAsync().AsTask())));

    [Fact]
    public void Waiting_for_another_thread_is_no_deadlock() =>
        OnLoop.Run(async () =>
        {
            var (loop, happened) = (EventLoop.Current, new LoopEvent());
            using var timer = new Timer(_ => loop.PostThreadSafe(happened.Set), null, 50, -1);
            await happened.WaitAsync();
        });

    [Fact]
    public void Waiting_for_a_forgotten_method_that_waits_for_an_outside_task_is_no_deadlock()
    {
        var outside = new TaskCompletionSource();
        using var timer = new Timer(_ => outside.SetResult(), null, 50, -1);
        OnLoop.Run(async () =>
        {
            var happened = new LoopEvent();
            _ = LaterAsync(happened);
            await happened.WaitAsync();
        });

        async Task LaterAsync(LoopEvent happened)
        {
            await outside.Task;
            happened.Set();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_outside_task_that_nobody_can_complete_is_part_of_a_deadlock(bool somebodyCan)
    {
        TaskCompletionSource? outside = null;
        using var timer = new Timer(_ => Volatile.Read(ref outside)?.SetResult(), null, Timeout.Infinite, Timeout.Infinite);
        var loop = () => OnLoop.Run(() => TaskGroup.RunAsync(async group =>
        {
            var (never, nothing) = (new LoopEvent(), new LoopEvent());
            group.Start(() => Task.WhenAll(never.WaitAsync().AsTask(), nothing.WaitAsync().AsTask())); // as many waits as tasks
            var source = new TaskCompletionSource();
            if (somebodyCan)
            {
                Volatile.Write(ref outside, source);
                timer.Change(50, Timeout.Infinite);
            }

            await source.Task;
            group.Scope.Cancel();
        }));
        if (somebodyCan)
        {
            loop();
        }
        else
        {
            Assert.Throws<EventLoopDeadlockException>(loop);
        }
    }

    [Fact]
    public void Waiting_for_an_outside_task_is_no_deadlock() =>
        OnLoop.Run(() => Task.Run(() => { }).WaitAsync(Wait.Limit));

    [Fact]
    public void Whoever_wants_to_wait_for_ever_may()
    {
        using var source = new CancellationTokenSource(50);
        Assert.ThrowsAny<OperationCanceledException>(() => OnLoop.Run(() => new LoopEvent().WaitAsync().AsTask(), cancellation: source.Token));
    }

    [Fact]
    public void A_callback_that_holds_the_loop_is_named()
    {
        var (clock, slow) = (new VirtualTime(), new List<SlowCallback>());
        var counters = OnLoop.Run(
            async () =>
            {
                await EventLoop.YieldAsync();
                await BusyAsync();
                EventLoop.Current.Post(BusyCallback);
                EventLoop.Current.Post(() => clock.Advance(TimeSpan.FromMilliseconds(99)));
                await EventLoop.YieldAsync();
                await Task.Run(() => { });
                await BusyAfterTaskAsync();
                return EventLoop.Current.Counters;
            },
            new EventLoopOptions { TimeProvider = clock, HandleSignals = false, OnSlowCallback = slow.Add });

        Assert.Equal(
            [new($"{nameof(LoopInsightTests)}.{nameof(BusyAsync)}", TimeSpan.FromMilliseconds(150)), new($"{nameof(LoopInsightTests)}.{nameof(BusyCallback)}", TimeSpan.FromMilliseconds(101)), new($"{nameof(LoopInsightTests)}.{nameof(BusyAfterTaskAsync)}", TimeSpan.FromMilliseconds(300))],
            slow);
        Assert.Equal((3, TimeSpan.FromMilliseconds(300)), (counters.SlowCallbacks, counters.LongestCallback));

        async Task BusyAsync()
        {
            await EventLoop.YieldAsync();
            clock.Advance(TimeSpan.FromMilliseconds(150));
            await EventLoop.YieldAsync();
        }

        void BusyCallback() => clock.Advance(TimeSpan.FromMilliseconds(101));

        async Task BusyAfterTaskAsync()
        {
            await EventLoop.RunInThreadAsync(() => { });
            await Task.Run(() => { });
            await OnPool();
            clock.Advance(TimeSpan.FromMilliseconds(300));
            await EventLoop.YieldAsync();
        }

        static Task OnPool() => Task.Delay(1);
    }

    [Fact]
    public void Counters_count()
    {
        var (before, after) = OnLoop.Run(async () =>
        {
            var before = EventLoop.Current.Counters;
            for (var i = 0; i < 10; i++)
            {
                await EventLoop.YieldAsync();
                await EventLoop.SleepAsync(OnLoop.Seconds(1));
            }

            return (before, EventLoop.Current.Counters);
        });
        Assert.Equal(20, after.Callbacks - before.Callbacks);
        Assert.Equal(10, after.TimersFired - before.TimersFired);
        Assert.InRange(after.Polls - before.Polls, 1, 100);
    }

    private sealed class Notes
    {
        internal int FinallyBlocks { get; set; }
    }
}
