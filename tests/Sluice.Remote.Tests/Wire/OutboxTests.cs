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

    /// <summary>A flush whose rest a writer should have sent left the outbox busy, without an end, if the system had no thread for the writer.</summary>
    [Fact]
    public async Task A_rest_that_no_writer_can_be_started_for_goes_out_with_the_next_flush()
    {
        var threads = new ScarceThreads();
        var options = new ConnectionOptions { StartThread = threads.Start };
        var connection = new Connection(new ScriptedTransport([]), options);
        var outbox = new Outbox(connection, options, keeps: false);
        var transport = new ScriptedTransport([]) { TakesAtOnce = 3 };
        outbox.Attach(transport);
        outbox.Begin(FrameKind.FirstAbove, 1).WriteBytes([1, 2, 3, 4]);
        outbox.End(flushFollows: true);
        var all = outbox.Unsent;

        for (var flush = 1; flush <= 4; flush++)
        {
            outbox.Flush();

            Assert.Equal(Math.Max(0, all - (3 * flush)), outbox.Unsent);
        }

        Assert.Equal(3, threads.Refused);
        Assert.Equal(0, transport.Waits); // no writer
        await End(connection);
    }

    [Fact]
    public async Task A_writer_that_could_not_be_started_is_started_when_there_is_a_thread_again()
    {
        var threads = new ScarceThreads();
        var options = new ConnectionOptions { StartThread = threads.Start };
        var connection = new Connection(new ScriptedTransport([]), options);
        var outbox = new Outbox(connection, options, keeps: false);
        var transport = new ScriptedTransport([]) { TakesAtOnce = 3 };
        outbox.Attach(transport);
        outbox.Begin(FrameKind.FirstAbove, 1).WriteBytes(new byte[100]);
        outbox.End(flushFollows: false); // which would wake the writer
        outbox.Flush();
        Assert.Equal(2, threads.Refused);
        Assert.True(outbox.Tick()); // as the monitor does
        Assert.True(outbox.Tick());
        Assert.Equal(3, threads.Refused);

        threads.AreThere = true;
        Assert.True(outbox.Tick());

        await Wait.Until(() => outbox.Unsent == 0, "the writer to send the rest");
        Assert.Equal(1, transport.Waits);
        outbox.Drop();
        await End(connection);
    }

    /// <summary>What joins was put into one frame, and refused, although each thing of it was short enough.</summary>
    [Fact]
    public async Task Things_that_join_get_a_frame_of_their_own_where_the_one_before_has_no_room()
    {
        var options = new ConnectionOptions { MaxFrameSize = 1024 };
        var connection = new Connection(new ScriptedTransport([]), options);
        var outbox = new Outbox(connection, options, keeps: false);
        var transport = new ScriptedTransport([]);
        outbox.Attach(transport);
        var filling = outbox.Begin(FrameKind.FirstJoined, 1);
        for (byte i = 0; i < 5; i++)
        {
            filling.WriteBytes(Enumerable.Repeat(i, 400).ToArray());
            if (i < 4)
            {
                outbox.Next();
            }
        }

        outbox.End(flushFollows: true);
        filling = outbox.Begin(FrameKind.FirstJoined, 1);
        filling.WriteBytes(new byte[2000]);
        Assert.Throws<InvalidOperationException>(() => outbox.End(flushFollows: true));
        outbox.Flush();

        Assert.Equal([802, 802, 402], StreamMutations.FramesOf(transport.Sent).Select(static frame => frame.Length - FrameHeader.Prefix));
        Assert.Equal(Enumerable.Range(0, 5).SelectMany(static i => Enumerable.Repeat((byte)i, 400)), StreamMutations.FramesOf(transport.Sent).SelectMany(static frame => frame[FrameHeader.Read(frame).Size..]));
        await End(connection);
    }

    [Fact]
    public async Task What_is_taken_back_in_the_middle_of_many_leaves_those_before_it()
    {
        var connection = new Connection(new ScriptedTransport([]), ConnectionOptions.Default);
        var outbox = new Outbox(connection, ConnectionOptions.Default, keeps: false);
        var transport = new ScriptedTransport([]);
        outbox.Attach(transport);
        var filling = outbox.Begin(FrameKind.FirstJoined, 1);
        filling.WriteByte(1);
        outbox.Next();
        filling.WriteByte(2);
        outbox.Next();
        filling.WriteByte(3); // half of it
        outbox.Rewind();
        outbox.Flush();

        var frame = Assert.Single(StreamMutations.FramesOf(transport.Sent));
        Assert.Equal([1, 2], frame[FrameHeader.Read(frame).Size..]);
        await End(connection);
    }

    private static Task End(Connection connection)
    {
        connection.Abort(new IOException("The test is over."));
        return Wait.For(connection.Ended);
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
