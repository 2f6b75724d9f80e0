using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class BufferTests : OperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Buffer", "4");

    protected override int TakenAhead => 4;

    protected override Stage<int, int> Create() => Stage.Buffer<int>(4);

    protected override Source<int> Extend(Source<int> source) => source.Buffer(4);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;

    [Fact]
    public async Task The_source_goes_on_while_the_receiver_handles_an_item_until_the_buffer_is_full()
    {
        await NoContext.Enter();
        var (numbers, taken, signals, seen) = (new Numbers(), Channel.CreateUnbounded<int>(), Channel.CreateUnbounded<bool>(), new List<int>());
        var run = Source.From(numbers.Endless()).Tap(item => taken.Writer.TryWrite(item)).Buffer(3).To(Sink.ForEach<int>(async (item, _) =>
        {
            seen.Add(item);
            await signals.Reader.ReadAsync(CancellationToken.None);
        })).RunAsync();
        Assert.Equal((4, 1), (numbers.Produced, seen.Count)); // one handled, three waiting

        signals.Writer.TryWrite(true);
        while (await Wait.For(taken.Reader.ReadAsync().AsTask(), "the fifth item") < 5)
        {
        }

        Assert.Equal([1, 2], seen);
        signals.Writer.Complete();

        await Assert.ThrowsAsync<ChannelClosedException>(() => Wait.For(run));
        Assert.Equal((5, 1), (numbers.Produced, numbers.Ended));
    }

    [Theory]
    [InlineData(OnFull.Wait, new[] { 1, 2, 3, 4, 5, 6 }, new int[0])]
    [InlineData(OnFull.DropOldest, new[] { 1, 5, 6 }, new[] { 2, 3, 4 })]
    [InlineData(OnFull.DropNewest, new[] { 1, 2, 3 }, new[] { 4, 5, 6 })]
    public async Task A_full_buffer_does_what_it_was_told(OnFull onFull, int[] expected, int[] expectedDropped)
    {
        await NoContext.Enter();
        var (signal, seen, dropped) = (new Signal(), new List<int>(), new List<int>());
        var run = Source.From(Items(6)).Buffer(2, onFull, dropped.Add).To(Sink.ForEach<int>(async (item, _) =>
        {
            await signal.Task;
            seen.Add(item);
        })).RunAsync();
        Assert.False(run.IsCompleted);
        Assert.Equal(expectedDropped, dropped);

        signal.Set();

        await Wait.For(run);
        Assert.Equal(expected, seen);
        Assert.Equal(expectedDropped, dropped);
    }

    [Fact]
    public async Task A_buffer_that_may_not_be_full_fails_and_takes_no_more()
    {
        await NoContext.Enter();
        var (numbers, signal, seen) = (new Numbers(), new Signal(), new List<int>());
        var run = Source.From(numbers.Endless()).Through(Stage.Buffer<int>(2, OnFull.Fail).Named("small")).To(Sink.ForEach<int>(async (item, _) =>
        {
            await signal.Task;
            seen.Add(item);
        })).RunAsync();
        Assert.Equal((4, 1), (numbers.Produced, numbers.Ended));

        signal.Set();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Equal("small", error.Data["Sluice.Stage"]);
        Assert.Contains("2 items wait", error.Message, StringComparison.Ordinal);
        Assert.Equal([1], seen);
    }

    [Fact]
    public async Task What_the_callback_throws_is_a_failure_of_the_buffer()
    {
        await NoContext.Enter();
        var (signal, cause) = (new Signal(), new FormatException());
        var run = Source.From(Items(6)).Through(Stage.Buffer<int>(2, OnFull.DropOldest, _ => throw cause).Named("bad"))
            .To(Sink.ForEach<int>(async (_, _) => await signal.Task)).RunAsync();

        signal.Set();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_source_that_never_waits_does_not_keep_items_from_a_receiver_that_does()
    {
        await NoContext.Enter();
        var seen = await Wait.For(Source.From(Enumerable.Range(0, int.MaxValue)).Buffer(1, OnFull.DropOldest).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await Task.Yield();
                await next.SendAsync(item);
            }
        }).Take(5).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal(5, seen.Count);
        Assert.Equal(seen.Order().Distinct(), seen);
    }

    [Fact]
    public async Task A_failure_behind_it_is_raised_while_it_waits_for_items()
    {
        await NoContext.Enter();
        var (items, signal, cause) = (Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true }), new Signal(), new FormatException());
        items.Writer.TryWrite(1);
        var run = Source.From(items.Reader).Buffer(2).To(Sink.ForEach<int>(async (_, _) => await signal.Task).Named("bad")).RunAsync();
        Assert.False(run.IsCompleted);

        signal.Fail(cause);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_failure_before_it_does_not_wait_for_what_it_holds()
    {
        await NoContext.Enter();
        var (items, signal, seen, cause) = (Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true }), new Signal(), new List<int>(), new FormatException());
        var run = Source.From(items.Reader).Buffer(2).To(Sink.ForEach<int>(async (item, _) =>
        {
            await signal.Task;
            seen.Add(item);
        })).RunAsync();
        Assert.True(items.Writer.TryWrite(1) && items.Writer.TryWrite(2));

        items.Writer.Complete(cause);
        signal.Set();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal([1], seen);
    }

    [Fact]
    public async Task A_run_is_canceled_while_it_sends_what_is_left()
    {
        await NoContext.Enter();
        using var stop = new CancellationTokenSource();
        var run = Source.From(Items(3)).Buffer(3).To(Sink.ForEach<int>(async (_, token) => await new Signal().Task.WaitAsync(token))).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => Stage.Buffer<int>(0));
        Assert.Throws<ArgumentOutOfRangeException>("onFull", () => Source.From([1]).Buffer(1, (OnFull)9));
        Assert.Equal("2, DropOldest", Source.From([1]).Buffer(2, OnFull.DropOldest).To(Sink.Count<int>()).Graph.Nodes[^2].Detail);
    }
}
