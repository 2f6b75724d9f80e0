using System.Threading.Tasks.Dataflow;

namespace Sluice.Tests;

public sealed class BlockSourceTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task Items_come_in_order_until_the_block_completes(int count)
    {
        var block = Buffer(count);
        block.Complete();

        Assert.Equal(Enumerable.Range(1, count), await Wait.For(Source.From(block).To(Sink.ToList<int>()).RunAsync()));
    }

    [Fact]
    public async Task Items_that_come_later_are_waited_for()
    {
        var block = new BufferBlock<int>();
        var run = Source.From(block).To(Sink.ToList<int>()).RunAsync();
        for (var i = 1; i <= 100; i++)
        {
            Assert.True(block.Post(i));
        }

        Assert.False(run.IsCompleted);
        block.Complete();

        Assert.Equal(Enumerable.Range(1, 100), await Wait.For(run));
    }

    [Fact]
    public async Task An_early_end_leaves_the_other_items_in_the_block()
    {
        var block = Buffer(6);
        var pipeline = Source.From(block).Take(2).To(Sink.ToList<int>());

        Assert.Equal([1, 2], await Wait.For(pipeline.RunAsync()));
        Assert.Equal([3, 4], await Wait.For(pipeline.RunAsync()));
        Assert.Equal(5, await Wait.For(block.ReceiveAsync()));
    }

    [Fact]
    public async Task A_canceled_run_leaves_the_other_items_in_the_block()
    {
        using var stop = new CancellationTokenSource();
        var (block, seen) = (Buffer(6), new List<int>());
        var run = Source.From(block).To(Sink.ForEach<int>(x =>
        {
            seen.Add(x);
            if (x == 2)
            {
                stop.Cancel();
            }
        })).RunAsync(stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal([1, 2], seen);
        Assert.Equal(3, await Wait.For(block.ReceiveAsync()));
    }

    [Fact]
    public async Task A_run_that_waits_for_the_block_is_canceled()
    {
        using var stop = new CancellationTokenSource();
        var run = Source.From(new BufferBlock<int>()).To(Sink.Count<int>()).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
    }

    [Fact]
    public async Task A_receiver_that_waits_leaves_the_items_in_the_block()
    {
        var (block, signal, arrived) = (Buffer(5), new Signal(), new Signal());
        var run = Source.From(block).To(Sink.Create<int>(async items =>
        {
            await items.ReceiveAsync();
            arrived.Set();
            await signal.Task;
        })).RunAsync();
        await Wait.For(arrived.Task);

        Assert.Equal(4, block.Count);

        signal.Set();
        await Wait.For(run);
        Assert.Equal(4, block.Count);
    }

    [Fact]
    public async Task A_failure_of_the_block_is_the_runs_also_through_linked_blocks()
    {
        var cause = new FormatException();
        var (first, second) = (new TransformBlock<int, int>(x => Stages.ThrowAt(x, 3, cause)), new TransformBlock<int, int>(x => x));
        first.LinkTo(second, new DataflowLinkOptions { PropagateCompletion = true });
        var run = Source.From(second).To(Sink.Count<int>()).RunAsync();
        for (var i = 1; i <= 3; i++)
        {
            first.Post(i);
        }

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("From", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_canceled_block_is_a_failure_of_the_run()
    {
        using var stop = new CancellationTokenSource();
        var run = Source.From(new BufferBlock<int>(new DataflowBlockOptions { CancellationToken = stop.Token })).To(Sink.Count<int>()).RunAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsFaulted);
    }

    [Fact]
    public async Task Two_runs_share_the_items_between_them()
    {
        var block = new BufferBlock<int>();
        var pipeline = Source.From(block).To(Sink.ToList<int>());
        var runs = Task.WhenAll(Task.Run(() => pipeline.RunAsync()), Task.Run(() => pipeline.RunAsync()));
        for (var i = 1; i <= 2000; i++)
        {
            block.Post(i);
        }

        block.Complete();

        var lists = await Wait.For(runs);
        Assert.All(lists, list => Assert.Equal(list.Order(), list));
        Assert.Equal(Enumerable.Range(1, 2000), lists.SelectMany(list => list).Order());
    }

    [Fact]
    public async Task Of_a_broadcast_block_each_item_is_taken_once()
    {
        var (block, seen) = (new BroadcastBlock<int>(null), System.Threading.Channels.Channel.CreateUnbounded<int>());
        var run = Source.From(block).To(Sink.WriteTo(seen.Writer)).RunAsync();
        for (var i = 1; i <= 3; i++)
        {
            block.Post(i);
            Assert.Equal(i, await Wait.For(seen.Reader.ReadAsync().AsTask()));
        }

        block.Complete();

        await Wait.For(run);
        Assert.False(seen.Reader.TryRead(out _));
    }

    [Fact]
    public void Null_is_refused_at_once() => Assert.Throws<ArgumentNullException>("block", () => Source.From((ISourceBlock<int>)null!));

    private static BufferBlock<int> Buffer(int count)
    {
        var block = new BufferBlock<int>();
        for (var i = 1; i <= count; i++)
        {
            block.Post(i);
        }

        return block;
    }
}
