namespace Sluice.Tests;

/// <summary>What the owner of an outbox can do in an order that chance decides.</summary>
public sealed class OutboxTests
{
    /// <summary>A connection may end on the thread of a timer just after its reader was given another transport.</summary>
    [Fact]
    public async Task An_outbox_that_is_over_writes_to_no_transport_that_comes_later()
    {
        var connection = new Connection(new ScriptedTransport([]), ConnectionOptions.Default);
        var outbox = new Outbox(connection, ConnectionOptions.Default, keeps: true);
        outbox.Begin(FrameKind.FirstAbove, 1).WriteByte(1);
        outbox.End(flushFollows: true);
        var first = new ScriptedTransport([]);
        outbox.Attach(first);
        outbox.Flush();
        Assert.NotEmpty(first.Sent);

        outbox.Drop();
        var next = new ScriptedTransport([]);
        outbox.Resume(next, received: 0);
        outbox.Attach(next);
        outbox.Flush();

        Assert.Equal(0, outbox.Unsent);
        Assert.Empty(next.Sent);
        connection.Abort(new IOException("The test is over."));
        await Wait.For(connection.Ended);
    }

#if DEBUG
    [Fact]
    public void A_frame_that_is_counted_wrongly_is_an_assertion()
    {
        var connection = new Connection(new ScriptedTransport([]), ConnectionOptions.Default);
        var outbox = new Outbox(connection, ConnectionOptions.Default, keeps: false);
        var filling = outbox.Begin(FrameKind.FirstAbove, 1);
        filling.WriteByte(1);
        outbox.End(flushFollows: true);

        filling.WriteByte(2); // behind the frame, which belongs to the outbox by now

        Assert.ThrowsAny<Exception>(() => outbox.Attach(new ScriptedTransport([])));
    }
#endif
}
