namespace Sluice.Tests;

/// <summary>The contract of sinks that write to a bounded target of others. Derived once for each kind.</summary>
public abstract class WriteToContract
{
    /// <summary>The target that is written to; one item fits in.</summary>
    protected abstract class Destination
    {
        internal abstract Sink<int> Sink(bool complete = true);

        internal abstract Task<int> TakeAsync();

        /// <summary>Takes what is left, and returns the error that the reader sees at the end: null if it is a normal one.</summary>
        internal abstract Task<Exception?> EndAsync();

        internal abstract bool HasEnded { get; }

        internal abstract void CloseFromOutside();
    }

    protected abstract Destination Create();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task All_items_arrive_in_order_and_then_the_end(int count)
    {
        var destination = Create();
        var run = Source.From(Enumerable.Range(1, count)).To(destination.Sink()).RunAsync();
        for (var i = 1; i <= count; i++)
        {
            Assert.Equal(i, await Wait.For(destination.TakeAsync()));
        }

        await Wait.For(run);
        Assert.Null(await Wait.For(destination.EndAsync()));
    }

    [Fact]
    public async Task The_source_waits_until_there_is_room()
    {
        var (destination, numbers) = (Create(), new Numbers());
        var run = Source.From(numbers.Endless()).Take(3).To(destination.Sink()).RunAsync();
        Assert.Equal(2, numbers.Produced); // one fits in, one waits
        Assert.False(run.IsCompleted);

        Assert.Equal(1, await Wait.For(destination.TakeAsync()));
        Assert.Equal(2, await Wait.For(destination.TakeAsync()));
        Assert.Equal(3, await Wait.For(destination.TakeAsync()));
        await Wait.For(run);
        Assert.Equal((3, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task A_failure_before_it_is_told_behind_the_items_before()
    {
        var (destination, cause) = (Create(), new FormatException());
        var run = Source.From(Enumerable.Range(1, 5).Select(x => Stages.ThrowAt(x, 2, cause))).To(destination.Sink()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Contains(cause, (await Wait.For(destination.EndAsync()))!.SelfAndInner());
    }

    [Fact]
    public async Task A_run_that_waits_for_room_is_canceled_and_that_is_told()
    {
        using var stop = new CancellationTokenSource();
        var (destination, numbers) = (Create(), new Numbers());
        var run = Source.From(numbers.Endless()).To(destination.Sink()).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
        Assert.Equal((2, 1), (numbers.Produced, numbers.Ended));
        Assert.Contains((await Wait.For(destination.EndAsync()))!.SelfAndInner(), error => error is OperationCanceledException);
    }

    [Fact]
    public async Task It_stays_open_if_it_is_not_to_be_completed()
    {
        var (destination, cause) = (Create(), new FormatException());
        await Wait.For(Source.From([1]).To(destination.Sink(complete: false)).RunAsync());
        Assert.Equal(1, await Wait.For(destination.TakeAsync()));
        var failing = Source.From(new[] { 2 }.Select(x => Stages.ThrowAt(x, 2, cause))).To(destination.Sink(complete: false)).RunAsync();
        await Assert.ThrowsAsync<FormatException>(() => Wait.For(failing));
        Assert.False(destination.HasEnded);

        await Wait.For(Source.From([3]).To(destination.Sink()).RunAsync());

        Assert.Equal(3, await Wait.For(destination.TakeAsync()));
        Assert.Null(await Wait.For(destination.EndAsync()));
    }

    [Fact]
    public async Task Somebody_elses_end_fails_the_run_at_the_next_item()
    {
        var (destination, numbers) = (Create(), new Numbers());
        destination.CloseFromOutside();
        var run = Source.From(numbers.Endless()).To(destination.Sink().Named("bad")).RunAsync();

        var error = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Equal("bad", error.Data["Sluice.Stage"]);
        Assert.Equal((1, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public void A_graph_shows_it_as_WriteTo() =>
        Assert.Equal("WriteTo", Source.From([1]).To(Create().Sink()).Graph.Nodes[^1].Name);
}
