using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>A stop returns, also if a stage does not heed its token.</summary>
public sealed class StopTests : IDisposable
{
    private static readonly TimeSpan s_bound = TimeSpan.FromSeconds(5);

    private readonly PollingClock _clock = new();
    private readonly Signal _reached = new();
    private readonly Signal _io = new();
    private readonly Signal _canceled = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>The environments in which the deaf stage runs.</summary>
    public static TheoryData<string> Places => ["here", "on a thread", "on the pool"];

    public void Dispose() => _stop.Dispose();

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_stop_returns_though_a_stage_does_not_heed_its_token(string place)
    {
        var run = await StartAsync(place, WaitDeaf);

        var outcome = await StoppedAsync(run.StopAsync(TimeSpan.Zero, s_bound));

        AssertStillRuns(outcome, run);
        await CanceledAsync();
        _io.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run.Completion));
        Assert.True((await Wait.For(run.StopAsync(TimeSpan.Zero, s_bound))).IsClean);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_stop_returns_though_a_stage_blocks_its_thread(string place)
    {
        using var free = new ManualResetEventSlim();
        var run = await StartAsync(place, items => Block(items, free));

        var outcome = await StoppedAsync(Task.Run(() => run.StopAsync(TimeSpan.Zero, s_bound)));

        AssertStillRuns(outcome, run);
        await CanceledAsync();
        free.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run.Completion));
    }

    [Fact]
    public async Task A_stop_returns_though_a_stage_blocks_once_it_is_cancelled()
    {
        using var free = new ManualResetEventSlim();
        var run = await StartAsync("here", items => BlockAtTheEnd(items, free));

        var outcome = await StoppedAsync(run.StopAsync(TimeSpan.Zero, s_bound));

        AssertStillRuns(outcome, run);
        free.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run.Completion));
    }

    [Fact]
    public async Task A_dispose_returns_though_a_stage_does_not_heed_its_token()
    {
        var run = await StartAsync("here", WaitDeaf);

        var disposed = run.DisposeAsync().AsTask();
        await _clock.AtRest();
        _clock.Advance(PipelineRun.DefaultCancelTimeout);

        await Wait.For(disposed);
        Assert.False(run.Completion.IsCompleted);
        await CanceledAsync();
        _io.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run.Completion));
    }

    [Fact]
    public async Task A_dispose_cancels_and_waits_for_the_end()
    {
        PipelineRun run;
        await using (run = await Wait.For(Source.From(Channel.CreateUnbounded<int>().Reader).To(Sink.Count<int>()).StartAsync()))
        {
            Assert.False(run.Completion.IsCompleted);
        }

        Assert.True(run.Completion.IsCanceled);
        await run.DisposeAsync();
    }

    [Fact]
    public async Task What_a_callback_of_the_token_throws_comes_out_of_the_stop()
    {
        var run = await StartAsync("here", async items =>
        {
            await foreach (var item in items)
            {
                items.Cancellation.UnsafeRegister(_ => throw new FormatException("The callback has failed."), null);
                _reached.Set();
                await _io.Task.WaitAsync(items.Cancellation);
            }
        });

        var error = await Assert.ThrowsAsync<AggregateException>(() => Wait.For(run.StopAsync(TimeSpan.Zero, s_bound)));
        Assert.IsType<FormatException>(Assert.Single(error.Flatten().InnerExceptions));
    }

    private async Task<PipelineRun> StartAsync(string place, Func<Inbox<int>, Coroutine> sink)
    {
        var source = Source.From([1, 2, 3]);
        var placed = place switch
        {
            "on a thread" => source.On(Env.Thread(2)),
            "on the pool" => source.On(Env.ThreadPool(2)),
            _ => source,
        };
        var run = await Wait.For(placed.To(sink, "deaf").StartAsync(new() { TimeProvider = _clock }, _stop.Token));
        await Wait.For(_reached.Task);
        return run;
    }

    /// <summary>Lets the bound pass once the stop waits for it.</summary>
    private async Task<StopOutcome> StoppedAsync(Task<StopOutcome> stop)
    {
        await Wait.For(_clock.AtRest(), "the stop to wait for what it has cancelled");
        Assert.False(stop.IsCompleted);
        _clock.Advance(s_bound);
        return await Wait.For(stop);
    }

    /// <summary>A stop cancels on a thread of the pool, which may come late: a stage that goes on before ends well. So this waits until the stage's token is
    /// cancelled, and cancels the run once more, to know that the cancellation is ahead of what comes next.</summary>
    private async Task CanceledAsync()
    {
        await Wait.For(_canceled.Task, "the token of the stage to be cancelled");
        await Wait.For(_stop.CancelAsync(), "the run to take the second cancellation");
    }

    private static void AssertStillRuns(StopOutcome outcome, PipelineRun run)
    {
        Assert.False(run.Completion.IsCompleted);
        Assert.False(outcome.IsClean);
        Assert.Contains(outcome.Abandoned, node => node.Name == "deaf");
        Assert.Contains(outcome.StillRunning, node => node.Name == "deaf" && !node.HasEnded);
        Assert.Contains("deaf was abandoned: ", outcome.ToString(), StringComparison.Ordinal);
        Assert.Contains("deaf still runs: ", outcome.ToString(), StringComparison.Ordinal);
    }

    private async Coroutine WaitDeaf(Inbox<int> items)
    {
        items.Cancellation.UnsafeRegister(_ => _canceled.TrySet(), null);
        await foreach (var item in items)
        {
            _reached.TrySet();
            await _io.Task;
        }
    }

    private async Coroutine Block(Inbox<int> items, ManualResetEventSlim free)
    {
        items.Cancellation.UnsafeRegister(_ => _canceled.TrySet(), null);
        await foreach (var item in items)
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // the start of the run is not to wait
            _reached.TrySet();
            free.Wait(Wait.Limit);
        }
    }

    private async Coroutine BlockAtTheEnd(Inbox<int> items, ManualResetEventSlim free)
    {
        try
        {
            await foreach (var item in items)
            {
                _reached.TrySet();
                await _io.Task.WaitAsync(items.Cancellation);
            }
        }
        finally
        {
            free.Wait(Wait.Limit);
        }
    }
}
