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
                sums.Add(payload.Raw(Size)[^1]);
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
            a.Begin(Plain, 0).Raw(bytes);
            a.End();
        }

        await Wait.For(all.Task);
        Assert.Equal([1, 2, 3], sums);
        a.Close();
        await Wait.For(Task.WhenAll(a.Ended, b.Ended));
    }

    private static void SendNumbers(Connection connection, int count)
    {
        for (var i = 0; i < count; i++)
        {
            connection.Begin(i % 3 == 0 ? Plain : Joined, 7).Fixed32((uint)i);
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
                        Assert.Equal(_next++, payload.Fixed32());
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
