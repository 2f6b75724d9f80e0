using System.Net.Sockets;

namespace Sluice.Tests;

/// <summary>Reading, writing and ends.</summary>
public abstract partial class SocketContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_comes_back(bool unix) => Run(() => TaskGroup.RunAsync(async group =>
    {
        using var folder = new TemporaryFolder();
        using var listener = Listen(unix, folder);
        group.Start(() => listener.ServeAsync(EchoAsync));
        using var client = await ConnectAsync(listener);
        foreach (var length in new[] { 1, 1024, 1, 4096, 300_000 })
        {
            var (sent, received) = (Seed.Bytes(length), new byte[length]);
            group.Start(() => client.WriteAsync(sent).AsTask());
            await client.ReadExactlyAsync(received);
            Assert.Equal(sent, received);
        }

        listener.Dispose();
    }));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_direction_ends_and_the_other_goes_on(bool unix) => Run(() => WithPair(unix, async (client, server) =>
    {
        await client.WriteLineAsync("question");
        client.ShutdownWrite();
        Assert.Equal("question", await server.ReadLineAsync());
        Assert.Equal(0, await server.ReadAsync(new byte[10]));
        Assert.Equal(0, await server.ReadAsync(new byte[10]));

        await server.WriteLineAsync("answer");
        server.Dispose();
        Assert.Equal("answer", await client.ReadLineAsync());
        Assert.Null(await client.ReadLineAsync());
    }));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_write_waits_while_the_buffers_are_full_and_loses_nothing(bool unix) => Run(() => WithPair(unix, async (client, server) =>
    {
        var data = Seed.Bytes(Huge);
        var writing = client.WriteAsync(data).AsTask();
        await YieldAsync(10);
        Assert.False(writing.IsCompleted);

        var received = new byte[Huge];
        await server.ReadExactlyAsync(received);
        await writing;
        Assert.True(data.AsSpan().SequenceEqual(received));
    }));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_empty_read_waits_until_there_is_something_and_takes_nothing(bool unix) => Run(() => WithPair(unix, async (client, server) =>
    {
        for (var round = 0; round < 3; round++)
        {
            var waiting = server.ReadAsync(Memory<byte>.Empty).AsTask();
            await YieldAsync(10);
            Assert.False(waiting.IsCompleted);
            await client.WriteAsync("ab"u8.ToArray());
            Assert.Equal(0, await waiting);

            var buffer = new byte[1];
            foreach (var sent in "ab"u8.ToArray())
            {
                Assert.Equal(0, await server.ReadAsync(Memory<byte>.Empty));
                Assert.Equal(1, await server.ReadAsync(buffer));
                Assert.Equal(sent, buffer[0]);
            }
        }

        await client.WriteAsync("first\nsecond\n"u8.ToArray());
        Assert.Equal("first", await server.ReadLineAsync());
        Assert.Equal(0, await server.ReadAsync(Memory<byte>.Empty)); // the second one is in the stream's own buffer
        Assert.Equal("second", await server.ReadLineAsync());

        var end = server.ReadAsync(Memory<byte>.Empty).AsTask();
        await YieldAsync(10);
        Assert.False(end.IsCompleted);
        client.ShutdownWrite();
        Assert.Equal(0, await end);
        Assert.Equal(0, await server.ReadAsync(Memory<byte>.Empty));
        Assert.Equal(0, await server.ReadAsync(new byte[1]));
    }));

    [Fact]
    public void A_reset_comes_out_of_an_empty_read_or_of_the_one_behind_it() => Run(async () =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        foreach (var waits in new[] { false, true })
        {
            var client = RawClient(listener);
            using var server = await listener.AcceptAsync();
            var reading = waits ? server.ReadAsync(Memory<byte>.Empty).AsTask() : null;
            Reset(client);
            var error = await Assert.ThrowsAsync<SocketException>(async () =>
            {
                await (reading ?? server.ReadAsync(Memory<byte>.Empty).AsTask());
                await server.ReadAsync(new byte[1]);
            });
            Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        }
    });

    [Fact]
    public void A_client_that_does_not_read_holds_up_nobody_else() => Run(() => WithPair(unix: false, (_, slow) => WithPair(unix: true, async (client, server) =>
    {
        var stuck = slow.WriteAsync(new byte[Huge]).AsTask();
        for (byte i = 0; i < 100; i++)
        {
            var buffer = new byte[1];
            await client.WriteAsync(new[] { i });
            await server.ReadExactlyAsync(buffer);
            Assert.Equal(i, buffer[0]);
        }

        Assert.False(stuck.IsCompleted);
        slow.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stuck);
    })));

    [Fact]
    public void A_peer_that_always_has_something_to_say_does_not_keep_the_loop() => Run(() => WithPair(unix: true, (client, server) => TaskGroup.RunAsync(async group =>
    {
        const int Length = 20_000;
        var (others, isDone, buffer) = (0, false, new byte[1]);
        await client.WriteAsync(new byte[Length]);
        group.Start(async () =>
        {
            while (!isDone)
            {
                others++;
                await EventLoop.YieldAsync();
            }
        });
        for (var i = 0; i < Length; i++)
        {
            await server.ReadAsync(buffer);
        }

        isDone = true;
        Assert.InRange(others, Length / 100, Length);
    })));

    [Fact]
    public void A_reset_comes_out_of_a_read_that_waits_and_of_writes() => Run(async () =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        var client = RawClient(listener);
        using var server = await listener.AcceptAsync();
        var reading = server.ReadAsync(new byte[1]).AsTask();
        Reset(client);
        Assert.Equal(SocketError.ConnectionReset, (await Assert.ThrowsAsync<SocketException>(() => reading)).SocketErrorCode);
        var error = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true)
            {
                await server.WriteAsync(new byte[1000]);
            }
        });
        Assert.True(error.SocketErrorCode is SocketError.Shutdown or SocketError.ConnectionReset, $"{error.SocketErrorCode}");
    });

    [Fact]
    public void A_reset_comes_out_of_a_write_that_waits() => Run(async () =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        var client = RawClient(listener);
        using var server = await listener.AcceptAsync();
        var writing = server.WriteAsync(new byte[Huge]).AsTask();
        await YieldAsync(10);
        Assert.False(writing.IsCompleted);
        Reset(client);
        var error = await Assert.ThrowsAsync<SocketException>(() => writing);
        Assert.True(error.SocketErrorCode is SocketError.Shutdown or SocketError.ConnectionReset, $"{error.SocketErrorCode}");
    });

    [Fact]
    public void Urgent_bytes_stop_nothing() => Run(async () =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        using var client = RawClient(listener);
        using var server = await listener.AcceptAsync();
        var reading = server.ReadExactlyAsync(new byte[6]).AsTask();
        client.Send(new byte[3]);
        client.Send(new byte[1], SocketFlags.OutOfBand);
        client.Send(new byte[3]);
        await reading; // the urgent one is not among them
    });

    [Fact]
    public void One_reads_and_one_writes_at_a_time() => Run(() => WithPair(unix: false, async (client, server) =>
    {
        var reading = server.ReadAsync(new byte[1]).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await server.ReadAsync(new byte[1]));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await server.ReadLineAsync());
        var line = client.ReadLineAsync().AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await client.ReadAsync(new byte[1]));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await client.ReadLineAsync());

        var writing = server.WriteAsync(new byte[Huge]).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await server.WriteAsync(new byte[1]));

        await client.WriteAsync(new byte[1]);
        Assert.Equal(1, await reading);
        client.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => writing);
        await Assert.ThrowsAnyAsync<Exception>(() => line);
    }));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Disposing_ends_what_waits_and_what_comes_later(bool unix) => Run(() => WithPair(unix, async (client, server) =>
    {
        var reading = client.ReadLineAsync().AsTask();
        var writing = client.WriteAsync(new byte[Huge]).AsTask();
        client.Dispose();
        client.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => writing);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await client.ReadAsync(new byte[1]));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await client.ReadLineAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await client.WriteAsync(new byte[1]));
        Assert.Throws<ObjectDisposedException>(client.ShutdownWrite);
        Assert.Throws<ObjectDisposedException>(() => client.RemoteEndPoint);
    }));

    [Fact]
    public void A_stream_knows_both_addresses_and_what_waits_for_it_stands_in_the_dump() => Run(() => WithPair(unix: false, async (client, server) =>
    {
        Assert.Equal(client.LocalEndPoint, server.RemoteEndPoint);
        Assert.Equal(server.LocalEndPoint, client.RemoteEndPoint);
        var reading = client.ReadAsync(new byte[1]).AsTask();
        Assert.Contains($"waits for bytes from {client.RemoteEndPoint} since", EventLoop.Current.Dump(), StringComparison.Ordinal);
        await server.WriteAsync(new byte[1]);
        await reading;
    }));

    [Fact]
    public void Another_thread_gets_a_clear_error() => Run(() => WithPair(unix: false, (client, _) => EventLoop.RunInThreadAsync(() =>
    {
        Action[] wrong =
        [
            () => client.ReadAsync(new byte[1]).AsTask().GetAwaiter().GetResult(),
            () => client.WriteAsync(new byte[1]).AsTask().GetAwaiter().GetResult(),
            () => client.ReadLineAsync().AsTask().GetAwaiter().GetResult(),
            client.ShutdownWrite,
            client.Dispose,
        ];
        Assert.All(wrong, use => Assert.Contains("runs on another thread", Assert.Throws<InvalidOperationException>(use).Message, StringComparison.Ordinal));
    })));

    [Fact]
    public void A_stream_may_be_disposed_of_after_its_loop_has_ended()
    {
        LoopStream? left = null;
        Run(async () =>
        {
            using var listener = LoopListener.ListenTcp(AnyPort);
            left = await ConnectAsync(listener);
            await Assert.ThrowsAsync<TimeoutException>(() => CancelScope.FailAfter(TimeSpan.Zero + TimeSpan.FromTicks(1)).RunAsync(async () => await left.ReadAsync(new byte[1])));
        });
        left!.Dispose();
        Assert.Throws<InvalidOperationException>(() => left.LocalEndPoint);
    }
}
