using System.Net.Sockets;

namespace Sluice.Tests;

/// <summary>The ends of a connection: closes, losses and aborts, without a handshake.</summary>
[Trait("Category", "Network")]
public sealed class ConnectionEndTests
{
    private const byte Plain = 20;

    public static TheoryData<bool> Sockets => [true, false];

    private static (Socket, Socket) Pair(bool tcp) => tcp ? SocketPair.Tcp() : SocketPair.Unix();

    [Theory]
    [MemberData(nameof(Sockets))]
    public async Task A_close_brings_everything_that_was_written_and_then_a_goodbye(bool tcp)
    {
        for (var round = 0; round < 20; round++)
        {
            var (one, other) = Pair(tcp);
            var a = new Connection(one);
            var b = new Connection(other);
            var sum = 0;
            var theirs = new Heard();
            var ours = new Heard { OnReceived = (_, _, payload) => sum += payload.Left };
            a.Start(theirs);
            b.Start(ours);
            for (var i = 0; i < 50; i++)
            {
                a.Begin(Plain, i).WriteBytes(new byte[10_000]);
                a.End();
            }

            a.Close();
            a.Close();
            Put(a, Plain, 0, 1); // goes nowhere
            Assert.Null(await Wait.For(ours.End));
            Assert.Equal(500_000, sum);
            await Wait.For(Task.WhenAll(a.Ended, b.Ended));
            Assert.Equal((0, 1), (theirs.Ends, ours.Ends));
        }
    }

    /// <summary>Does what a handler has put off; otherwise those that wait for it would hang.</summary>
    [Fact]
    public async Task The_end_of_a_batch_is_told_also_if_a_goodbye_is_the_last_of_it()
    {
        var (one, other) = SocketPair.Unix();
        var a = new Connection(one);
        var b = new Connection(other);
        a.Begin(Plain, 1);
        a.End(flushFollows: true);
        a.Close();
        a.Start(new Heard()); // both frames are there when the other side begins to read
        SpinWait.SpinUntil(() => a.UnsentBytes == 0, Wait.Limit);
        var ended = new Signal();

        b.Start(new Heard { OnBatchEnded = ended.Set });

        await Wait.For(ended.Task, "the end of the batch");
        await Wait.For(Task.WhenAll(a.Ended, b.Ended));
    }

    [Fact]
    public async Task Two_that_close_at_the_same_time_both_end_without_a_loss()
    {
        for (var round = 0; round < 100; round++)
        {
            var (one, other) = SocketPair.Unix();
            var (a, b) = (new Connection(one), new Connection(other));
            var (first, second) = (new Heard(), new Heard());
            a.Start(first);
            b.Start(second);
            Parallel.Invoke(() => a.Close(), () => b.Close());
            await Wait.For(Task.WhenAll(a.Ended, b.Ended));
            Assert.True(first.Ends == 0 || await first.End is null);
            Assert.True(second.Ends == 0 || await second.End is null);
        }
    }

    [Fact]
    public async Task A_close_that_the_other_side_does_not_answer_ends_in_its_time()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var (one, other) = SocketPair.Unix();
        var connection = new Connection(one, new ConnectionOptions { Time = time, SilenceTimeout = Timeout.InfiniteTimeSpan });
        using var peer = new RawPeer(other);
        var heard = new Heard();
        connection.Start(heard);
        connection.Close();
        Assert.Equal(FrameKind.Goodbye, peer.Receive().Kind);
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(connection.Ended.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await Wait.For(connection.Ended);
        Assert.Equal(0, heard.Ends);
    }

    [Theory]
    [MemberData(nameof(Sockets))]
    public async Task An_end_without_a_goodbye_is_a_loss_that_is_told_once(bool tcp)
    {
        var (one, other) = Pair(tcp);
        var connection = new Connection(one);
        var heard = new Heard();
        connection.Start(heard);
        other.Dispose();
        Assert.IsType<EndOfStreamException>(await Wait.For(heard.End));
        await Wait.For(connection.Ended);
        connection.Close();
        connection.Abort(new InvalidOperationException("Too late."));
        Assert.Equal(1, heard.Ends);
    }

    [Fact]
    public async Task An_abort_tells_the_other_side_why_and_the_own_handler_nothing()
    {
        var (one, other) = SocketPair.Tcp();
        var (a, b) = (new Connection(one), new Connection(other));
        var (ours, theirs) = (new Heard(), new Heard());
        a.Start(ours);
        b.Start(theirs);
        a.Abort(new InvalidOperationException("the disk is full"));
        Assert.Contains("the disk is full", (await Wait.For(theirs.End))!.Message, StringComparison.Ordinal);
        await Wait.For(Task.WhenAll(a.Ended, b.Ended));
        Assert.Equal(0, ours.Ends);
    }

    /// <summary>The peer floods, reads nothing until the abort has begun, and closes when it has read the reason: a socket that closes with
    /// bytes unread, and an outbox whose write is blocked, both lose what was said last.</summary>
    [Theory]
    [MemberData(nameof(Sockets))]
    public async Task The_reason_of_an_abort_comes_behind_the_batch_that_is_being_written_and_is_not_lost_to_a_flood(bool tcp)
    {
        var (one, other) = Pair(tcp);
        using var peer = new RawPeer(other);
        using var flows = new SemaphoreSlim(0);
        var connection = new Connection(one);
        connection.Start(new Heard { OnReceived = (_, _, _) => flows.Release() });
        var large = new byte[8 * 1024 * 1024]; // more than the system takes, so that the writer is in the middle of it
        connection.Begin(Plain, 0).WriteBytes(large);
        connection.End();
        var isOver = false;
        var flood = Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref isOver))
                {
                    peer.Send(RawPeer.Frame(Plain, 0, new byte[1000]));
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        Assert.True(flows.Wait(Wait.Limit));

        connection.Abort(new InvalidOperationException("the disk is full"));

        Assert.Equal(large.Length, peer.Receive().Payload.Length);
        var (kind, reason) = peer.Receive();
        Assert.Equal(FrameKind.Failure, kind);
        Assert.Contains("the disk is full", System.Text.Encoding.UTF8.GetString(reason), StringComparison.Ordinal);
        Assert.Equal(0, peer.Drain());
        Volatile.Write(ref isOver, true);
        await Wait.For(flood);
        peer.Dispose();
        await Wait.For(connection.Ended);
    }

    [Fact]
    public async Task An_abort_waits_no_longer_than_a_close_for_a_peer_that_does_not_listen()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var (one, other) = SocketPair.Unix();
        var connection = new Connection(one, new ConnectionOptions { Time = time, SilenceTimeout = Timeout.InfiniteTimeSpan });
        using var peer = new RawPeer(other);
        connection.Start(new Heard());
        connection.Abort(new InvalidOperationException("the disk is full"));
        Assert.Equal(FrameKind.Failure, peer.Receive().Kind);
        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(connection.Ended.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.1));
        await Wait.For(connection.Ended);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_handler_throws_ends_the_connection_with_it(bool inBatch)
    {
        var (one, other) = SocketPair.Unix();
        using var peer = new RawPeer(other);
        var error = new InvalidOperationException("from the handler");
        var heard = new Heard
        {
            OnReceived = (_, _, _) => ThrowIf(!inBatch),
            OnBatchEnded = () => ThrowIf(inBatch),
        };
        var connection = new Connection(one);
        connection.Start(heard);
        peer.Send(RawPeer.Frame(Plain, 0, 1));
        Assert.Same(error, await Wait.For(heard.End));
        Assert.Equal(1, heard.Ends);

        void ThrowIf(bool condition)
        {
            if (condition)
            {
                throw error;
            }
        }
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0, 0, 20 })] // shorter than any frame
    [InlineData(new byte[] { 255, 255, 255, 255, 20 })] // longer than any frame
    [InlineData(new byte[] { 7, 0, 0, 0, 20, 255, 255, 255, 255, 255, 1 })] // a channel of too many bits
    [InlineData(new byte[] { 2, 0, 0, 0, 20, 128 })] // a channel that does not end
    [InlineData(new byte[] { 2, 0, 0, 0, 15, 0 })] // a kind of the wire that there is not
    [InlineData(new byte[] { 3, 0, 0, 0, 7, 0, 1 })] // an acknowledgement where nothing is numbered
    public async Task Bytes_that_are_no_frames_are_a_loss(byte[] bytes)
    {
        var (one, other) = SocketPair.Unix();
        using var peer = new RawPeer(other);
        var connection = new Connection(one);
        var heard = new Heard();
        connection.Start(heard);
        peer.Send(bytes);
        Assert.IsType<ProtocolException>(await Wait.For(heard.End));
        await Wait.For(connection.Ended);
    }

    private static void Put(Connection connection, byte kind, int channel, byte value)
    {
        connection.Begin(kind, channel).WriteByte(value);
        connection.End();
    }
}
