namespace Sluice.Tests;

public sealed class TaskGroupTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromHours(1);

    [Fact]
    public void A_group_is_left_when_all_children_have_ended_also_those_that_children_start() =>
        OnLoop.Run(async () =>
        {
            var notes = new List<string>();
            await TaskGroup.RunAsync(group =>
            {
                group.Start(async () =>
                {
                    await EventLoop.SleepAsync(OnLoop.Seconds(1));
                    notes.Add("child");
                    group.Start(async () =>
                    {
                        await EventLoop.SleepAsync(OnLoop.Seconds(1));
                        notes.Add("grandchild");
                    });
                });
                notes.Add("body");
                return Task.CompletedTask;
            });
            Assert.Equal(["body", "child", "grandchild"], notes);
            Assert.Equal(2, OnLoop.Elapsed());
        });

    [Fact]
    public void Children_begin_when_the_body_awaits_in_the_order_in_which_they_were_started() =>
        OnLoop.Run(async () =>
        {
            var notes = new List<int>();
            await TaskGroup.RunAsync(async group =>
            {
                for (var i = 0; i < 3; i++)
                {
                    var number = i;
                    group.Start(() =>
                    {
                        notes.Add(number);
                        return Task.CompletedTask;
                    });
                }

                Assert.Empty(notes);
                Assert.Equal(3, group.Count);
                await EventLoop.YieldAsync();
                Assert.Equal([0, 1, 2], notes);
                Assert.Equal(0, group.Count);
            });
        });

    [Fact]
    public void The_first_failure_cancels_the_others_and_comes_out_with_its_type_and_stack() =>
        OnLoop.Run(async () =>
        {
            var cancelled = 0;
            var error = await Assert.ThrowsAsync<FormatException>(() => TaskGroup.RunAsync(async group =>
            {
                group.Start(SleepAsync);
                group.Start(SleepAsync);
                group.Start(FailAsync);
                await SleepAsync();
            }));
            Assert.Contains(nameof(FailAsync), error.StackTrace, StringComparison.Ordinal);
            Assert.Equal(3, cancelled);
            Assert.Equal(1, OnLoop.Elapsed());

            async Task SleepAsync()
            {
                try
                {
                    await EventLoop.SleepAsync(s_long);
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                    throw;
                }
            }

            static async Task FailAsync()
            {
                await EventLoop.SleepAsync(OnLoop.Seconds(1));
                throw new FormatException("bad");
            }
        });

    [Fact]
    public void A_failure_of_the_body_waits_for_the_children_too() =>
        OnLoop.Run(async () =>
        {
            var ended = false;
            await Assert.ThrowsAsync<FormatException>(() => TaskGroup.RunAsync(group =>
            {
                group.Start(async () =>
                {
                    await new CancelScope { Shield = true }.RunAsync(() => EventLoop.SleepAsync(OnLoop.Seconds(1)).AsTask());
                    ended = true;
                });
                throw new FormatException("bad");
            }));
            Assert.True(ended);
        });

    [Fact]
    public void Several_failures_come_out_together() =>
        OnLoop.Run(async () =>
        {
            var error = await Assert.ThrowsAsync<AggregateException>(() => TaskGroup.RunAsync(async group =>
            {
                group.Start(() => throw new FormatException("one"));
                group.Start(() => throw new InvalidCastException("two"));
                await EventLoop.SleepAsync(s_long);
            }));
            Assert.Equal([typeof(FormatException), typeof(InvalidCastException)], error.InnerExceptions.Select(inner => inner.GetType()));
        });

    [Fact]
    public void A_failure_that_a_sibling_passes_on_is_one_failure() =>
        OnLoop.Run(() => Assert.ThrowsAsync<FormatException>(() => TaskGroup.RunAsync(async group =>
        {
            var child = group.StartWithResult<int>(async () =>
            {
                await EventLoop.YieldAsync();
                throw new FormatException("bad");
            });
            await child;
        })));

    [Fact]
    public void A_group_that_is_cancelled_by_hand_ends_quietly() =>
        OnLoop.Run(async () =>
        {
            await TaskGroup.RunAsync(async group =>
            {
                group.Start(() => EventLoop.SleepAsync(s_long).AsTask());
                await EventLoop.YieldAsync();
                group.Scope.Cancel();
            });
            Assert.Equal(0, await TaskGroup.RunAsync(async group =>
            {
                group.Scope.Cancel();
                await EventLoop.YieldAsync();
                return 5;
            }));
            Assert.Equal(0, OnLoop.Elapsed());
        });

    [Fact]
    public void A_cancellation_from_around_a_group_goes_on_outwards() =>
        OnLoop.Run(async () =>
        {
            Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(1)).RunAsync(async () =>
            {
                await TaskGroup.RunAsync(group =>
                {
                    group.Start(() => EventLoop.SleepAsync(s_long).AsTask());
                    return Task.CompletedTask;
                });
                Assert.Fail("The group was cancelled from outside.");
            }));
        });

    [Fact]
    public void A_cancellation_that_is_not_the_groups_is_a_failure() =>
        OnLoop.Run(() => Assert.ThrowsAsync<OperationCanceledException>(() => TaskGroup.RunAsync(async group =>
        {
            group.Start(() => throw new OperationCanceledException());
            await EventLoop.SleepAsync(s_long);
        })));

    [Fact]
    public void Groups_nest_and_an_inner_failure_can_be_handled() =>
        OnLoop.Run(async () =>
        {
            var outerChildEnded = false;
            await TaskGroup.RunAsync(async outer =>
            {
                outer.Start(async () =>
                {
                    await EventLoop.SleepAsync(OnLoop.Seconds(2));
                    outerChildEnded = true;
                });
                await Assert.ThrowsAsync<FormatException>(() => TaskGroup.RunAsync(async inner =>
                {
                    inner.Start(() => throw new FormatException("bad"));
                    await EventLoop.SleepAsync(s_long);
                }));
            });
            Assert.True(outerChildEnded);
        });

    [Fact]
    public void A_child_is_in_the_scope_of_its_group_and_not_in_that_of_its_starter() =>
        OnLoop.Run(async () =>
        {
            var ended = false;
            await TaskGroup.RunAsync(async group =>
            {
                Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(1)).RunAsync(async () =>
                {
                    group.Start(async () =>
                    {
                        await EventLoop.SleepAsync(OnLoop.Seconds(2));
                        ended = true;
                    });
                    await EventLoop.SleepAsync(s_long);
                }));
            });
            Assert.True(ended);
        });

    [Fact]
    public void Starting_waits_until_the_child_is_ready_and_gives_what_it_tells() =>
        OnLoop.Run(async () =>
        {
            await TaskGroup.RunAsync(async group =>
            {
                var port = await group.StartAsync<int>(async ready =>
                {
                    await EventLoop.SleepAsync(OnLoop.Seconds(1));
                    ready(80);
                    Assert.Throws<InvalidOperationException>(() => ready(81));
                    await EventLoop.SleepAsync(OnLoop.Seconds(5));
                });
                Assert.Equal((80, 1.0), (port, OnLoop.Elapsed()));
                await group.StartAsync(async ready =>
                {
                    ready();
                    await EventLoop.YieldAsync();
                });
            });
            Assert.Equal(6, OnLoop.Elapsed());
        });

    [Fact]
    public void A_child_that_fails_before_it_is_ready_fails_its_starter_alone() =>
        OnLoop.Run(() => TaskGroup.RunAsync(async group =>
        {
            await Assert.ThrowsAsync<FormatException>(() => group.StartAsync(async _ =>
            {
                await EventLoop.YieldAsync();
                throw new FormatException("bad");
            }));
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => group.StartAsync(_ => Task.CompletedTask));
            Assert.Contains("without being ready", error.Message, StringComparison.Ordinal);
            Assert.False(group.Scope.IsCancelled);
        }));

    [Fact]
    public void Until_it_is_ready_a_child_is_in_its_starters_scope_and_then_in_the_groups() =>
        OnLoop.Run(async () =>
        {
            var ended = false;
            await TaskGroup.RunAsync(async group =>
            {
                Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(1)).RunAsync(() => group.StartAsync(_ => EventLoop.SleepAsync(s_long).AsTask())));
                Assert.Equal(1, OnLoop.Elapsed());

                Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(1)).RunAsync(async () =>
                {
                    await group.StartAsync(async ready =>
                    {
                        ready();
                        await EventLoop.SleepAsync(OnLoop.Seconds(3));
                        ended = true;
                    });
                    await EventLoop.SleepAsync(s_long);
                }));
            });
            Assert.True(ended);
        });

    [Fact]
    public void A_child_that_becomes_ready_in_a_cancelled_group_is_cancelled() =>
        OnLoop.Run(() => TaskGroup.RunAsync(async outer =>
        {
            var (cancelled, otherGroup) = (false, new TaskCompletionSource<TaskGroup>());
            outer.Start(() => TaskGroup.RunAsync(async group =>
            {
                otherGroup.SetResult(group);
                await EventLoop.SleepAsync(OnLoop.Seconds(1));
                group.Scope.Cancel();
            }));
            var other = await otherGroup.Task;
            await other.StartAsync(async ready =>
            {
                await EventLoop.SleepAsync(OnLoop.Seconds(2));
                var beside = EventLoop.SleepAsync(s_long).AsTask();
                ready();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => beside);
                cancelled = true;
            });
            await EventLoop.SleepAsync(OnLoop.Seconds(1));
            Assert.True(cancelled);
        }));

    [Fact]
    public void Starting_in_a_group_that_has_ended_is_an_error() =>
        OnLoop.Run(async () =>
        {
            TaskGroup? group = null;
            await TaskGroup.RunAsync(async open =>
            {
                group = open;
                await EventLoop.YieldAsync();
            });
            Assert.Throws<InvalidOperationException>(() => group!.Start(() => Task.CompletedTask));
        });

    [Fact]
    public void A_result_comes_out_of_the_group_and_of_a_child() =>
        OnLoop.Run(async () => Assert.Equal(12, await TaskGroup.RunAsync(async group =>
        {
            var (a, b) = (group.StartWithResult(() => Value(5)), group.StartWithResult(() => Value(7)));
            return await a + await b;

            static async Task<int> Value(int value)
            {
                await EventLoop.YieldAsync();
                return value;
            }
        })));

    [Fact]
    public void Children_that_nobody_awaits_leave_no_unobserved_exception()
    {
        var unobserved = 0;
        EventHandler<UnobservedTaskExceptionEventArgs> count = (_, e) => unobserved += e.Exception.InnerExceptions.Any(inner => inner.Message == "observed by the group") ? 1 : 0;
        TaskScheduler.UnobservedTaskException += count;
        try
        {
            Assert.Throws<FormatException>(() => OnLoop.Run(() => TaskGroup.RunAsync(async group =>
            {
                _ = group.StartWithResult<int>(() => throw new FormatException("observed by the group"));
                await EventLoop.SleepAsync(s_long);
            })));
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Assert.Equal(0, unobserved);
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= count;
        }
    }
}
