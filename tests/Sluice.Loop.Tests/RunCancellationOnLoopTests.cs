using static Sluice.Tests.LoopRuns;

namespace Sluice.Tests;

/// <summary>The scopes, tokens and failures of a loop that cancel the runs that were started on it.</summary>
public sealed class RunCancellationOnLoopTests
{
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
}
