namespace Sluice.Tests;

/// <summary>Running on one thread: what runs where, in which order, and how a loop ends.</summary>
public sealed class EventLoopTests
{
    [Fact]
    public void Everything_runs_on_the_calling_thread_and_the_result_comes_back()
    {
        var result = OnLoop.Run(async () =>
        {
            var thread = Environment.CurrentManagedThreadId;
            await Task.Run(() => { });
            var afterTask = Environment.CurrentManagedThreadId;
            await EventLoop.YieldAsync();
            return (afterTask == thread, Environment.CurrentManagedThreadId == thread, EventLoop.Current.IsOnThread);
        });

        Assert.Equal((true, true, true), result);
    }

    [Fact]
    public void Callbacks_run_in_the_order_in_which_they_were_posted_and_after_the_poster_has_awaited() =>
        OnLoop.Run(async () =>
        {
            var seen = new List<int>();
            EventLoop.Current.Post(() => seen.Add(1));
            EventLoop.Current.Post(state => seen.Add((int)state!), 2);
            EventLoop.Current.Post(() => EventLoop.Current.Post(() => seen.Add(4)));
            EventLoop.Current.Post(() => seen.Add(3));
            Assert.Empty(seen);
            await EventLoop.YieldAsync();
            Assert.Equal([1, 2, 3], seen);
            await EventLoop.YieldAsync();
            Assert.Equal([1, 2, 3, 4], seen);
        });

    [Fact]
    public void Another_thread_posts_while_the_loop_waits()
    {
        OnLoop.Run(async () =>
        {
            var (loop, happened, from) = (EventLoop.Current, new LoopEvent(), 0);
            var thread = new Thread(() =>
            {
                from = Environment.CurrentManagedThreadId;
                loop.PostThreadSafe(happened.Set);
            });
            thread.Start();
            await happened.WaitAsync();
            Assert.NotEqual(Environment.CurrentManagedThreadId, from);
        });
    }

    [Fact]
    public void What_a_thread_posts_runs_in_order() =>
        OnLoop.Run(async () =>
        {
            const int Count = 10_000;
            var (loop, queue) = (EventLoop.Current, new LoopQueue<int>());
            var posting = EventLoop.RunInThreadAsync(() =>
            {
                for (var i = 0; i < Count; i++)
                {
                    loop.PostThreadSafe(state => queue.TryPut((int)state!), i);
                }
            });
            for (var i = 0; i < Count; i++)
            {
                Assert.Equal(i, await queue.GetAsync());
            }

            await posting;
        });

    [Fact]
    public void A_second_loop_on_the_thread_is_an_error_and_on_another_thread_it_is_none() =>
        OnLoop.Run(async () =>
        {
            var error = Assert.Throws<InvalidOperationException>(() => EventLoop.Run(() => Task.CompletedTask));
            Assert.Contains("runs on this thread already", error.Message, StringComparison.Ordinal);
            Assert.Equal(5, await EventLoop.RunInThreadAsync(() => EventLoop.Run(() => Task.FromResult(5), OnLoop.Options)));
        });

    [Fact]
    public void One_loop_after_the_other_on_one_thread_is_fine_and_the_context_is_put_back()
    {
        var outer = SynchronizationContext.Current;
        Assert.Equal(1, EventLoop.Run(() => Task.FromResult(1), OnLoop.Options));
        Assert.Equal(2, EventLoop.Run(() => Task.FromResult(2), OnLoop.Options));
        Assert.Same(outer, SynchronizationContext.Current);
        Assert.Throws<InvalidOperationException>(() => EventLoop.Current);
    }

    [Fact]
    public void A_failure_of_the_main_task_comes_out_with_its_type_and_stack()
    {
        var error = Assert.Throws<FormatException>(() => OnLoop.Run(FailAsync));
        Assert.Contains(nameof(FailAsync), error.StackTrace, StringComparison.Ordinal);

        static async Task FailAsync()
        {
            await EventLoop.YieldAsync();
            throw new FormatException("bad");
        }
    }

    [Fact]
    public void An_exception_out_of_a_callback_cancels_the_main_task_and_comes_out()
    {
        var cancelled = false;
        Assert.Throws<FormatException>(() => OnLoop.Run(async () =>
        {
            EventLoop.Current.Post(() => throw new FormatException("bad"));
            try
            {
                await EventLoop.SleepAsync(Timeout.InfiniteTimeSpan);
            }
            finally
            {
                cancelled = true;
            }
        }));
        Assert.True(cancelled);
    }

    [Fact]
    public void An_exception_out_of_an_async_void_method_ends_the_loop()
    {
        Assert.Throws<FormatException>(() => OnLoop.Run(async () =>
        {
            FailLater();
            await EventLoop.SleepAsync(OnLoop.Seconds(10));
        }));

        static async void FailLater()
        {
            await EventLoop.SleepAsync(OnLoop.Seconds(1));
            throw new FormatException("bad");
        }
    }

    [Fact]
    public void The_loop_waits_for_an_async_void_method()
    {
        var (outside, ended) = (new Signal(), false);
        OnLoop.Run(() =>
        {
            Method();
            ThreadPool.QueueUserWorkItem(_ => outside.Set());
            return Task.CompletedTask;
        });
        Assert.True(ended);

        async void Method()
        {
            await outside.Task;
            ended = true;
        }
    }

    [Fact]
    public void A_main_task_that_fails_beside_a_callback_gives_both_failures()
    {
        var error = Assert.Throws<AggregateException>(() => OnLoop.Run(async () =>
        {
            EventLoop.Current.Post(() => throw new FormatException("callback"));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EventLoop.YieldAsync().AsTask()); // the callback's failure cancels it
            throw new InvalidCastException("main");
        }));
        Assert.Equal([typeof(FormatException), typeof(InvalidCastException)], error.InnerExceptions.Select(inner => inner.GetType()));
    }

    [Fact]
    public void What_was_fired_and_forgotten_is_cancelled_and_has_run_its_finally_blocks_when_the_loop_ends()
    {
        var notes = new List<string>();
        OnLoop.Run(async () =>
        {
            _ = ForgottenAsync();
            await EventLoop.YieldAsync();
            notes.Add("main ends");
        });
        Assert.Equal(["main ends", "cancelled"], notes);

        async Task ForgottenAsync()
        {
            try
            {
                await EventLoop.SleepAsync(OnLoop.Seconds(10));
            }
            catch (OperationCanceledException)
            {
                await EventLoop.Current.PostAndReturn();
                notes.Add("cancelled");
            }
        }
    }

    [Fact]
    public async Task A_continuation_that_comes_after_the_end_runs_on_the_pool()
    {
        var (late, ran) = (new Signal(), new TaskCompletionSource<bool>());
        OnLoop.Run(() =>
        {
            _ = WaitAsync();
            return Task.CompletedTask;
        });
        late.Set();

        Assert.True(await Wait.For(ran.Task, "the continuation"));

        async Task WaitAsync()
        {
            await late.Task;
            ran.SetResult(Thread.CurrentThread.IsThreadPoolThread);
        }
    }

    [Fact]
    public void Posting_to_a_loop_that_has_ended_is_an_error()
    {
        var loop = OnLoop.Run(() => Task.FromResult(EventLoop.Current));
        Assert.Contains("has ended", Assert.Throws<InvalidOperationException>(() => loop.PostThreadSafe(() => { })).Message, StringComparison.Ordinal);
        Assert.Contains("has ended", Assert.Throws<InvalidOperationException>(() => loop.Post(() => { })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_token_cancels_the_main_task()
    {
        using var source = new CancellationTokenSource();
        var waits = new Signal();
        waits.Task.ContinueWith(_ => source.Cancel(), TaskScheduler.Default);
        Assert.ThrowsAny<OperationCanceledException>(() => OnLoop.Run(
            async () =>
            {
                waits.Set();
                await EventLoop.SleepAsync(Timeout.InfiniteTimeSpan);
            },
            cancellation: source.Token));
    }

    [Fact]
    public void What_a_callback_leaves_in_the_context_is_not_seen_by_the_next() =>
        OnLoop.Run(async () =>
        {
            var (local, seen) = (new AsyncLocal<int>(), -1);
            EventLoop.Current.Post(() => local.Value = 5);
            EventLoop.Current.Post(() => seen = local.Value);
            await EventLoop.YieldAsync();
            Assert.Equal(0, seen);
        });

    [Fact]
    public void A_blocking_call_runs_elsewhere_and_gives_its_result_or_its_failure_on_the_loop() =>
        OnLoop.Run(async () =>
        {
            var loop = Environment.CurrentManagedThreadId;
            Assert.NotEqual(loop, await EventLoop.RunInThreadAsync(() => Environment.CurrentManagedThreadId));
            Assert.Equal(loop, Environment.CurrentManagedThreadId);
            await Assert.ThrowsAsync<FormatException>(() => EventLoop.RunInThreadAsync(() => throw new FormatException("bad")));
        });

    [Fact]
    public void A_call_elsewhere_that_goes_on_after_it_has_returned_is_waited_for() =>
        OnLoop.Run(async () =>
        {
            var (loop, done) = (Environment.CurrentManagedThreadId, new Signal());
            var (nothing, result) = (EventLoop.RunInThreadAsync(async () => await done.Task), EventLoop.RunInThreadAsync(async () =>
            {
                var called = Environment.CurrentManagedThreadId;
                await done.Task;
                return called;
            }));
            await EventLoop.YieldAsync();
            Assert.False(nothing.IsCompleted || result.IsCompleted);
            Assert.Contains("a call on another thread", EventLoop.Current.Dump(), StringComparison.Ordinal);

            done.Set();

            await nothing;
            Assert.NotEqual(loop, await result);
            Assert.Equal(loop, Environment.CurrentManagedThreadId);
            await Assert.ThrowsAsync<FormatException>(() => EventLoop.RunInThreadAsync(async () =>
            {
                await Task.Yield();
                throw new FormatException("bad");
            }));
            await Assert.ThrowsAsync<ArgumentNullException>("call", () => EventLoop.RunInThreadAsync((Func<Task>)null!));
        });

    [Fact]
    public void A_loop_does_not_end_before_a_blocking_call_and_virtual_time_waits_for_it()
    {
        var (ended, elapsed) = (false, -1.0);
        using var other = new ManualResetEventSlim();
        OnLoop.Run(async () =>
        {
            _ = EventLoop.RunInThreadAsync(() =>
            {
                Assert.True(other.Wait(Wait.Limit));
                ended = true;
            });
            var call = EventLoop.RunInThreadAsync(other.Set);
            await TaskGroup.RunAsync(async group =>
            {
                group.Start(() => EventLoop.SleepAsync(OnLoop.Seconds(5)).AsTask());
                await call;
                elapsed = OnLoop.Elapsed();
            });
        });
        Assert.True(ended);
        Assert.Equal(0, elapsed);
    }

    [Fact]
    public void Sending_to_the_context_waits_and_brings_failures_back() =>
        OnLoop.Run(async () =>
        {
            var (context, loop, on) = (SynchronizationContext.Current!, Environment.CurrentManagedThreadId, 0);
            await EventLoop.RunInThreadAsync(() =>
            {
                context.Send(_ => on = Environment.CurrentManagedThreadId, null);
                Assert.Throws<FormatException>(() => context.Send(_ => throw new FormatException("bad"), null));
            });
            Assert.Equal(loop, on);
        });

    [Fact]
    public void Using_the_loops_things_on_another_thread_is_a_clear_error() =>
        OnLoop.Run(async () =>
        {
            var (loop, queue, happened, gate, free, scope) = (EventLoop.Current, new LoopQueue<int>(), new LoopEvent(), new LoopLock(), new LoopSemaphore(1), new CancelScope());
            Action[] wrong = [() => loop.Post(() => { }), () => queue.TryPut(1), () => queue.PutAsync(1).AsTask(), () => queue.GetAsync().AsTask(), () => queue.JoinAsync().AsTask(), queue.TaskDone, queue.Close, happened.Set, () => gate.EnterAsync().AsTask(), () => free.WaitAsync().AsTask(), free.Release, scope.Cancel, () => _ = loop.Counters];
            await EventLoop.RunInThreadAsync(() => Assert.All(wrong, use =>
                Assert.Contains("runs on another thread", Assert.Throws<InvalidOperationException>(use).Message, StringComparison.Ordinal)));
        });

    [Fact]
    public void An_await_happens_once()
    {
        OnLoop.Run(async () =>
        {
            var yielded = EventLoop.YieldAsync();
            Assert.False(yielded.IsCompleted);
            await yielded;
            Assert.Throws<InvalidOperationException>(() => yielded.GetAwaiter().GetResult());
            var blocking = EventLoop.SleepAsync(OnLoop.Seconds(1));
            Assert.Throws<InvalidOperationException>(() => blocking.GetAwaiter().GetResult());
            await blocking;
        });
    }

    [Fact]
    public void Nobody_starves_while_one_task_always_has_something_to_do() =>
        OnLoop.Run(async () =>
        {
            var (ticks, timerFired) = (0, false);
            await TaskGroup.RunAsync(async group =>
            {
                group.Start(async () =>
                {
                    await EventLoop.SleepAsync(TimeSpan.FromTicks(1));
                    timerFired = true;
                });
                while (!timerFired && ticks < 1_000)
                {
                    ticks++;
                    await EventLoop.YieldAsync();
                    ((VirtualTime)Clock!).Advance(TimeSpan.FromTicks(1));
                }
            });
            Assert.InRange(ticks, 1, 10);
        },
        new EventLoopOptions { TimeProvider = Clock = new VirtualTime { AutoAdvance = false }, HandleSignals = false });

    private TimeProvider? Clock { get; set; }
}

internal static class LoopPosts
{
    /// <summary>A foreign await that ends on the loop, also in a cancelled scope.</summary>
    internal static Task PostAndReturn(this EventLoop loop)
    {
        var posted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(posted.SetResult);
        return posted.Task;
    }
}
