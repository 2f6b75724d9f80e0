using System.Buffers;
using System.Net;

namespace Sluice.Tests;

/// <summary>Steady state costs no memory where the loop drives its sockets: many round trips allocate what a few do.</summary>
[Trait("Category", "Network")]
public sealed class SocketAllocationTests
{
    private const int Few = 100;
    private const int Many = 2_100;

    /// <summary>A collection that another test brings about makes the count of bytes jump by some thousand; not each time.</summary>
    private const int Tries = 5;

    [Theory]
    [InlineData(1, false)]
    [InlineData(10, false)]
    [InlineData(10, true)]
    public void A_round_trip_allocates_nothing(int clients, bool rented)
    {
        if (!EpollPoller.IsSupported)
        {
            return;
        }

        var (few, many) = (long.MaxValue, long.MaxValue);
        OnLoop.Run(
            () => TaskGroup.RunAsync(async group =>
            {
                using var listener = LoopListener.ListenTcp(new(IPAddress.Loopback, 0));
                group.Start(() => listener.ServeAsync(rented ? EchoRentedAsync : EchoAsync));
                var (streams, buffers) = (new LoopStream[clients], new byte[clients][]);
                for (var i = 0; i < clients; i++)
                {
                    (streams[i], buffers[i]) = (await LoopStream.ConnectTcpAsync((IPEndPoint)listener.LocalEndPoint), new byte[64]);
                }

                await MeasureAsync(Many); // makes what is made once
                for (var i = 0; i < Tries; i++)
                {
                    (few, many) = (Math.Min(few, await MeasureAsync(Few)), Math.Min(many, await MeasureAsync(Many)));
                }

                Array.ForEach(streams, stream => stream.Dispose());
                listener.Dispose();

                async Task<long> MeasureAsync(int rounds)
                {
                    var before = GC.GetAllocatedBytesForCurrentThread();
                    for (var i = 0; i < rounds; i++)
                    {
                        for (var c = 0; c < clients; c++)
                        {
                            await streams[c].WriteAsync(buffers[c]);
                        }

                        for (var c = 0; c < clients; c++)
                        {
                            for (var count = 0; count < 64;)
                            {
                                count += await streams[c].ReadAsync(buffers[c]);
                            }
                        }
                    }

                    return GC.GetAllocatedBytesForCurrentThread() - before;
                }
            }),
            new EventLoopOptions { HandleSignals = false });
        Assert.InRange(many - few, long.MinValue, (Many - Few) / 10); // an object takes 24 bytes
    }

    private static async Task EchoAsync(LoopStream stream)
    {
        var buffer = new byte[1024];
        for (var count = await stream.ReadAsync(buffer); count > 0; count = await stream.ReadAsync(buffer))
        {
            await stream.WriteAsync(buffer.AsMemory(0, count));
        }
    }

    private static async Task EchoRentedAsync(LoopStream stream)
    {
        int count;
        do
        {
            await stream.ReadAsync(Memory<byte>.Empty);
            var buffer = ArrayPool<byte>.Shared.Rent(1024);
            if ((count = await stream.ReadAsync(buffer)) > 0)
            {
                await stream.WriteAsync(buffer.AsMemory(0, count));
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }
        while (count > 0);
    }
}
