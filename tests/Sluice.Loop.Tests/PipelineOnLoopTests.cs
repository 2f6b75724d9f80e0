namespace Sluice.Tests;

/// <summary>A pipeline that is started on an event loop runs there: no stage needs to know.</summary>
public sealed class PipelineOnLoopTests
{
    private readonly HashSet<int> _threads = [];

    [Fact]
    public void Stages_run_on_the_loops_thread_whatever_they_wait_for()
    {
        var sum = OnLoop.Run(async () =>
        {
            _threads.Add(Environment.CurrentManagedThreadId);
            return await Source.Create<int>(Numbers)
                .Through<int>(Twice)
                .SelectAsync(async (n, _) => await Task.Run(() => n + 1).ConfigureAwait(false), degree: 3)
                .Delay(OnLoop.Seconds(1), capacity: 10)
                .To(Sink.Aggregate<int, int>(0, (sum, n) =>
                {
                    _threads.Add(Environment.CurrentManagedThreadId);
                    return sum + n;
                }))
                .RunAsync();
        });

        Assert.Equal(110 + 10, sum);
        Assert.Single(_threads);
    }

    [Fact]
    public void What_comes_from_other_threads_waits_for_the_loop()
    {
        OnLoop.Run(async () =>
        {
            _threads.Add(Environment.CurrentManagedThreadId);
            var target = Target.Start<int>(async items =>
            {
                await Task.Yield();
                await foreach (var _ in items)
                {
                    _threads.Add(Environment.CurrentManagedThreadId);
                }

                _threads.Add(Environment.CurrentManagedThreadId);
            });
            await EventLoop.YieldAsync();
            await Task.Run(async () =>
            {
                await Task.WhenAll(Enumerable.Range(0, 100).Select(n => target.SendAsync(n).AsTask()));
                await target.CloseAsync();
            });
            await target.Completion;
        });

        Assert.Single(_threads);
    }

    [Fact]
    public void A_run_is_canceled_on_the_loop_by_a_token_of_another_thread()
    {
        using var stop = new CancellationTokenSource();
        OnLoop.Run(async () =>
        {
            var run = Source.From([1]).To(async items =>
            {
                _threads.Add(Environment.CurrentManagedThreadId);
                try
                {
                    await items.ReceiveAsync();
                    await Task.Delay(Timeout.InfiniteTimeSpan, items.Cancellation).ConfigureAwait(false);
                }
                finally
                {
                    _threads.Add(Environment.CurrentManagedThreadId);
                }
            }).RunAsync(stop.Token);
            await Task.Run(stop.Cancel);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        });

        Assert.Single(_threads);
    }

    [Fact]
    public void Its_clock_is_that_of_the_loop()
    {
        var seconds = OnLoop.Run(async () =>
        {
            var began = EventLoop.Current.TimeProvider.GetTimestamp();
            await Source.From([1, 2]).RateLimit(1, TimeSpan.FromHours(1)).To(Sink.Count<int>()).RunAsync();
            return OnLoop.Elapsed(began);
        });

        Assert.Equal(3600, seconds);
    }

    [Fact]
    public async Task A_target_that_outlives_its_loop_goes_on_elsewhere()
    {
        var (go, received) = (new Signal(), 0);
        var target = OnLoop.Run(() => Task.FromResult(Target.Start<int>(async items =>
        {
            await go.Task.ConfigureAwait(false);
            received = await items.ReceiveAsync();
        })));
        go.Set();

        await Wait.For(target.SendAsync(1));
        await Wait.For(target.CloseAsync());
        Assert.Equal(1, received);
    }

    private async Coroutine Numbers(Target<int> next, CancellationToken cancellation)
    {
        for (var n = 1; n <= 10; n++)
        {
            await Task.Delay(1, cancellation).ConfigureAwait(false);
            _threads.Add(Environment.CurrentManagedThreadId);
            await next.SendAsync(n);
        }
    }

    private async Coroutine Twice(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await Task.Run(() => { });
            _threads.Add(Environment.CurrentManagedThreadId);
            await next.SendAsync(2 * item);
        }
    }
}
