namespace Sluice.Tests;

public sealed class LoopQueueTests
{
    [Fact]
    public void Items_come_out_in_order_and_a_full_queue_makes_its_producer_wait() =>
        OnLoop.Run(() => TaskGroup.RunAsync(async group =>
        {
            var (queue, put) = (new LoopQueue<int>(capacity: 2), 0);
            group.Start(async () =>
            {
                for (var i = 1; i <= 5; i++)
                {
                    await queue.PutAsync(i);
                    put = i;
                }

                queue.Close();
            });
            await EventLoop.YieldAsync();
            Assert.Equal((2, 2), (put, queue.Count));
            Assert.Equal(1, await queue.GetAsync());
            await EventLoop.YieldAsync();
            Assert.Equal((3, 2), (put, queue.Count));
            Assert.Equal([2, 3, 4, 5], await All(queue));
            Assert.Empty(await All(queue)); // it stays closed
        }));

    [Fact]
    public void Those_who_wait_for_an_item_get_one_each_in_the_order_in_which_they_came() =>
        OnLoop.Run(async () =>
        {
            var (queue, got) = (new LoopQueue<int>(), new List<(int Who, int Item)>());
            await TaskGroup.RunAsync(async group =>
            {
                for (var who = 0; who < 3; who++)
                {
                    var number = who;
                    group.Start(async () => got.Add((number, await queue.GetAsync())));
                }

                await EventLoop.YieldAsync();
                for (var item = 10; item < 13; item++)
                {
                    Assert.True(queue.TryPut(item));
                }

                Assert.False(queue.TryGet(out _)); // they are handed over: no one overtakes
            });
            Assert.Equal([(0, 10), (1, 11), (2, 12)], got);
        });

    [Fact]
    public void Those_who_wait_for_room_put_in_order() =>
        OnLoop.Run(async () =>
        {
            var queue = new LoopQueue<int>(capacity: 1);
            await TaskGroup.RunAsync(async group =>
            {
                for (var i = 0; i < 4; i++)
                {
                    var item = i;
                    group.Start(async () => await queue.PutAsync(item));
                }

                await EventLoop.YieldAsync();
                for (var i = 0; i < 4; i++)
                {
                    Assert.True(queue.TryGet(out var item));
                    Assert.Equal(i, item);
                }
            });
        });

    [Fact]
    public void A_cancelled_get_takes_no_item_and_one_that_was_served_before_keeps_it() =>
        OnLoop.Run(async () =>
        {
            var (queue, first, second) = (new LoopQueue<int>(), new CancelScope(), new CancelScope());
            int? got = null;
            await TaskGroup.RunAsync(async group =>
            {
                group.Start(() => first.RunAsync(async () => got = await queue.GetAsync()));
                group.Start(() => second.RunAsync(async () => got = await queue.GetAsync()));
                await EventLoop.YieldAsync();
                first.Cancel(); // before the item
                Assert.True(queue.TryPut(5));
                second.Cancel(); // after it, and before its taker has run
            });
            Assert.Equal(5, got);
            Assert.Equal(0, queue.Count);
        });

    [Fact]
    public void A_cancelled_put_has_not_put_and_one_that_found_room_before_has() =>
        OnLoop.Run(async () =>
        {
            var (queue, first, second, completed) = (new LoopQueue<int>(capacity: 1), new CancelScope(), new CancelScope(), 0);
            Assert.True(queue.TryPut(0));
            await TaskGroup.RunAsync(async group =>
            {
                group.Start(() => first.RunAsync(() => PutAsync(1)));
                group.Start(() => second.RunAsync(() => PutAsync(2)));
                await EventLoop.YieldAsync();
                first.Cancel();
                Assert.True(queue.TryGet(out _));
                second.Cancel();
            });
            Assert.Equal(2, completed);
            queue.Close();
            Assert.Equal([2], await All(queue));

            async Task PutAsync(int item)
            {
                await queue.PutAsync(item);
                completed = item;
            }
        });

    /// <summary>Producers, consumers and random cancellations on one queue: what was reported as put is what was got.</summary>
    [Fact]
    public void No_item_is_lost_or_doubled_whatever_is_cancelled_when()
    {
        Seed.Each(10, random =>
        {
            var (put, got) = OnLoop.Run(() => Storm(random));
            got.Sort();
            put.Sort();
            Assert.Equal(put, got);
            Assert.NotEmpty(got);
        });

        static async Task<(List<int> Put, List<int> Got)> Storm(Random random)
        {
            var (queue, put, got, next) = (new LoopQueue<int>(capacity: 3), new List<int>(), new List<int>(), 0);
            await TaskGroup.RunAsync(async group =>
            {
                await TaskGroup.RunAsync(rounds =>
                {
                    for (var i = 0; i < 5; i++)
                    {
                        rounds.Start(() => Again(async () =>
                        {
                            var item = next++;
                            await queue.PutAsync(item);
                            put.Add(item);
                        }));
                        rounds.Start(() => Again(async () => got.Add(await queue.GetAsync())));
                    }

                    return Task.CompletedTask;
                });
                while (queue.TryGet(out var left))
                {
                    got.Add(left);
                }
            });
            return (put, got);

            async Task Again(Func<Task> step)
            {
                for (var i = 0; i < 20; i++)
                {
                    await CancelScope.MoveOnAfter(TimeSpan.FromMilliseconds(random.Next(1, 4))).RunAsync(async () =>
                    {
                        while (true)
                        {
                            await step();
                            await EventLoop.SleepAsync(TimeSpan.FromMilliseconds(random.Next(0, 3)));
                        }
                    });
                }
            }
        }
    }

    [Fact]
    public void Joining_waits_until_the_work_on_every_item_is_done() =>
        OnLoop.Run(() => TaskGroup.RunAsync(async group =>
        {
            var queue = new LoopQueue<int>();
            await queue.JoinAsync(); // nothing to wait for
            queue.TryPut(1);
            queue.TryPut(2);
            group.Start(async () =>
            {
                await foreach (var _ in queue.GetAllAsync())
                {
                    await EventLoop.SleepAsync(OnLoop.Seconds(1));
                    queue.TaskDone();
                }
            });
            await queue.JoinAsync();
            Assert.Equal(2, OnLoop.Elapsed());
            Assert.Throws<InvalidOperationException>(queue.TaskDone);
            queue.Close();
        }));

    [Fact]
    public void An_item_that_was_not_taken_cannot_be_done() =>
        OnLoop.Run(() =>
        {
            var queue = new LoopQueue<int>();
            queue.TryPut(1);
            Assert.Throws<InvalidOperationException>(queue.TaskDone);
            return Task.CompletedTask;
        });

    [Fact]
    public void A_close_ends_those_who_wait_and_refuses_those_who_come() =>
        OnLoop.Run(async () =>
        {
            var (empty, full) = (new LoopQueue<int>(), new LoopQueue<int>(capacity: 1));
            full.TryPut(1);
            await TaskGroup.RunAsync(async group =>
            {
                group.Start(() => Assert.ThrowsAsync<LoopQueueClosedException>(async () => await empty.GetAsync()));
                group.Start(() => Assert.ThrowsAsync<LoopQueueClosedException>(async () => await full.PutAsync(2)));
                await EventLoop.YieldAsync();
                empty.Close();
                full.Close();
                full.Close();
            });
            Assert.Throws<LoopQueueClosedException>(() => full.TryPut(3));
            Assert.Equal(1, await full.GetAsync());
            await Assert.ThrowsAsync<LoopQueueClosedException>(async () => await full.GetAsync());
            Assert.True(full.IsClosed);
        });

    [Fact]
    public void A_capacity_below_one_is_refused() =>
        OnLoop.Run(() => Task.FromResult(Assert.Throws<ArgumentOutOfRangeException>(() => new LoopQueue<int>(0))));

    private static async Task<List<int>> All(LoopQueue<int> queue)
    {
        var items = new List<int>();
        await foreach (var item in queue.GetAllAsync())
        {
            items.Add(item);
        }

        return items;
    }
}
