namespace Sluice.Tests;

/// <summary>Events, locks, semaphores and conditions.</summary>
public sealed class LoopLockTests
{
    [Fact]
    public void A_set_event_lets_everyone_go_on_and_a_reset_one_makes_them_wait() =>
        OnLoop.Run(async () =>
        {
            var (happened, told) = (new LoopEvent(), 0);
            await TaskGroup.RunAsync(async group =>
            {
                for (var i = 0; i < 3; i++)
                {
                    group.Start(WaitAsync);
                }

                await EventLoop.YieldAsync();
                Assert.Equal(0, told);
                happened.Set();
                happened.Reset(); // those who waited were told
            });
            Assert.Equal(3, told);
            Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(1)).RunAsync(WaitAsync));
            happened.Set();
            await WaitAsync();
            Assert.Equal(4, told);

            async Task WaitAsync()
            {
                await happened.WaitAsync();
                told++;
            }
        });

    [Fact]
    public void A_lock_lets_one_in_at_a_time_in_order_and_nobody_overtakes() =>
        OnLoop.Run(async () =>
        {
            var (gate, inside, order) = (new LoopLock(), 0, new List<int>());
            await TaskGroup.RunAsync(group =>
            {
                for (var i = 0; i < 5; i++)
                {
                    var number = i;
                    group.Start(async () =>
                    {
                        using (await gate.EnterAsync())
                        {
                            Assert.Equal(1, ++inside);
                            await EventLoop.YieldAsync();
                            order.Add(number);
                            inside--;
                        }

                        if (number == 0)
                        {
                            using (await gate.EnterAsync()) // behind those who wait
                            {
                                order.Add(5);
                            }
                        }
                    });
                }

                return Task.CompletedTask;
            });
            Assert.Equal([0, 1, 2, 3, 4, 5], order);
            Assert.False(gate.IsHeld);
        });

    [Fact]
    public void Leaving_a_lock_twice_leaves_it_once() =>
        OnLoop.Run(async () =>
        {
            var gate = new LoopLock();
            var first = await gate.EnterAsync();
            first.Dispose();
            using var second = await gate.EnterAsync();
            first.Dispose();
            Assert.True(gate.IsHeld);
            default(LoopLock.Holder).Dispose();
        });

    [Fact]
    public void A_cancelled_entry_holds_nothing_and_one_that_was_let_in_before_holds() =>
        OnLoop.Run(async () =>
        {
            var (gate, first, second, entered) = (new LoopLock(), new CancelScope(), new CancelScope(), new List<int>());
            await TaskGroup.RunAsync(async group =>
            {
                var hold = await gate.EnterAsync();
                group.Start(() => first.RunAsync(() => EnterAsync(1)));
                group.Start(() => second.RunAsync(() => EnterAsync(2)));
                await EventLoop.YieldAsync();
                first.Cancel();
                hold.Dispose();
                second.Cancel();
            });
            Assert.Equal([2], entered);
            Assert.False(gate.IsHeld);

            async Task EnterAsync(int who)
            {
                using (await gate.EnterAsync())
                {
                    entered.Add(who);
                }
            }
        });

    [Fact]
    public void A_semaphore_lets_its_number_in() =>
        OnLoop.Run(async () =>
        {
            var (free, inside, most) = (new LoopSemaphore(2), 0, 0);
            await TaskGroup.RunAsync(group =>
            {
                for (var i = 0; i < 6; i++)
                {
                    group.Start(async () =>
                    {
                        await free.WaitAsync();
                        most = Math.Max(most, ++inside);
                        await EventLoop.SleepAsync(OnLoop.Seconds(1));
                        inside--;
                        free.Release();
                    });
                }

                return Task.CompletedTask;
            });
            Assert.Equal((2, 3.0, 2), (most, OnLoop.Elapsed(), free.Count));
            Assert.True(free.TryWait());
            Assert.True(free.TryWait());
            Assert.False(free.TryWait());
        });

    [Fact]
    public void A_place_in_a_semaphore_is_not_lost_to_a_cancelled_wait() =>
        OnLoop.Run(async () =>
        {
            var (free, waiting) = (new LoopSemaphore(0), new CancelScope());
            await TaskGroup.RunAsync(async group =>
            {
                group.Start(() => waiting.RunAsync(() => free.WaitAsync().AsTask()));
                await EventLoop.YieldAsync();
                waiting.Cancel();
                free.Release();
            });
            Assert.Equal(1, free.Count);
        });

    [Fact]
    public void A_condition_tells_those_who_wait_longest_and_they_hold_the_lock_again() =>
        OnLoop.Run(async () =>
        {
            var gate = new LoopLock();
            var (changed, ready, notes) = (new LoopCondition(gate), 0, new List<int>());
            await TaskGroup.RunAsync(async group =>
            {
                for (var i = 0; i < 3; i++)
                {
                    var number = i;
                    group.Start(async () =>
                    {
                        using (await gate.EnterAsync())
                        {
                            while (ready == 0)
                            {
                                await changed.WaitAsync();
                            }

                            Assert.True(gate.IsHeld);
                            ready--;
                            notes.Add(number);
                        }

                        Assert.False(gate.IsHeld && notes.Count == 3);
                    });
                }

                await EventLoop.YieldAsync();
                using (await gate.EnterAsync())
                {
                    ready = 1;
                    changed.Notify();
                }

                await EventLoop.SleepAsync(OnLoop.Seconds(1));
                Assert.Equal([0], notes);
                using (await gate.EnterAsync())
                {
                    ready = 2;
                    changed.NotifyAll();
                }
            });
            Assert.Equal([0, 1, 2], notes);
            Assert.False(gate.IsHeld);
        });

    [Fact]
    public void A_cancelled_wait_for_a_condition_holds_the_lock_again() =>
        OnLoop.Run(async () =>
        {
            var gate = new LoopLock();
            var changed = new LoopCondition(gate);
            await TaskGroup.RunAsync(async group =>
            {
                group.Start(async () =>
                {
                    using (await gate.EnterAsync())
                    {
                        await Assert.ThrowsAsync<TimeoutException>(() => CancelScope.FailAfter(OnLoop.Seconds(1)).RunAsync(async () =>
                        {
                            await Assert.ThrowsAnyAsync<OperationCanceledException>(changed.WaitAsync);
                            Assert.Equal(3, OnLoop.Elapsed()); // it had to wait for the lock
                            Assert.True(gate.IsHeld);
                            EventLoop.Checkpoint();
                        }));
                    }
                });
                await EventLoop.YieldAsync();
                using (await gate.EnterAsync())
                {
                    await EventLoop.SleepAsync(OnLoop.Seconds(3));
                }
            });
            Assert.False(gate.IsHeld);
        });

    [Fact]
    public void A_condition_needs_its_lock() =>
        OnLoop.Run(async () =>
        {
            var changed = new LoopCondition(new LoopLock());
            Assert.Throws<InvalidOperationException>(() => changed.Notify());
            Assert.Throws<InvalidOperationException>(changed.NotifyAll);
            await Assert.ThrowsAsync<InvalidOperationException>(changed.WaitAsync);
        });
}
