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
