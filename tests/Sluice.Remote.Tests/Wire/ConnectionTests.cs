using System.Net.Sockets;

namespace Sluice.Tests;

/// <summary>Frames over a connected socket, without a handshake.</summary>
[Trait("Category", "Network")]
public sealed class ConnectionTests
{
    private const byte Plain = 20;
    private const byte Joined = 200;

    public static TheoryData<bool> Sockets => [true, false];

    private static (Socket, Socket) Pair(bool tcp) => tcp ? SocketPair.Tcp() : SocketPair.Unix();

    [Theory]
    [MemberData(nameof(Sockets))]
    public async Task A_million_small_frames_go_both_ways_at_once_in_order_and_each_once(bool tcp)
    {
        const int Count = 1_000_000;
        var (one, other) = Pair(tcp);
        var a = new Connection(one);
        var b = new Connection(other);
        var (first, second) = (new Counting(Count), new Counting(Count));
        a.Start(first.Handler);
        b.Start(second.Handler);

        await Wait.For(Task.WhenAll(Task.Run(() => SendNumbers(a, Count)), Task.Run(() => SendNumbers(b, Count))));
        await Wait.For(first.All.Task);
        await Wait.For(second.All.Task);

        a.Close();
        Assert.Null(await Wait.For(second.Handler.End));
        await Wait.For(Task.WhenAll(a.Ended, b.Ended));
    }

    [Theory]
    [MemberData(nameof(Sockets))]
    public async Task Frames_that_come_together_with_the_goodbye_have_the_end_of_their_batch(bool tcp)
    {
        var (one, other) = Pair(tcp);
        var (a, b, heard) = (new Connection(one), new Connection(other), new Heard());
        a.Begin(Plain, 0).WriteByte(1);
        a.End();
        a.Close();
        a.Start(new Heard());
        b.Start(heard);

        await Wait.For(Task.WhenAll(a.Ended, b.Ended));

        Assert.Equal((1, 1), (heard.Batches, heard.Ends));
    }

    [Theory]
    [MemberData(nameof(Sockets))]
    public async Task A_frame_of_64_MB_passes_and_its_buffers_are_given_back(bool tcp)
    {
        const int Size = 64 * 1024 * 1024;
        var (one, other) = Pair(tcp);
        var a = new Connection(one);
        var b = new Connection(other);
        var sums = new List<int>();
        var all = new Signal();
        a.Start(new Heard());
        b.Start(new Heard
        {
            OnReceived = (_, _, payload) =>
            {
                Assert.Equal(Size, payload.Left);
                sums.Add(payload.ReadBytes(Size)[^1]);
                if (sums.Count == 3)
                {
                    all.Set();
                }
            },
        });

        var bytes = new byte[Size];
        for (byte i = 1; i <= 3; i++)
        {
            bytes[^1] = i;
            a.Begin(Plain, 0).WriteBytes(bytes);
            a.End();
        }

        await Wait.For(all.Task);
        Assert.Equal([1, 2, 3], sums);
        a.Close();
        await Wait.For(Task.WhenAll(a.Ended, b.Ended));
    }

    [Fact]
    public async Task Unsent_frames_of_one_kind_and_channel_are_joined_if_the_kind_says_so()
    {
        var (one, other) = SocketPair.Unix();
        var connection = new Connection(one); // not started: nothing goes out yet
        using var peer = new RawPeer(other);
        Put(connection, Joined, 3, 1);
        Put(connection, Joined, 3, 2);
        connection.Begin(Joined, 3).WriteByte(99);
        connection.Rewind();
        Put(connection, Joined, 4, 3);
        connection.Begin(Joined, 3).WriteByte(99);
        connection.Rewind();
        Put(connection, Joined, 4, 4);
        Put(connection, Plain, 4, 5);
        Put(connection, Plain, 4, 6);

        connection.Start(new Heard());

        peer.Expect(Joined, 1, 2);
        peer.Expect(Joined, 3, 4);
        peer.Expect(Plain, 5);
        peer.Expect(Plain, 6);
        connection.Abort(new InvalidOperationException("The test is over."));
        await Wait.For(connection.Ended);
    }

    [Fact]
    public void A_frame_that_is_not_begun_alone_is_an_error_and_harms_nothing()
    {
        var (one, other) = SocketPair.Unix();
        var connection = new Connection(one, new ConnectionOptions { MaxFrameSize = 10 });
        using var peer = new RawPeer(other);
        connection.Start(new Heard());
        connection.Begin(Plain, 0).WriteByte(1);
        Assert.Throws<InvalidOperationException>(() => connection.Begin(Plain, 0));
        connection.Flush(); // in the middle of a frame: does nothing
        connection.End();

        connection.Begin(Plain, 0).WriteBytes(new byte[9]);
        Assert.Throws<InvalidOperationException>(() => connection.End());
        Assert.Throws<ArgumentOutOfRangeException>(() => connection.Begin(15, 0));
        Put(connection, Plain, 0, 2);

        peer.Expect(Plain, 1);
        peer.Expect(Plain, 2);
        connection.Abort(new InvalidOperationException("The test is over."));
    }

    [Fact]
    public void A_flush_sends_on_the_thread_of_who_flushes_and_wakes_nobody()
    {
        var transport = new ScriptedTransport([], endsAfterScript: false);
        var connection = new Connection(transport, ConnectionOptions.Default);
        connection.Start(new Heard());
        for (var i = 0; i < 1000; i++)
        {
            connection.Begin(Plain, 0).WriteByte(1);
            connection.End(flushFollows: true);
            connection.Flush();
            Assert.Equal(0, connection.UnsentBytes);
        }

        Assert.Equal(Environment.CurrentManagedThreadId, transport.TriedOn);
        Assert.Equal((1000, 0), (transport.Tries, transport.Waits));
        connection.Abort(new InvalidOperationException("The test is over."));
    }

    [Fact]
    public async Task What_a_flush_cannot_send_at_once_is_sent_by_the_writer_in_order()
    {
        var transport = new ScriptedTransport([], endsAfterScript: false) { TakesAtOnce = 3 };
        var connection = new Connection(transport, ConnectionOptions.Default);
        connection.Start(new Heard());
        var expected = new List<byte>();
        for (byte i = 0; i < 100; i++)
        {
            Put(connection, Plain, 0, i);
            connection.Flush();
            expected.AddRange(RawPeer.Frame(Plain, 0, i));
        }

        connection.Close();
        expected.AddRange(RawPeer.Frame(FrameKind.Goodbye, 0));
        await Wait.For(Task.Run(() => SpinWait.SpinUntil(() => transport.Sent.Length >= expected.Count, Wait.Limit)));
        Assert.Equal(expected, transport.Sent);
        connection.Abort(new InvalidOperationException("The test is over."));
    }

    [Fact]
    public void A_frame_that_waits_for_a_flush_in_vain_is_sent_all_the_same()
    {
        var (one, other) = SocketPair.Unix();
        var connection = new Connection(one);
        using var peer = new RawPeer(other);
        connection.Start(new Heard());
        for (byte i = 0; i < 20; i++)
        {
            connection.Begin(Plain, 0).WriteByte(i);
            connection.End(flushFollows: true);
            peer.Expect(Plain, i);
        }

        connection.Abort(new InvalidOperationException("The test is over."));
    }

    [Theory]
    [MemberData(nameof(Sockets))]
    public async Task A_peer_that_does_not_read_blocks_nobody_who_writes(bool tcp)
    {
        const int Frames = 40;
        var (one, other) = Pair(tcp);
        var connection = new Connection(one);
        using var peer = new RawPeer(other);
        connection.Start(new Heard());
        await Wait.For(Task.Run(() =>
        {
            for (byte i = 0; i < Frames; i++)
            {
                connection.Begin(Plain, 0).WriteBytes(new byte[1024 * 1024]);
                connection.End();
                connection.Flush();
            }
        }));
        Assert.True(connection.UnsentBytes > 1024 * 1024);

        await Wait.For(Task.Run(() =>
        {
            for (var i = 0; i < Frames; i++)
            {
                Assert.Equal(1024 * 1024, peer.Receive().Payload.Length);
            }
        }));
        await Wait.For(Task.Run(() => SpinWait.SpinUntil(() => connection.UnsentBytes == 0, Wait.Limit)));
        Assert.Equal(0, connection.UnsentBytes);
        connection.Abort(new InvalidOperationException("The test is over."));
    }

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

    private static void SendNumbers(Connection connection, int count)
    {
        for (var i = 0; i < count; i++)
        {
            connection.Begin(i % 3 == 0 ? Plain : Joined, 7).WriteFixed32((uint)i);
            connection.End();
        }
    }

    private sealed class Counting
    {
        private uint _next;

        internal Counting(int count)
        {
            Handler = new Heard
            {
                OnReceived = (_, channel, payload) =>
                {
                    Assert.Equal(7, channel);
                    while (payload.Left > 0)
                    {
                        Assert.Equal(_next++, payload.ReadFixed32());
                    }

                    if (_next == count)
                    {
                        All.Set();
                    }
                },
            };
        }

        internal Heard Handler { get; }

        internal Signal All { get; } = new();
    }
}
