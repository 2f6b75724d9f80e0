namespace Sluice.Tests;

/// <summary>Cancellation: every wait ends with its scope, and nothing is lost.</summary>
public abstract partial class SocketContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_wait_ends_with_its_scope(bool unix) => Run(() => WithPair(unix, async (client, server) =>
    {
        using var folder = new TemporaryFolder();
        using var listener = Listen(unix, folder);
        Func<Task>[] waits =
        [
            async () => await server.ReadAsync(new byte[1]),
            async () => await server.ReadAsync(Memory<byte>.Empty),
            async () => await server.ReadExactlyAsync(new byte[1]),
            async () => await server.ReadLineAsync(),
            async () => await listener.AcceptAsync(),
            () => listener.ServeAsync(EchoAsync),
            async () => await server.WriteAsync(new byte[Huge]),
        ];
        foreach (var wait in waits)
        {
            var scope = new CancelScope();
            var waiting = scope.RunAsync(wait);
            await YieldAsync(3);
            Assert.False(waiting.IsCompleted);
            scope.Cancel();
            Assert.False(await waiting);
        }
    }));

    [Fact]
    public void In_a_cancelled_scope_every_operation_throws_though_it_need_not_wait() => Run(() => WithPair(unix: false, async (client, server) =>
    {
        using var listener = LoopListener.ListenTcp(AnyPort);
        using var waiting = await ConnectAsync(listener);
        await client.WriteAsync("a\nbc\nd"u8.ToArray());
        Assert.Equal("a", await server.ReadLineAsync());
        var scope = new CancelScope();
        await scope.RunAsync(async () =>
        {
            scope.Cancel();
            Func<Task>[] operations =
            [
                async () => await server.ReadAsync(new byte[1]),
                async () => await client.ReadAsync(new byte[1]),
                async () => await server.ReadAsync(Memory<byte>.Empty),
                async () => await server.ReadExactlyAsync(new byte[1]),
                async () => await server.ReadLineAsync(),
                async () => await server.WriteAsync(new byte[1]),
                async () => await listener.AcceptAsync(),
                () => ConnectAsync(listener),
                () => LoopStream.ConnectTcpAsync("localhost", 1),
            ];
            foreach (var operation in operations)
            {
                await Assert.ThrowsAnyAsync<OperationCanceledException>(operation);
            }
        });
        Assert.Equal("bc", await server.ReadLineAsync());
        using var accepted = await listener.AcceptAsync();
        Assert.Equal(waiting.LocalEndPoint, accepted.RemoteEndPoint);
        await accepted.WriteLineAsync("nothing came before");
        Assert.Equal("nothing came before", await waiting.ReadLineAsync());
    }));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_read_that_is_cancelled_while_bytes_come_loses_none(bool unix) => Run(() => WithPair(unix, async (client, server) =>
    {
        for (byte round = 0; round < 60; round++)
        {
            var (scope, buffer) = (new CancelScope(), new byte[3]);
            var reading = scope.RunAsync(async () => await server.ReadAsync(buffer));
            await client.WriteAsync(new[] { round, round, round });
            await YieldAsync(round % 6);
            scope.Cancel();
            var count = await reading;
            if (count < 3)
            {
                await server.ReadExactlyAsync(buffer.AsMemory(count));
            }

            Assert.Equal([round, round, round], buffer);
        }
    }));

    [Fact]
    public void A_virtual_clock_goes_on_while_a_socket_waits() =>
        OnLoop.Run(() => WithPair(unix: true, async (client, server) =>
        {
            var limit = CancelScope.FailAfter(TimeSpan.FromDays(1));
            await Assert.ThrowsAsync<TimeoutException>(() => limit.RunAsync(async () => await server.ReadLineAsync()));
            await client.WriteLineAsync("late");
            Assert.Equal("late", await server.ReadLineAsync());
        }),
        new EventLoopOptions { TimeProvider = new VirtualTime(), HandleSignals = false, PortableSockets = ArePortable });

    [Fact]
    public void Lines_and_exact_lengths_that_are_cancelled_leave_what_came_to_the_next_reader() => Run(() => WithPair(unix: true, async (client, server) =>
    {
        Func<Task>[] reads = [async () => await server.ReadLineAsync(), async () => await server.ReadExactlyAsync(new byte[100])];
        foreach (var read in reads)
        {
            var scope = new CancelScope();
            var reading = scope.RunAsync(read);
            await client.WriteAsync("first half"u8.ToArray());
            await YieldAsync(5);
            scope.Cancel();
            Assert.False(await reading);
            await client.WriteAsync(", second half\n"u8.ToArray());
            Assert.Equal("first half, second half", await server.ReadLineAsync());
        }
    }));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_accept_that_is_cancelled_while_a_client_connects_loses_no_connection(bool unix) => Run(async () =>
    {
        using var folder = new TemporaryFolder();
        using var listener = Listen(unix, folder);
        for (byte round = 0; round < 60; round++)
        {
            var (scope, buffer) = (new CancelScope(), new byte[1]);
            var accepting = scope.RunAsync(async () => await listener.AcceptAsync());
            using var client = await ConnectAsync(listener);
            await client.WriteAsync(new[] { round });
            await YieldAsync(round % 6);
            scope.Cancel();
            using var server = await accepting ?? await listener.AcceptAsync();
            await server.ReadExactlyAsync(buffer);
            Assert.Equal(round, buffer[0]);
        }
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_connect_that_waits_for_a_place_ends_with_its_scope_and_the_others_are_accepted(bool unix) => Run(async () =>
    {
        const int Clients = 8;
        using var folder = new TemporaryFolder();
        using var listener = Listen(unix, folder, backlog: 1);
        var (connected, two, scope) = (new List<LoopStream>(), new LoopEvent(), new CancelScope());
        await scope.RunAsync(() => TaskGroup.RunAsync(async group =>
        {
            for (var i = 0; i < Clients; i++)
            {
                group.Start(async () =>
                {
                    connected.Add(await ConnectAsync(listener));
                    if (connected.Count == 2)
                    {
                        two.Set();
                    }
                });
            }

            await two.WaitAsync();
            await YieldAsync(10);
            scope.Cancel();
        }));
        Assert.InRange(connected.Count, 2, Clients - 1);

        for (var i = 0; i < connected.Count; i++)
        {
            await connected[i].WriteAsync(new[] { (byte)i });
        }

        var (seen, buffer) = (new HashSet<int>(), new byte[1]);
        while (seen.Count < connected.Count)
        {
            using var server = await listener.AcceptAsync();
            if (await server.ReadAsync(buffer) == 1) // else it is one whose connect was given up
            {
                seen.Add(buffer[0]);
            }
        }

        connected.ForEach(client => client.Dispose());
    });
}
