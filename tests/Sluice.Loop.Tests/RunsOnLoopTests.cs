using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>Runs of pipelines are tasks of the loop on which they were started: where they run, what cancels them, and what waits for them.</summary>
public sealed class RunsOnLoopTests
{
    private static readonly EventLoopOptions s_withSignals = new() { TimeProvider = new VirtualTime(), HandleSignals = true };

    /// <summary>Ways to come to start a run on a loop.</summary>
    private static readonly Dictionary<string, Func<Func<Task>, Task>> s_callers = new()
    {
        ["the main task"] = start => start(),
        ["after a wait"] = async start =>
        {
            await EventLoop.SleepAsync(OnLoop.Seconds(1));
            await start();
        },
        ["after a task of the pool"] = async start =>
        {
            await Task.Run(() => { });
            await start();
        },
        ["a child of a group"] = start => TaskGroup.RunAsync(group =>
        {
            group.Start(start);
            return Task.CompletedTask;
        }),
        ["a scope"] = start => new CancelScope().RunAsync(start),
        ["a posted callback"] = start => Posted(EventLoop.Current.Post, start),
        ["a callback from another thread"] = start =>
        {
            var loop = EventLoop.Current;
            return Posted(callback => ThreadPool.QueueUserWorkItem(_ => loop.PostThreadSafe(callback)), start);
        },
        ["a source"] = start => Source.Create<int>(async (_, _) => await start()).To(Sink.Count<int>()).RunAsync(),
        ["a stage"] = start => Source.From([1]).SelectAsync(async (n, _) =>
        {
            await start();
            return n;
        }, 1).To(Sink.Count<int>()).RunAsync(),
        ["a stage of a started run"] = async start => await (await Source.From([1]).To(async items =>
        {
            await items.ReceiveAsync();
            await start();
        }).StartAsync()).Completion,
        ["a part of a run from another thread"] = start =>
        {
            var here = Env.Loop(EventLoop.Current);
            return Task.Run(() => Source.From([1]).On(here).SelectAsync(async (n, _) =>
            {
                await start();
                return n;
            }, 1).To(Sink.Count<int>()).RunAsync());
        },
    };

    public static TheoryData<string> Callers => [.. s_callers.Keys];

    [Theory]
    [MemberData(nameof(Callers))]
    public void A_run_that_is_started_by_any_code_of_a_loop_runs_there(string caller) => OnLoop.Run(() => s_callers[caller](async () =>
    {
        var (here, threads) = (Environment.CurrentManagedThreadId, new HashSet<int>());
        await using var run = await OnThreads(threads).StartAsync();
        Assert.Equal(here, Environment.CurrentManagedThreadId);
        Assert.Equal(30, await run.Completion);
        Assert.Equal(30, await OnThreads(threads).RunAsync());

        Assert.Equal(here, Assert.Single(threads));
    }));

    [Fact]
    public void Many_runs_start_at_once_on_a_loop() => OnLoop.Run(async () =>
    {
        var threads = new HashSet<int>();
        var runs = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => OnThreads(threads).StartAsync()));
        Assert.All(await Task.WhenAll(runs.Select(run => run.Completion)), sum => Assert.Equal(30, sum));
        Assert.Single(threads);
    });

    [Fact]
    public void Whoever_starts_a_run_has_the_handle_before_the_sources_start_also_if_they_never_wait() => OnLoop.Run(async () =>
    {
        var items = 0;
        var run = await Source.From(Endless()).To(Sink.ForEach<int>(_ => items++)).StartAsync();
        Assert.Equal(0, items);
        var outcome = await run.StopAsync(TimeSpan.Zero);
        Assert.Empty(outcome.StillRunning);
        Assert.Equal(0, items);

        IEnumerable<int> Endless()
        {
            while (true)
            {
                yield return 1;
            }
        }
    });

    [Fact]
    public void A_run_that_is_canceled_before_its_sources_start_takes_nothing_from_them() => OnLoop.Run(async () =>
    {
        var scope = new CancelScope();
        var taken = 0;
        var completed = await scope.RunAsync(async () =>
        {
            var run = await Source.From(Enumerable.Range(0, 10).Select(n => taken++)).To(Sink.Count<int>()).StartAsync();
            scope.Cancel();
            await run.Completion;
        });

        Assert.Equal((false, 0), (completed, taken));
    });

    [Theory]
    [InlineData("RunAsync")]
    [InlineData("StartAsync")]
    public void A_loop_whose_main_task_has_ended_waits_for_the_runs_that_it_has_started(string how)
    {
        var ended = 0;
        OnLoop.Run(async () =>
        {
            await Begin(how, async () =>
            {
                await EventLoop.SleepAsync(OnLoop.Seconds(3600));
                await Task.Run(() => { });
                await EventLoop.SleepAsync(OnLoop.Seconds(3600));
                ended++;
            });
        });

        Assert.Equal(1, ended);
    }

    [Theory]
    [InlineData("RunAsync")]
    [InlineData("StartAsync")]
    public void A_main_task_that_fails_cancels_the_runs_that_it_has_started_and_waits_for_them(string how)
    {
        var steps = new List<string>();
        var error = Assert.Throws<FormatException>(() => OnLoop.Run(async () =>
        {
            await Begin(how, () => Forever(steps));
            await EventLoop.SleepAsync(OnLoop.Seconds(1));
            throw new FormatException("main");
        }));

        Assert.Equal("main", error.Message);
        Assert.Equal(["canceled", "ended"], steps);
    }

    [Theory]
    [InlineData("a scope")]
    [InlineData("a group")]
    [InlineData("a child of a group")]
    public void What_started_a_run_is_left_when_the_run_has_ended(string where) => OnLoop.Run(async () =>
    {
        var steps = new List<string>();
        await Within(where, () => Begin("StartAsync", async () =>
        {
            await EventLoop.SleepAsync(OnLoop.Seconds(10));
            steps.Add("run");
        }));
        steps.Add("after");

        Assert.Equal(["run", "after"], steps);
    });

    [Theory]
    [InlineData("a scope")]
    [InlineData("a group")]
    [InlineData("a child of a group")]
    public void What_started_a_run_and_fails_cancels_it_and_waits_for_it(string where) => OnLoop.Run(async () =>
    {
        var steps = new List<string>();
        await Assert.ThrowsAsync<FormatException>(() => Within(where, async () =>
        {
            await Begin("StartAsync", () => Forever(steps));
            await EventLoop.SleepAsync(OnLoop.Seconds(1));
            throw new FormatException();
        }));

        Assert.Equal(["canceled", "ended"], steps);
    });

    [Theory]
    [InlineData("RunAsync", false)]
    [InlineData("StartAsync", false)]
    [InlineData("RunAsync", true)]
    [InlineData("StartAsync", true)]
    public void A_scope_that_is_canceled_cancels_the_runs_that_were_started_in_it(string how, bool hasToken) => OnLoop.Run(async () =>
    {
        var steps = new List<string>();
        using var own = new CancellationTokenSource();
        var scope = CancelScope.MoveOnAfter(OnLoop.Seconds(5));
        var completed = await scope.RunAsync(async () =>
        {
            var run = await Begin(how, () => Forever(steps), hasToken ? own.Token : default);
            var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
            Assert.True(canceled.CancellationToken.IsCancellationRequested);
            Assert.NotEqual(own.Token, canceled.CancellationToken);
            await EventLoop.SleepAsync(OnLoop.Seconds(1)); // cancelled too, and takes the scope's end to it
        });

        Assert.False(completed);
        Assert.Equal(5, OnLoop.Elapsed());
        Assert.Equal(["canceled", "ended"], steps);
    });

    [Fact]
    public void A_run_listens_to_its_callers_token_besides() => OnLoop.Run(async () =>
    {
        using var own = new CancellationTokenSource();
        var steps = new List<string>();
        var run = await Begin("StartAsync", () => Task.Delay(Timeout.Infinite, own.Token).ContinueWith(_ => steps.Add("canceled"), TaskScheduler.Default), own.Token);
        await EventLoop.SleepAsync(OnLoop.Seconds(1));
        await own.CancelAsync();
        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);

        Assert.Equal(own.Token, canceled.CancellationToken);
        Assert.Equal(["canceled"], steps);
    });

    [Fact]
    public void A_scope_takes_the_cancellation_of_a_run_that_is_its_own() => OnLoop.Run(async () =>
    {
        Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(5)).RunAsync(() => Forever()));
        Assert.Equal(5, OnLoop.Elapsed());

        static Task Forever() => Source.Create<int>(async (_, token) => await Task.Delay(-1, token)).To(Sink.Count<int>()).RunAsync();
    });

    [Fact]
    public void A_scope_whose_body_has_ended_is_canceled_with_its_runs() => OnLoop.Run(async () =>
    {
        Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(5)).RunAsync(Start));
        await Assert.ThrowsAsync<TimeoutException>(() => CancelScope.FailAfter(OnLoop.Seconds(5)).RunAsync(Start));
        Assert.False(await CancelScope.MoveOnAfter(OnLoop.Seconds(5)).RunAsync(() => TaskGroup.RunAsync(_ => Start())));
        Assert.Equal(15, OnLoop.Elapsed());

        static async Task Start()
        {
            await Begin("StartAsync", () => Forever([]));
        }
    });

    [Fact]
    public void The_failure_of_a_sibling_cancels_a_run() => OnLoop.Run(async () =>
    {
        var steps = new List<string>();
        await Assert.ThrowsAsync<FormatException>(() => TaskGroup.RunAsync(async group =>
        {
            group.Start(async () =>
            {
                await EventLoop.SleepAsync(OnLoop.Seconds(1));
                throw new FormatException();
            });
            await await Begin("StartAsync", () => Forever(steps));
        }));

        Assert.Equal(["canceled", "ended"], steps);
    });

    [Fact]
    public void A_token_of_another_thread_cancels_the_loop_and_its_runs()
    {
        using var stop = new CancellationTokenSource();
        var steps = new List<string>();
        Assert.ThrowsAny<OperationCanceledException>(() => OnLoop.Run(
            async () => await await Begin("StartAsync", async () =>
            {
                _ = Task.Run(stop.Cancel);
                await Forever(steps);
            }),
            cancellation: stop.Token));

        Assert.Equal(["canceled", "ended"], steps);
    }

    [Fact]
    public void A_run_in_a_run_is_canceled_with_it() => OnLoop.Run(async () =>
    {
        var steps = new List<string>();
        using var stop = new CancellationTokenSource();
        var outer = await Begin("StartAsync", async () => await await Begin("StartAsync", () => Forever(steps)), stop.Token);
        await EventLoop.SleepAsync(OnLoop.Seconds(1));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => outer);
        await EventLoop.SleepAsync(OnLoop.Seconds(1));

        Assert.Equal(["canceled", "ended"], steps);
    });

    [Theory]
    [InlineData("a token")]
    [InlineData("a stop")]
    [InlineData("a failure")]
    public void What_the_stages_of_a_run_wait_for_at_the_loop_is_canceled_when_the_run_ends_by(string cause) => OnLoop.Run(async () =>
    {
        var (steps, queue) = (new List<string>(), new LoopQueue<int>());
        using var stop = new CancellationTokenSource();
        var run = await Source.Create<int>(async (_, _) => await Forever(steps))
            .Merge(Source.Create<int>(async (_, _) => throw new FormatException($"{await queue.GetAsync()}")))
            .To(Sink.Count<int>()).StartAsync(cancellationToken: stop.Token);
        await EventLoop.SleepAsync(OnLoop.Seconds(1));
        switch (cause)
        {
            case "a token":
                await stop.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.Completion);
                break;
            case "a stop":
                Assert.Empty((await run.StopAsync(OnLoop.Seconds(1), Timeout.InfiniteTimeSpan)).StillRunning);
                break;
            default:
                queue.TryPut(1);
                await Assert.ThrowsAsync<FormatException>(() => run.Completion);
                break;
        }

        Assert.Equal(["canceled", "ended"], steps);
    });

    [Fact]
    public void A_shield_keeps_a_cancellation_from_a_run() => OnLoop.Run(async () =>
    {
        var count = 0L;
        var scope = CancelScope.MoveOnAfter(OnLoop.Seconds(1));
        await scope.RunAsync(() => new CancelScope { Shield = true }.RunAsync(async () =>
            count = await Source.Interval(OnLoop.Seconds(1)).Take(5).To(Sink.Count<long>()).RunAsync()));

        Assert.Equal(5, count);
    });

    [Theory]
    [InlineData("RunAsync")]
    [InlineData("StartAsync")]
    public void In_a_canceled_scope_a_run_does_not_start(string how) => OnLoop.Run(async () =>
    {
        var (scope, hasRun) = (new CancelScope(), false);
        var completed = await scope.RunAsync(async () =>
        {
            scope.Cancel();
            await await Begin(how, () =>
            {
                hasRun = true;
                return Task.CompletedTask;
            });
        });

        Assert.Equal((false, false), (completed, hasRun));
    });

    [Fact]
    public void A_run_that_cannot_be_made_is_no_task_of_the_loop() => OnLoop.Run(async () =>
    {
        var options = new RunOptions { Placement = { ["no such node"] = Env.Thread() } };
        await Assert.ThrowsAnyAsync<Exception>(async () => await Source.From([1]).To(Sink.Count<int>()).RunAsync(options));
        await Assert.ThrowsAnyAsync<Exception>(async () => await Source.From([1]).To(Sink.Count<int>()).StartAsync(options));
        await EventLoop.YieldAsync();
        Assert.StartsWith("loop 'main': 1 tasks", EventLoop.Current.Dump(), StringComparison.Ordinal);
    });

    [Fact]
    public void What_a_run_does_to_the_context_is_not_seen_by_its_caller() => OnLoop.Run(async () =>
    {
        var scope = CancelScope.Current;
        var run = Begin("RunAsync", () => EventLoop.SleepAsync(OnLoop.Seconds(1)).AsTask());
        Assert.Same(scope, CancelScope.Current);
        await await run;
        var started = Source.From([1]).To(Sink.Count<int>()).StartAsync();
        Assert.Same(scope, CancelScope.Current);
        await using var handle = await started;
        Assert.Same(scope, CancelScope.Current);
    });

    [Fact]
    public void A_run_with_parts_elsewhere_is_a_task_of_the_loop_that_started_it() => OnLoop.Run(async () =>
    {
        var (here, thread) = (Environment.CurrentManagedThreadId, 0);
        var pipeline = Source.Create<int>(Numbers).On(Env.Thread()).Select(n =>
        {
            thread = Environment.CurrentManagedThreadId;
            return n;
        }).On(Env.Caller).To(async items =>
        {
            await foreach (var _ in items)
            {
                Assert.Equal(here, Environment.CurrentManagedThreadId);
            }
        });
        var scope = new CancelScope();
        Assert.False(await scope.RunAsync(async () =>
        {
            var run = await pipeline.StartAsync();
            await EventLoop.SleepAsync(OnLoop.Seconds(10));
            Assert.StartsWith("loop 'main': 2 tasks", EventLoop.Current.Dump(), StringComparison.Ordinal);
            scope.Cancel();
            await run.Completion;
        }));
        Assert.StartsWith("loop 'main': 1 tasks", EventLoop.Current.Dump(), StringComparison.Ordinal);
        Assert.NotEqual(here, thread);

        static async Coroutine Numbers(Target<int> next, CancellationToken cancellation)
        {
            for (var n = 0; ; n++)
            {
                await next.SendAsync(n);
                await Task.Delay(TimeSpan.FromMilliseconds(1), cancellation);
            }
        }
    });

    [Fact]
    public void A_run_that_waits_for_what_never_comes_is_part_of_a_deadlock_that_names_its_nodes()
    {
        var error = Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static async () => await Never().RunAsync()));

        Assert.Contains("task 'pipeline Never to ForEach'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Never: produces items", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void So_is_a_run_that_nobody_waits_for() =>
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static async () => { await using var run = await Never().StartAsync(); await run.Completion; }));

    [Fact]
    public void So_is_a_started_run_when_the_main_task_has_ended() =>
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static async () => _ = await Never().StartAsync()));

    [Fact]
    public void So_is_a_run_that_several_tasks_wait_for() =>
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static () => TaskGroup.RunAsync(static group =>
        {
            var run = Never().RunAsync();
            group.Start(() => run);
            group.Start(() => run);
            return run;
        })));

    [Fact]
    public void So_is_a_run_that_waits_for_a_queue_of_the_loop() =>
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static async () =>
        {
            var queue = new LoopQueue<int>(name: "jobs");
            await Source.Create<int>(async (next, _) => await next.SendAsync(await queue.GetAsync())).To(Sink.Count<int>()).RunAsync();
        }));

    [Fact]
    public void So_is_a_run_with_a_part_on_a_thread() =>
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static async () =>
            await Source.Create<int>(static async (_, token) => await new TaskCompletionSource().Task.WaitAsync(token)).On(Env.Thread()).Select(static n => n).On(Env.Caller).To(Sink.Count<int>()).RunAsync()));

    [Fact]
    public void A_deadlock_of_a_run_that_does_not_heed_its_token_ends_the_loop_all_the_same() =>
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(static async () =>
            await Source.Create<int>(static async (_, _) => await new TaskCompletionSource().Task).To(Sink.Count<int>()).RunAsync()));

    [Fact]
    public void Where_signals_are_handled_a_run_that_waits_without_a_token_or_for_the_loop_is_a_deadlock_too()
    {
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(
            static async () => await Source.Create<int>(static async (_, _) => await new TaskCompletionSource().Task).To(Sink.Count<int>()).RunAsync(), s_withSignals));
        Assert.Throws<EventLoopDeadlockException>(static () => OnLoop.Run(
            static async () => await Source.Create<int>(static async (_, _) => await new LoopQueue<int>().GetAsync()).To(Sink.Count<int>()).RunAsync(), s_withSignals));
    }

    public static TheoryData<string> WaitsForSignals => ["the source's token", "an inbox's token", "the scope's token", "the main task"];

    [Theory]
    [MemberData(nameof(WaitsForSignals))]
    public void Where_signals_are_handled_what_waits_with_a_token_waits_for_them(string which)
    {
        var begun = 0;
        Assert.ThrowsAny<OperationCanceledException>(() => OnLoop.Run(
            async () =>
            {
                var loop = EventLoop.Current;
                _ = LooksSeveralTimes(loop, loop.CancelMain);
                begun++;
                await WaitAsync(which);
            },
            s_withSignals));
        Assert.Equal(1, begun);

        static Task WaitAsync(string which)
        {
            Func<CancellationToken, Task> wait = static token => Task.Delay(Timeout.Infinite, token);
            return which switch
            {
                "the source's token" => Source.Create<int>(async (_, token) => await wait(token)).To(Sink.Count<int>()).RunAsync(),
                "an inbox's token" => Source.From([1]).To(async items =>
                {
                    await items.ReceiveAsync();
                    await wait(items.Cancellation);
                }).RunAsync(),
                "the scope's token" => Source.Create<int>(async (_, _) => await wait(CancelScope.Current.Token)).To(Sink.Count<int>()).RunAsync(),
                _ => Both(),
            };

            async Task Both()
            {
                await using var run = await Source.Create<int>(static async (_, _) => await new LoopQueue<int>().GetAsync()).To(Sink.Count<int>()).StartAsync();
                await wait(CancelScope.Current.Token);
            }
        }
    }

    [Fact]
    public void A_run_that_waits_for_a_socket_is_no_deadlock() => NoDeadlock(async go =>
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint);
        using var server = await listener.AcceptTcpClientAsync();
        go(() => server.GetStream().Write("x"u8));
        return await Source.Create<int>(async (next, token) => await next.SendAsync(await client.GetStream().ReadAsync(new byte[1], token))).To(Sink.First<int>()).RunAsync();
    });

    [Fact]
    public void A_run_that_waits_for_another_thread_is_no_deadlock() => NoDeadlock(async go =>
    {
        var channel = Channel.CreateUnbounded<int>();
        go(() => channel.Writer.TryWrite(1));
        return await Source.From(channel.Reader).To(Sink.First<int>()).RunAsync();
    });

    [Fact]
    public void A_run_that_waits_for_a_part_on_a_thread_is_no_deadlock() => NoDeadlock(async go =>
    {
        using var gate = new ManualResetEventSlim();
        go(gate.Set);
        return await Source.From([1]).On(Env.Thread()).Select(n =>
        {
            Assert.True(gate.Wait(Wait.Limit), "the gate to be opened");
            return n;
        }).On(Env.Caller).To(Sink.First<int>()).RunAsync();
    });

    /// <summary>Ends the wait after the loop has looked several times whether it can end.</summary>
    private static void NoDeadlock(Func<Action<Action>, Task<int>> main)
    {
        var result = OnLoop.Run(() =>
        {
            var loop = EventLoop.Current;
            return main(go => _ = LooksSeveralTimes(loop, go));
        });
        Assert.Equal(1, result);
    }

    /// <summary>Has the loop come to rest until it has looked for a deadlock three times, which takes a collection each.</summary>
    private static Task LooksSeveralTimes(EventLoop loop, Action then) => Task.Run(async () =>
    {
        for (var collections = GC.CollectionCount(2); GC.CollectionCount(2) < collections + 3;)
        {
            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            loop.PostThreadSafe(turn.SetResult);
            await Wait.For(turn.Task, "a turn of the loop");
        }

        then();
    });

    private static Pipeline Never() => Source.Create<int>(Never).To(Sink.ForEach<int>(static _ => { }));

    private static async Coroutine Never(Target<int> next, CancellationToken cancellation) => await new TaskCompletionSource().Task.WaitAsync(cancellation);

    /// <summary>A run that does this, started so; gives its task.</summary>
    private static async Task<Task> Begin(string how, Func<Task> what, CancellationToken cancellation = default)
    {
        var pipeline = Source.Create<int>(async (_, _) => await what()).To(Sink.Count<int>());
        return how == "RunAsync" ? pipeline.RunAsync(cancellation) : (await pipeline.StartAsync(cancellationToken: cancellation)).Completion;
    }

    /// <summary>Waits until it is cancelled by the loop, and then for something outside.</summary>
    private static async Task Forever(List<string> steps)
    {
        try
        {
            await EventLoop.SleepAsync(Timeout.InfiniteTimeSpan);
        }
        catch (OperationCanceledException)
        {
            steps.Add("canceled");
            await Task.Run(() => { });
            steps.Add("ended");
            throw;
        }
    }

    private static Task Within(string where, Func<Task> body) => where switch
    {
        "a scope" => new CancelScope().RunAsync(body),
        "a group" => TaskGroup.RunAsync(_ => body()),
        _ => TaskGroup.RunAsync(group =>
        {
            group.Start(body);
            return Task.CompletedTask;
        }),
    };

    private static Task Posted(Action<Action> post, Func<Task> start)
    {
        var ended = new TaskCompletionSource();
        post(async () =>
        {
            try
            {
                await start();
                ended.SetResult();
            }
            catch (Exception error)
            {
                ended.SetException(error);
            }
        });
        return ended.Task;
    }

    private static Pipeline<int> OnThreads(HashSet<int> threads) => Source.Create<int>(async (next, _) =>
    {
        for (var n = 1; n <= 5; n++)
        {
            threads.Add(Environment.CurrentManagedThreadId);
            await next.SendAsync(n);
            await Task.Run(() => { }, CancellationToken.None).ConfigureAwait(false);
        }
    }).SelectAsync(async (n, token) => await Task.Run(() => 2 * n, token), degree: 2).To(Sink.Aggregate<int, int>(0, (sum, n) =>
    {
        threads.Add(Environment.CurrentManagedThreadId);
        return sum + n;
    }));
}
