using System.Threading.Tasks.Dataflow;

namespace Sluice.Tests;

public sealed class WriteToBlockTests : WriteToContract
{
    [Fact]
    public void Null_is_refused_at_once() => Assert.Throws<ArgumentNullException>("block", () => Sink.WriteTo((ITargetBlock<int>)null!));

    [Fact]
    public async Task A_block_that_has_failed_is_the_cause_of_the_runs_failure()
    {
        var (block, cause) = (new ActionBlock<int>(_ => { }), new FormatException());
        ((IDataflowBlock)block).Fault(cause);
        await Assert.ThrowsAsync<FormatException>(() => Wait.For(block.Completion));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(Source.From([1]).To(Sink.WriteTo(block)).RunAsync()));
        Assert.Same(cause, error.InnerException);
    }

    [Fact]
    public async Task A_pipeline_may_go_through_a_block()
    {
        var block = new TransformBlock<int, int>(x => 2 * x, new ExecutionDataflowBlockOptions { BoundedCapacity = 3 });
        var second = Source.From(block).To(Sink.ToList<int>()).RunAsync();
        await Wait.For(Source.From(Enumerable.Range(1, 1000)).To(Sink.WriteTo(block)).RunAsync());

        Assert.Equal(Enumerable.Range(1, 1000).Select(x => 2 * x), await Wait.For(second));
    }

    protected override Destination Create() => new BlockDestination();

    private sealed class BlockDestination : Destination
    {
        private readonly BufferBlock<int> _block = new(new DataflowBlockOptions { BoundedCapacity = 1 });

        internal override bool HasEnded => _block.Completion.IsCompleted;

        internal override Sink<int> Sink(bool complete) => Sluice.Sink.WriteTo(_block, complete);

        internal override Task<int> TakeAsync() => _block.ReceiveAsync();

        internal override async Task<Exception?> EndAsync()
        {
            try
            {
                _block.TryReceiveAll(out _);
                await _block.Completion;
                return null;
            }
            catch (Exception error)
            {
                return error;
            }
        }

        internal override void CloseFromOutside() => _block.Complete();
    }
}
