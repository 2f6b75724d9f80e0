namespace Sluice.Tests;

public sealed class Rule07StrandTests
{
    [Fact]
    public async Task Rule_7_a_second_thread_that_sends_during_synchronous_handling_waits_for_its_turn()
    {
        using var handling = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var seen = new List<(int Item, int Thread)>();
        var target = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                seen.Add((item, Environment.CurrentManagedThreadId));
                handling.Set();
                Threads.Block(release);
            }
        });
        var holder = 0;
        var first = Threads.Run(() =>
        {
            holder = Environment.CurrentManagedThreadId;
            target.SendNow(1);
        });
        Threads.Block(handling);

        var second = target.SendAsync(2).AsTask();

        Assert.False(second.IsCompleted);
        release.Set();
        await Wait.For(first);
        await Wait.For(second);
        await Wait.For(target.SendAsync(3));
        Assert.Equal([1, 2, 3], seen.Select(static handled => handled.Item));
        Assert.Equal((2, holder), seen[1]); // by the thread that held the strand, before it left
    }

    [Fact]
    public async Task Rule_7_a_second_thread_that_comes_while_the_starter_handles_an_item_waits_for_its_turn()
    {
        using var handling = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var seen = new List<int>();
        var started = new TaskCompletionSource<Target<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = Threads.Run(() =>
        {
            var target = Target.Start<int>(async inbox =>
            {
                await foreach (var item in inbox)
                {
                    seen.Add(item);
                    handling.Set();
                    Threads.Block(release);
                }
            });
            started.SetResult(target);
            target.SendNow(1); // it has the bias
            target.SendNow(3); // it has not any more
        });
        Threads.Block(handling);

        var second = (await Wait.For(started.Task)).SendAsync(2).AsTask();

        Assert.False(second.IsCompleted);
        release.Set();
        await Wait.For(first);
        await Wait.For(second);
        Assert.Equal([1, 2, 3], seen);
    }

    [Fact]
    public async Task Rule_7_a_target_started_inside_a_stage_shares_its_strand()
    {
        using var handling = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var log = new List<string>();
        CoroutineTarget<int> inner = null!;
        var outer = Target.Start<int>(async inbox =>
        {
            inner = Target.Start<int>(async inside =>
            {
                await inside.ReceiveAsync();
                log.Add("inner");
            });
            await foreach (var item in inbox)
            {
                handling.Set();
                Threads.Block(release);
                log.Add("outer");
            }
        });
        var first = Threads.Run(() => outer.SendNow(1));
        Threads.Block(handling);

        var second = inner.SendAsync(2).AsTask(); // the strand was made for two, so it queues (docs/decisions/0002)

        Assert.False(second.IsCompleted);
        Assert.Empty(log);
        release.Set();
        await Wait.For(first);
        await Wait.For(second);
        Assert.Equal(["outer", "inner"], log);
    }

    [Fact]
    public async Task Rule_7_sends_of_many_threads_queue_while_the_receiver_is_away_at_a_foreign_await()
    {
        const int Senders = 4;
        const int Each = 500;
        var io = new Signal();
        var seen = new List<(int Thread, int Number)>();
        var inside = 0;
        var target = Target.Start<(int Thread, int Number)>(async inbox =>
        {
            await io.Task;
            await foreach (var item in inbox)
            {
                Assert.Equal(1, Interlocked.Increment(ref inside));
                seen.Add(item);
                Interlocked.Decrement(ref inside);
            }
        });
        using var together = new Barrier(Senders);
        var sends = new Task[Senders][];
        var senders = Enumerable.Range(0, Senders).Select(thread => Threads.Run(() =>
        {
            Assert.True(together.SignalAndWait(Wait.Limit), "the other senders never started");
            sends[thread] = [.. Enumerable.Range(0, Each).Select(i => target.SendAsync((thread, i)).AsTask())];
        }));
        await Wait.For(Task.WhenAll([.. senders]));
        Assert.All(sends.SelectMany(all => all), send => Assert.False(send.IsCompleted));

        io.Set();
        await Wait.For(Task.WhenAll(sends.SelectMany(all => all)));

        Assert.Equal(Senders * Each, seen.Count);
        for (var thread = 0; thread < Senders; thread++)
        {
            Assert.Equal(Enumerable.Range(0, Each), seen.Where(item => item.Thread == thread).Select(item => item.Number));
        }
    }

    [Fact]
    public async Task Rule_7_code_resumed_by_a_completed_send_runs_after_the_strand_was_released()
    {
        var io = new Manual();
        var seen = new List<int>();
        var target = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                seen.Add(item);
                if (item == 1)
                {
                    await io;
                }
            }
        });
        var sent = Task.Run(async () =>
        {
            await target.SendAsync(1).ConfigureAwait(false);
            var second = Threads.Run(() => target.SendNow(2)); // must not find the strand held by this thread
            ((IAsyncResult)second).AsyncWaitHandle.WaitOne(Wait.Limit);
            await second;
        });
        await Wait.For(io.Awaited);

        io.Complete();

        await Wait.For(sent);
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task Rule_7_a_foreign_await_completed_inline_by_code_inside_the_strand_does_not_nest()
    {
        var io = new Manual();
        var log = new List<string>();
        CoroutineTarget<int> inner = null!;
        var outer = Target.Start<int>(async inbox =>
        {
            inner = Target.Start<int>(async inside =>
            {
                await inside.ReceiveAsync();
                log.Add("before");
                io.Complete();
                log.Add("after");
            });
            await inbox.ReceiveAsync();
            await io;
            log.Add("continued");
        });
        var away = outer.SendAsync(1).AsTask();

        await Wait.For(inner.SendAsync(1));
        await Wait.For(away);

        Assert.Equal(["before", "after", "continued"], log);
    }

    [Fact]
    public async Task Rule_7_a_continuation_that_finds_the_strand_held_is_run_by_the_holder_before_it_leaves()
    {
        using var handling = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        var io = new Manual();
        var holder = 0;
        var continuedBy = 0;
        CoroutineTarget<int> inner = null!;
        var outer = Target.Start<int>(async inbox =>
        {
            inner = Target.Start<int>(async inside =>
            {
                await inside.ReceiveAsync();
                holder = Environment.CurrentManagedThreadId;
                handling.Set();
                Threads.Block(release);
            });
            await inbox.ReceiveAsync();
            await io;
            Volatile.Write(ref continuedBy, Environment.CurrentManagedThreadId);
        });
        var away = outer.SendAsync(1).AsTask();
        var held = Threads.Run(() => inner.SendNow(1));
        Threads.Block(handling);

        io.Complete(); // returns at once: the entry is queued

        Assert.Equal(0, Volatile.Read(ref continuedBy));
        release.Set();
        await Wait.For(held);
        await Wait.For(away);
        Assert.Equal(holder, continuedBy);
    }
}
