using static Sluice.Tests.LoopRuns;

namespace Sluice.Tests;

/// <summary>Runs of pipelines are tasks of the loop on which they were started: where they run, and what waits for them.</summary>
public sealed class RunsOnLoopTests
{
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
