using System.Collections.Concurrent;

namespace Sluice.Tests;

/// <summary>Rule 7 under load: every strand does its work exactly once, in order, and never on two threads at once.</summary>
[Trait("Category", "Stress")]
public sealed class StrandStressTests
{
    private const int Senders = 4;
    private const int ItemsEach = 20_000;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public async Task Rule_7_sends_by_hand_from_several_threads_are_handled_once_in_order_and_never_at_the_same_time(int awaitEvery)
    {
        var guard = new StrandGuard();
        var received = new List<(int Sender, int Item)>();
        var target = Target.Start<(int Sender, int Item)>(Receive);
        await Wait.For(target.SendAsync((-1, 0))); // awaits something foreign: from now on the sends may compete

        await Wait.For(Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < ItemsEach; i++)
            {
                await target.SendAsync((sender, i));
            }
        }))));
        await Wait.For(target.CloseAsync());

        Assert.Equal(CoroutineStatus.Completed, target.Status);
        AssertAllInOrder(received.Where(item => item.Sender >= 0), Senders);
        Assert.Equal(0, guard.Violations);

        async Coroutine Receive(Inbox<(int Sender, int Item)> items)
        {
            await foreach (var item in items)
            {
                guard.Enter();
                received.Add(item);
                guard.Leave();
                if (item.Sender < 0 || received.Count % awaitEvery == 0)
                {
                    await Task.Yield();
                }
            }
        }
    }

    [Fact]
    public async Task Rule_7_a_merge_of_strands_keeps_the_order_of_each_sender()
    {
        var guard = new StrandGuard();
        var received = new List<(int Sender, int Item)>();
        var merged = Target.Start<(int Sender, int Item)>(Collect);
        await Wait.For(merged.SendAsync((-1, 0)));
        var branches = Enumerable.Range(0, Senders).Select(sender => Target.Start<int>(items => Forward(items, sender))).ToArray();

        await Wait.For(Task.WhenAll(branches.Select(branch => Task.Run(async () =>
        {
            for (var i = 0; i < ItemsEach; i++)
            {
                await branch.SendAsync(i);
            }

            await branch.CloseAsync();
        }))));
        await Wait.For(merged.CloseAsync());

        AssertAllInOrder(received.Where(item => item.Sender >= 0), Senders);
        Assert.Equal(0, guard.Violations);

        async Coroutine Collect(Inbox<(int Sender, int Item)> items)
        {
            await foreach (var item in items)
            {
                guard.Enter();
                received.Add(item);
                guard.Leave();
                if (item.Sender < 0 || item.Item % 7 == 0)
                {
                    await Task.Run(static () => { });
                }
            }
        }

        async Coroutine Forward(Inbox<int> items, int sender)
        {
            await foreach (var item in items)
            {
                if (item % (sender + 2) == 0)
                {
                    await Task.Yield();
                }

                await merged.SendAsync((sender, item));
            }
        }
    }

    [Fact]
    public async Task Rule_7_a_pipeline_whose_stages_resume_on_pool_threads_is_one_strand()
    {
        var guard = new StrandGuard();
        var received = new List<(int Sender, int Item)>();
        var shared = Sink.Create<(int Sender, int Item)>(Collect);
        var pipeline = Source.Create<int>(Produce).Broadcast(
            [.. Enumerable.Range(0, Senders).Select(branch => Stage.Create<int, (int Sender, int Item)>((items, next) => Branch(items, next, branch)) | shared)]);

        await Wait.For(pipeline.RunAsync());

        AssertAllInOrder(received, Senders);
        Assert.Equal(0, guard.Violations);

        async Coroutine Produce(Target<int> next, CancellationToken cancellation)
        {
            for (var i = 0; i < ItemsEach; i++)
            {
                guard.Enter();
                guard.Leave();
                if (i % 5 == 0)
                {
                    await Task.Yield();
                }

                await next.SendAsync(i);
            }
        }

        async Coroutine Branch(Inbox<int> items, Target<(int, int)> next, int branch)
        {
            await foreach (var item in items)
            {
                guard.Enter();
                guard.Leave();
                if (item % (branch + 3) == 0)
                {
                    await Task.Run(static () => { });
                }

                await next.SendAsync((branch, item));
            }
        }

        async Coroutine Collect(Inbox<(int Sender, int Item)> items)
        {
            await foreach (var item in items)
            {
                guard.Enter();
                received.Add(item);
                guard.Leave();
                if (received.Count % 11 == 0)
                {
                    await Task.Yield();
                }
            }
        }
    }

    [Fact]
    public async Task Rule_7_sends_that_are_awaited_later_and_a_close_among_them_keep_their_turns()
    {
        for (var round = 0; round < 2_000; round++)
        {
            var received = new List<int>();
            var target = Target.Start<int>(async items =>
            {
                await foreach (var item in items)
                {
                    received.Add(item);
                    await Task.Yield();
                }

                received.Add(-1);
            });

            var sends = Enumerable.Range(0, 5).Select(i => target.SendAsync(i).AsTask()).ToArray();
            var close = target.CloseAsync().AsTask();
            await Wait.For(Task.WhenAll([.. sends, close]));
            Assert.Equal([0, 1, 2, 3, 4, -1], received);
        }
    }

    [Fact]
    public async Task A_run_that_is_cancelled_at_any_moment_ends_and_runs_each_finally_block_once()
    {
        for (var round = 0; round < 1_000; round++)
        {
            var started = 0;
            var ended = 0;
            using var stop = new CancellationTokenSource();
            var sink = Sink.Create<int>(items => Work(items, null));
            var run = Source.Create<int>(Produce)
                .Broadcast(Stage.Create<int, int>((items, next) => Work(items, next)) | sink, Stage.Create<int, int>((items, next) => Work(items, next)) | sink)
                .RunAsync(stop.Token);
            var cancel = Task.Run(async () =>
            {
                for (var i = 0; i < round % 20; i++)
                {
                    await Task.Yield();
                }

                await stop.CancelAsync();
            });

            await Wait.For(Assert.ThrowsAsync<TaskCanceledException>(() => run));
            await Wait.For(cancel);
            Assert.Equal(started, ended);
            Assert.Equal(3, started);

            async Coroutine Produce(Target<int> next, CancellationToken cancellation)
            {
                for (var i = 0; ; i++)
                {
                    cancellation.ThrowIfCancellationRequested();
                    if (i % 3 == 0)
                    {
                        await Task.Yield();
                    }

                    await next.SendAsync(i);
                }
            }

            async Coroutine Work(Inbox<int> items, Target<int>? next)
            {
                started++;
                try
                {
                    await foreach (var item in items)
                    {
                        if (item % 4 == 1)
                        {
                            await Task.Yield();
                        }

                        if (next is not null)
                        {
                            await next.SendAsync(item);
                        }
                    }
                }
                finally
                {
                    ended++;
                }
            }
        }
    }

    [Fact]
    public async Task A_target_that_is_closed_by_one_thread_while_others_send_loses_nothing_it_reported_as_handled()
    {
        for (var round = 0; round < 300; round++)
        {
            var received = new HashSet<(int, int)>();
            var handled = new ConcurrentBag<(int, int)>();
            var target = Target.Start<(int, int)>(async items =>
            {
                await foreach (var item in items)
                {
                    received.Add(item);
                    await Task.Yield();
                }
            });
            await Wait.For(target.SendAsync((-1, -1)));

            var senders = Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
            {
                try
                {
                    for (var i = 0; ; i++)
                    {
                        await target.SendAsync((sender, i));
                        handled.Add((sender, i));
                    }
                }
                catch (TargetClosedException)
                {
                    return;
                }
            })).ToArray();
            var close = Task.Run(async () => await target.CloseAsync());

            await Wait.For(Task.WhenAll([.. senders, close]));
            Assert.True(handled.All(received.Contains));
            Assert.Equal(handled.Count, received.Count - 1);
        }
    }

    private static void AssertAllInOrder(IEnumerable<(int Sender, int Item)> received, int senders)
    {
        var bySender = received.ToLookup(item => item.Sender, item => item.Item);
        Assert.Equal(senders, bySender.Count);
        foreach (var sender in bySender)
        {
            Assert.Equal(Enumerable.Range(0, ItemsEach), sender);
        }
    }

    /// <summary>Notices two threads inside at once, without making them wait for each other.</summary>
    private sealed class StrandGuard
    {
        private int _inside;
        private int _violations;

        internal int Violations => _violations;

        internal void Enter()
        {
            if (Interlocked.Increment(ref _inside) != 1)
            {
                Interlocked.Increment(ref _violations);
            }

            Thread.SpinWait(5);
        }

        internal void Leave() => Interlocked.Decrement(ref _inside);
    }
}
