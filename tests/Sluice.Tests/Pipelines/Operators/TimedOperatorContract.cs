namespace Sluice.Tests;

/// <summary>The contract of operators whose results depend on time: how close, failures, early end and cancellation pass them.
/// The others of them derive from <see cref="OperatorContract{TOut}"/> too.</summary>
public abstract class TimedOperatorContract<TOut> : IContract
{
    /// <summary>The operator, with a time of one second.</summary>
    protected abstract Source<TOut> Extend(Source<int> source);

    PipelineGraph IContract.Graph => Extend(Source.From([1])).To(Sink.Count<TOut>()).Graph;

    /// <summary>The text that a graph shows for it.</summary>
    protected abstract (string Name, string? Detail) Shown { get; }

    /// <summary>The time that 1 or more items that come together need until something has come out.</summary>
    protected virtual double Needs => 1;

    [Fact]
    public async Task Nothing_in_is_nothing_out_and_the_close_passes_at_once()
    {
        await NoContext.Enter();
        var run = new TimedRun<TOut>(Extend);

        run.Pass(5);
        await run.End();

        Assert.Empty(run.Seen);
    }

    [Fact]
    public async Task A_failure_before_it_passes_after_what_had_come_out()
    {
        await NoContext.Enter();
        var (run, cause) = (new TimedRun<TOut>(Extend), new FormatException());
        run.Send(1);
        run.Pass(Needs);
        var seen = run.Seen.Count;
        run.Send(2);
        var before = run.Seen.Count;

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => run.End(cause)));
        Assert.Equal((1, before), (seen, run.Seen.Count));
    }

    [Fact]
    public async Task A_failure_behind_it_is_that_of_the_stage_behind_it()
    {
        await NoContext.Enter();
        var cause = new FormatException();
        var run = new TimedRun<TOut>(Extend, source => source.Tap(_ => throw cause).Named("bad"));

        run.Send(1);
        run.Pass(Needs);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run.Task)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task An_early_end_behind_it_ends_the_run_though_items_may_still_come()
    {
        await NoContext.Enter();
        var run = new TimedRun<TOut>(Extend, source => source.Take(1));

        run.Send(1);
        run.Pass(Needs);

        await Wait.For(run.Task);
        Assert.Single(run.Seen);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task A_cancellation_passes_whether_or_not_items_wait_and_nothing_more_comes_out(int items)
    {
        await NoContext.Enter();
        using var stop = new CancellationTokenSource();
        var run = new TimedRun<TOut>(Extend, stop.Token);
        run.Send([.. Enumerable.Range(1, items)]);
        var seen = run.Seen.Count;

        await stop.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run.Task));
        Assert.Equal(stop.Token, error.CancellationToken);
        Assert.Equal(seen, run.Seen.Count);
    }

    [Fact]
    public async Task A_cancellation_passes_while_the_receiver_waits()
    {
        await NoContext.Enter();
        using var stop = new CancellationTokenSource();
        var run = new TimedRun<TOut>(Extend, source => source.Through<TOut>(async (items, next) =>
        {
            await next.SendAsync(await items.ReceiveAsync());
            await new Signal().Task.WaitAsync(items.Cancellation);
        }), stop.Token);
        run.Send(1);
        run.Pass(Needs);
        Assert.Single(run.Seen);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run.Task));
    }

    /// <summary>The number of items that have been sent to it while the receiver waits with the first: one more, if that one comes out
    /// only after its sender was let go.</summary>
    protected virtual int SentWhenReceiverWaits => 2;

    [Fact]
    public async Task A_receiver_that_waits_keeps_the_source_waiting_however_much_time_passes()
    {
        await NoContext.Enter();
        var (sent, signal) = (new List<int>(), new TaskCompletionSource());
        var run = new TimedRun<TOut>(source => Extend(source.Tap(sent.Add)), source => source.Through<TOut>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await signal.Task;
                await next.SendAsync(item);
            }
        }));
        run.Send(1);
        run.Pass(Needs);

        run.Send([.. Enumerable.Range(2, 19)]);
        run.Pass(5);

        Assert.Equal(SentWhenReceiverWaits, sent.Count);
        Assert.Empty(run.Seen);
        signal.SetResult();
        var end = run.End();
        run.Pass(25);
        await end;
        Assert.Equal(20, sent.Count);
    }

    [Fact]
    public void A_graph_shows_what_was_written()
    {
        var node = Extend(Source.From([1])).To(Sink.Count<TOut>()).Graph.Nodes[^2];

        Assert.Equal(Shown, (node.Name, node.Detail));
        Assert.Throws<ArgumentNullException>("source", () => Extend(null!));
    }
}
