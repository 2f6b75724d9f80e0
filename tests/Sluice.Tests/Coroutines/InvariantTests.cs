#if DEBUG
namespace Sluice.Tests;

/// <summary>What the core asserts in Debug is asserted: each test breaks one invariant, from within the assembly.</summary>
public sealed class InvariantTests
{
    [Fact]
    public void Work_that_a_thread_queues_in_a_strand_that_it_does_not_hold_is_found() =>
        Trips("Only the holder may do this.", static () => new Strand().Ready(new Nothing()));

    [Fact]
    public void Work_that_is_queued_twice_is_found_first_in_the_middle_and_last()
    {
        foreach (var again in new[] { 0, 1, 2 })
        {
            var strand = new Strand();
            Assert.True(strand.TryHold(out var hold));
            var works = new[] { new Nothing(), new Nothing(), new Nothing() };
            Array.ForEach(works, strand.Ready);

            Trips("already.", () => strand.Ready(works[again]));

            strand.Leave(hold);
        }
    }

    [Fact]
    public void A_strand_that_is_left_by_a_thread_that_does_not_hold_it_is_found()
    {
        var strand = new Strand();
        Assert.True(strand.TryHold(out var hold));
        strand.Leave(hold);

        Trips("Only the holder may do this.", () => strand.Leave(hold));
    }

    [Fact]
    public async Task A_port_that_goes_on_after_its_end_is_found()
    {
        var target = Target.Start<int>(Stages.Drain);
        await Wait.For(target.CloseAsync());

        Trips("A port that is Ended cannot be Closing.", () => ((IPort)target).ResumeClosed(new PendingMessage<int>(target).For(CloseMessage.Instance)));
    }

    [Fact]
    public void A_chunk_without_items_is_found()
    {
        var target = Target.Start<int>(Stages.Drain);

        Trips("A chunk has items", () => _ = target.SendChunkWithin([], 0, 0, 0, default).AsTask());
    }

    [Fact]
    public void A_send_that_is_used_again_before_it_is_put_back_is_found()
    {
        var target = Target.Start<int>(Stages.Drain);
        var send = new PendingMessage<int>(target).For(CloseMessage.Instance);

        Trips("A send keeps something of the one before.", () => _ = send.ForItem(1));
        Trips("A send keeps something of the one before.", () => target.Recycle(send));
    }

    [Fact]
    public void A_batch_that_is_released_twice_is_found()
    {
        var inlet = new Inlet<int>(4) { Peer = new Writer() };
        Assert.True(inlet.TryWrite(1));
        Assert.True(inlet.TryPeek(out var batch));
        inlet.Release(batch);

        Trips("Batches are released once, and in order.", () => inlet.Release(batch));
    }

    [Fact]
    public void A_batch_that_was_never_written_is_found()
    {
        var inlet = new Inlet<int>(4) { Peer = new Writer() };

        Trips("More items were read than were written.", () => inlet.Release(new([0], 0, 1, 0)));
    }

    [Fact]
    public void Two_readers_of_an_inlet_are_found()
    {
        var inlet = new Inlet<int>(4) { Peer = new Writer() };
        inlet.WaitToRead(new Strand()).OnCompleted(static () => { });

        Trips("One side of a boundary waits once at a time.", () => inlet.WaitToRead(new Strand()).OnCompleted(static () => { }));
    }

    [Fact]
    public void A_node_that_is_counted_as_ended_twice_is_found()
    {
        var run = new Run(Source.From([1]).To(Sink.ForEach<int>(static _ => { })).Graph, RunOptions.Default, static _ => { }, null);
        Assert.True(run.Strand.TryHold(out var hold));
        run.Prepare();
        run.GetSourcesReady();
        run.Strand.Leave(hold);
        Assert.All(run.Nodes, static node => Assert.True(node.HasEnded));

        Trips("A node has ended twice.", run.NodeEnded);
    }

    [Fact]
    public void A_run_whose_state_is_changed_from_outside_its_strand_is_found()
    {
        var run = new Run(Source.From([1]).To(Sink.ForEach<int>(static _ => { })).Graph, RunOptions.Default, static _ => { }, null);

        Trips("The state of a run is its strand's.", run.CancelWithin);
    }

    /// <summary>The test host's listener makes an exception of an assertion that fails.</summary>
    private static void Trips(string message, Action action) =>
        Assert.Contains(message, Assert.ThrowsAny<Exception>(action).Message, StringComparison.Ordinal);

    private sealed class Nothing : StrandWork
    {
        internal override void Run()
        {
        }
    }

    private sealed class Writer : IInletPeer
    {
        public bool IsNear => false;

        public void Released(int count)
        {
        }

        public void Opened()
        {
        }

        public void ReaderEnded(Exception? failure)
        {
        }

        public void Settled()
        {
        }
    }
}
#endif
