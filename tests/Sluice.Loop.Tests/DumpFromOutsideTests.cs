namespace Sluice.Tests;

/// <summary>A dump that another thread asks for: a loop that hangs cannot do it itself.</summary>
public sealed class DumpFromOutsideTests : IDisposable
{
    private readonly TaskCompletionSource<EventLoop> _blocked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _go = new();

    public void Dispose() => _go.Dispose();

    [Fact]
    public async Task A_loop_that_is_blocked_in_a_callback_is_described_from_outside_with_the_callback_and_all_that_waits()
    {
        var clock = new VirtualTime();
        var loop = Begin(
            async () => await TaskGroup.RunAsync(
                async group =>
                {
                    var jobs = new LoopQueue<int>(name: "jobs");
                    group.Start(async () => await jobs.GetAsync(), "getter");
                    var run = await Source.Create<int>(async (next, _) => await next.SendAsync(await jobs.GetAsync())).Named("numbers").To(Sink.Count<int>()).StartAsync();
                    await EventLoop.SleepAsync(OnLoop.Seconds(2));
                    await BlockAsync();
                    group.Scope.Cancel();
                },
                "workers"),
            clock);
        var blocked = await Wait.For(_blocked.Task);
        clock.Advance(OnLoop.Seconds(5));
        var dump = blocked.Dump();
        _go.Set();
        await Wait.For(loop, "the end of the loop");

        Assert.Equal(
            """
            loop 'main': 3 tasks, 0 ready, 0 timers
              is inside DumpFromOutsideTests.BlockAsync since 5 s
              task 'main'
                group 'workers'
                  task 'getter'
                    waits for an item of queue 'jobs' (0 items) since 7 s
                  task 'pipeline numbers to Count'
                    numbers: produces items
                    Count: waits for an item
                    waits for an item of queue 'jobs' (0 items) since 7 s

            """,
            dump);
    }

    [Fact]
    public async Task A_loop_that_waits_is_described_from_outside()
    {
        var (happened, of) = (default(LoopEvent), new TaskCompletionSource<EventLoop>(TaskCreationOptions.RunContinuationsAsynchronously));
        var loop = Begin(async () =>
        {
            happened = new LoopEvent("news");
            of.SetResult(EventLoop.Current);
            await happened.WaitAsync();
        });
        var waiting = await Wait.For(of.Task);
        await Wait.Until(() => waiting.Dump() is var dump && dump.Contains("  waits\n", StringComparison.Ordinal) && dump.Contains("    waits for event 'news' since ", StringComparison.Ordinal), "the loop to come to rest");
        waiting.PostThreadSafe(happened!.Set);
        await Wait.For(loop, "the end of the loop");
        Assert.Equal("loop 'main': has ended\n", waiting.Dump());
    }

    /// <summary>Threads that ask all the time, while tasks, groups, scopes and runs come and go: what they get is a dump, and nothing breaks.</summary>
    [Fact]
    [Trait("Category", "Stress")]
    public async Task A_loop_that_is_busy_is_described_too_and_nothing_breaks()
    {
        const int Dumps = 500;
        var askers = 2;
        var of = new TaskCompletionSource<EventLoop>(TaskCreationOptions.RunContinuationsAsynchronously);
        var loop = Begin(async () =>
        {
            of.SetResult(EventLoop.Current);
            var gate = new LoopLock("gate");
            while (Volatile.Read(ref askers) > 0)
            {
                await TaskGroup.RunAsync(group =>
                {
                    group.Start(async () => { using (await gate.EnterAsync()) { await EventLoop.YieldAsync(); } }, "one");
                    group.Start(async () => { using (await gate.EnterAsync()) { await EventLoop.YieldAsync(); } }, "other");
                    group.Start(() => CancelScope.MoveOnAfter(TimeSpan.FromMilliseconds(1)).RunAsync(() => EventLoop.SleepAsync(Timeout.InfiniteTimeSpan).AsTask()), "sleeper");
                    return Source.From([1, 2]).To(Sink.Count<int>()).RunAsync();
                });
            }
        });
        var busy = await Wait.For(of.Task);
        var whole = 0;
        var asking = Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () =>
            {
                try
                {
                    for (var i = 0; i < Dumps; i++)
                    {
                        var dump = busy.Dump();
                        Assert.StartsWith("loop 'main': ", dump, StringComparison.Ordinal);
                        Interlocked.Add(ref whole, dump.Contains("  task 'main'", StringComparison.Ordinal) ? 1 : 0);
                    }
                }
                finally
                {
                    Interlocked.Decrement(ref askers);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToArray();
        await Wait.For(Task.WhenAll(asking), "the end of the askers");
        await Wait.For(loop, "the end of the loop");

        Assert.NotEqual(0, whole);
    }

    [Fact]
    public async Task Dumps_from_outside_do_not_hide_a_deadlock()
    {
        for (var round = 0; round < 20; round++)
        {
            var (of, stop) = (new TaskCompletionSource<EventLoop>(TaskCreationOptions.RunContinuationsAsynchronously), false);
            var asker = Task.Run(async () => Ask(await of.Task));
            Assert.Throws<EventLoopDeadlockException>(() => OnLoop.Run(() => HangAsync(of)));
            Volatile.Write(ref stop, true);
            await Wait.For(asker);

            void Ask(EventLoop loop)
            {
                while (!Volatile.Read(ref stop))
                {
                    loop.Dump();
                }
            }
        }

        static async Task HangAsync(TaskCompletionSource<EventLoop> of)
        {
            of.SetResult(EventLoop.Current);
            await new LoopEvent().WaitAsync();
        }
    }

    private Task Begin(Func<Task> main, TimeProvider? clock = null) => Task.Factory.StartNew(
        () => OnLoop.Run(main, new() { TimeProvider = clock ?? TimeProvider.System, HandleSignals = false }), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private async Task BlockAsync()
    {
        await EventLoop.YieldAsync();
        _blocked.SetResult(EventLoop.Current);
        Assert.True(_go.Wait(Wait.Limit), "the test to have read the dump");
    }
}
