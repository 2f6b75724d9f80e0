namespace Sluice.Tests;

public sealed class CancelScopeTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);

    [Fact]
    public void A_body_that_ends_although_its_scope_was_cancelled_has_come_to_its_end() =>
        OnLoop.Run(async () => Assert.True(await CancelScope.FailAfter(OnLoop.Seconds(1)).RunAsync(async () =>
        {
            try
            {
                await Sleep();
            }
            catch (OperationCanceledException)
            {
            }
        })));

    [Theory]
    [InlineData("the scope")]
    [InlineData("the scope around it")]
    [InlineData("the token")]
    [InlineData("the time")]
    public void A_cancellation_that_comes_while_the_others_have_their_turn_is_raised_by_the_yield(string what) =>
        OnLoop.Run(async () =>
        {
            foreach (var wait in (Func<ValueTask>[])[EventLoop.YieldAsync, () => EventLoop.SleepAsync(TimeSpan.Zero), () => new(EventLoop.YieldAsync().AsTask())])
            {
                using var stop = new CancellationTokenSource();
                var (outer, inner, after) = (new CancelScope(), new CancelScope(stop.Token), false);
                await outer.RunAsync(() => inner.RunAsync(async () =>
                {
                    EventLoop.Current.Post(() =>
                    {
                        switch (what)
                        {
                            case "the scope":
                                inner.Cancel();
                                break;
                            case "the token":
                                stop.Cancel();
                                break;
                            case "the time":
                                inner.CancelAfter(TimeSpan.Zero);
                                break;
                            default:
                                outer.Cancel();
                                break;
                        }
                    });
                    await wait();
                    after = true;
                }));
                Assert.False(after);
            }
        });

    [Fact]
    public void A_yield_in_a_shield_and_one_that_is_over_before_the_cancellation_raise_nothing() =>
        OnLoop.Run(async () =>
        {
            var scope = new CancelScope();
            Assert.True(await scope.RunAsync(async () =>
            {
                await EventLoop.YieldAsync();
                EventLoop.Current.Post(scope.Cancel);
                await new CancelScope { Shield = true }.RunAsync(() => EventLoop.YieldAsync().AsTask());
                Assert.True(scope.IsCancelled);
            }));
        });

    [Fact]
    public void Cancellation_is_a_level_every_wait_throws_until_the_scope_is_left() =>
        OnLoop.Run(async () =>
        {
            var scope = new CancelScope();
            var (queue, caught, others) = (new LoopQueue<int>(), 0, 0);
            Assert.True(queue.TryPut(1));
            Func<ValueTask>[] waits = [
                EventLoop.YieldAsync, () => EventLoop.SleepAsync(s_long), () => EventLoop.SleepAsync(TimeSpan.Zero), async () => await queue.GetAsync(), () => queue.PutAsync(2), queue.JoinAsync,
                async () => await new LoopLock().EnterAsync(), () => new LoopSemaphore(1).WaitAsync(), async () => await EventLoop.RunInThreadAsync(() => others = -1000)];
            await scope.RunAsync(async () =>
            {
                scope.Cancel();
                Assert.ThrowsAny<OperationCanceledException>(EventLoop.Checkpoint);
                foreach (var wait in waits)
                {
                    EventLoop.Current.Post(() => others++);
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait());
                    caught++;
                    Assert.Equal(caught, others); // those had their turn
                }
            });
            Assert.Equal(waits.Length, caught);
            Assert.Equal(1, queue.Count);
            await EventLoop.YieldAsync(); // left: no more
        });

    [Fact]
    public void A_scope_takes_its_own_cancellation_and_not_that_of_the_scope_around_it() =>
        OnLoop.Run(async () =>
        {
            var (outer, inner, notes) = (new CancelScope(), new CancelScope(), new List<string>());
            Assert.False(await outer.RunAsync(async () =>
            {
                await inner.RunAsync(async () =>
                {
                    inner.Cancel();
                    outer.Cancel();
                    await EventLoop.YieldAsync();
                });
                notes.Add("between");
            }));
            Assert.Empty(notes);

            var other = new CancelScope();
            Assert.True(await new CancelScope().RunAsync(async () =>
            {
                Assert.False(await other.RunAsync(async () =>
                {
                    other.Cancel();
                    await EventLoop.YieldAsync();
                }));
                await EventLoop.YieldAsync();
            }));
        });

    [Fact]
    public void A_cancelled_scope_lets_other_exceptions_pass() =>
        OnLoop.Run(async () =>
        {
            await Assert.ThrowsAsync<FormatException>(() => Cancelled(() => throw new FormatException("bad")));
            using var other = new CancellationTokenSource();
            await other.CancelAsync();
            var foreign = await Assert.ThrowsAsync<OperationCanceledException>(() => Cancelled(() => throw new OperationCanceledException(other.Token)));
            Assert.Equal(other.Token, foreign.CancellationToken);

            static Task<bool> Cancelled(Func<Task> body)
            {
                var scope = new CancelScope();
                return scope.RunAsync(() =>
                {
                    scope.Cancel();
                    return body();
                });
            }
        });

    [Fact]
    public void A_scope_that_is_not_cancelled_takes_no_cancellation() =>
        OnLoop.Run(() => Assert.ThrowsAsync<OperationCanceledException>(() => new CancelScope().RunAsync(() => throw new OperationCanceledException())));

    [Fact]
    public void A_shield_keeps_the_cancellation_of_scopes_around_it_out() =>
        OnLoop.Run(async () =>
        {
            var (outer, notes) = (new CancelScope(), new List<string>());
            Assert.False(await outer.RunAsync(async () =>
            {
                outer.Cancel();
                Assert.True(await new CancelScope { Shield = true }.RunAsync(async () =>
                {
                    await EventLoop.SleepAsync(OnLoop.Seconds(3));
                    Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(1)).RunAsync(Sleep));
                    notes.Add("goodbye said");
                }));
                await EventLoop.YieldAsync();
                notes.Add("never");
            }));
            Assert.Equal(["goodbye said"], notes);
            Assert.Equal(4, OnLoop.Elapsed());
        });

    [Fact]
    public void The_token_of_a_scope_cancels_calls_that_take_one() =>
        OnLoop.Run(async () =>
        {
            var never = new TaskCompletionSource();
            Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(1)).RunAsync(() => never.Task.WaitAsync(CancelScope.Current.Token)));
            Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(1)).RunAsync(() => new CancelScope().RunAsync(() => never.Task.WaitAsync(CancelScope.Current.Token))));
            Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(1)).RunAsync(async () =>
            {
                using var linked = CancellationTokenSource.CreateLinkedTokenSource(CancelScope.Current.Token);
                await never.Task.WaitAsync(linked.Token);
            }));
        });

    [Fact]
    public void A_token_from_another_thread_cancels_the_scope_that_was_made_from_it() =>
        OnLoop.Run(async () =>
        {
            using var source = new CancellationTokenSource();
            Assert.False(await new CancelScope(source.Token).RunAsync(async () =>
            {
                await EventLoop.RunInThreadAsync(source.Cancel);
                await EventLoop.SleepAsync(Timeout.InfiniteTimeSpan);
            }));
            Assert.False(await new CancelScope(source.Token).RunAsync(Sleep)); // it was cancelled already
            Assert.False(await new CancelScope(source.Token).RunAsync(() => Task.Delay(-1, source.Token)));
        });

    [Fact]
    public void A_scope_that_was_cancelled_before_it_is_entered_is_cancelled_and_it_is_entered_once() =>
        OnLoop.Run(async () =>
        {
            var scope = new CancelScope();
            scope.Cancel();
            Assert.False(await scope.RunAsync(Sleep));
            await Assert.ThrowsAsync<InvalidOperationException>(() => scope.RunAsync(Sleep));
        });

    [Fact]
    public void Methods_beside_each_other_in_one_task_have_scopes_of_their_own() =>
        OnLoop.Run(async () =>
        {
            var results = await Task.WhenAll(Limited(1), Limited(3), Limited(2));
            Assert.Equal([false, true, false], results);

            static async Task<bool> Limited(double seconds) =>
                await CancelScope.MoveOnAfter(OnLoop.Seconds(seconds)).RunAsync(() => EventLoop.SleepAsync(OnLoop.Seconds(2.5)).AsTask());
        });

    [Fact]
    public void What_is_still_under_way_in_a_scope_when_it_is_left_is_cancelled() =>
        OnLoop.Run(async () =>
        {
            Task? forgotten = null;
            CancellationToken token = default;
            Assert.True(await new CancelScope().RunAsync(() =>
            {
                token = CancelScope.Current.Token;
                forgotten = Sleep();
                return Task.CompletedTask;
            }));
            Assert.True(token.IsCancellationRequested);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => forgotten!);
            Assert.Equal(0, OnLoop.Elapsed());
        });

    [Fact]
    public void Callbacks_of_the_token_see_the_whole_cancelled_and_their_failures_come_out_of_the_cancel() =>
        OnLoop.Run(async () =>
        {
            var (scope, inner, seen) = (new CancelScope(), new CancelScope(), false);
            await scope.RunAsync(() => inner.RunAsync(async () =>
            {
                scope.Token.Register(() => seen = inner.IsCancelled);
                inner.Token.Register(() => throw new FormatException("bad"));
                var error = Assert.Throws<AggregateException>(scope.Cancel);
                Assert.IsType<FormatException>(Assert.Single(error.InnerExceptions));
                await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await EventLoop.YieldAsync());
            }));
            Assert.True(seen);
        });

    [Fact]
    public void Two_thousand_scopes_within_each_other_are_cancelled_at_once() =>
        OnLoop.Run(async () =>
        {
            const int Depth = 2_000;
            var (outer, deep, ended) = (new CancelScope(), 0, 0);
            Assert.False(await outer.RunAsync(async () =>
            {
                await DeeperAsync();
                outer.Cancel();
                await EventLoop.YieldAsync();
            }));
            await EventLoop.SleepAsync(OnLoop.Seconds(1)); // time passes when nothing is ready any more
            Assert.Equal((Depth, Depth), (deep, ended));

            async Task DeeperAsync()
            {
                var reached = new TaskCompletionSource();
                _ = NextAsync(reached);
                await reached.Task;
            }

            async Task NextAsync(TaskCompletionSource reached)
            {
                await EventLoop.YieldAsync(); // off the stack
                try
                {
                    await new CancelScope().RunAsync(async () =>
                    {
                        if (++deep < Depth)
                        {
                            _ = NextAsync(reached);
                        }
                        else
                        {
                            reached.SetResult();
                        }

                        await EventLoop.SleepAsync(s_long);
                    });
                }
                finally
                {
                    ended++;
                }
            }
        });

    private static Task Sleep() => EventLoop.SleepAsync(s_long).AsTask();
}
