using Microsoft.Extensions.Time.Testing;
using static Sluice.Tests.WireTestOptions;

namespace Sluice.Tests;

/// <summary>Connections that outlive their transport.</summary>
[Trait("Category", "Network")]
public sealed class ReconnectTests
{
    private const byte Plain = 20;
    private const byte Joined = 200;

    [Theory]
    [InlineData(1, 20_000, 100)]
    [InlineData(2, 600, 100)] // many within the handshake
    [InlineData(3, 200_000, 30)]
    public Task A_connection_that_is_cut_at_random_places_loses_nothing_and_repeats_nothing(int seed, int maxBytes, int cuts) => Seed.Run(seed, async _ =>
    {
        var server = new Numbers();
        using var listener = WireListener.Listen(AnyPort, Listening(window: TimeSpan.FromMinutes(5)), greeting => server.Over(greeting.Connection));
        using var proxy = new CuttingProxy(listener.LocalEndPoint, cuts, maxBytes, seed);
        var client = new Numbers();
        var connection = await ConnectThrough(proxy);
        connection.Start(client.Over(connection));

        var isEnough = false;
        var sending = Task.WhenAll(Task.Run(() => client.Send(() => Volatile.Read(ref isEnough))), Task.Run(() => server.SendWhenThere(() => Volatile.Read(ref isEnough))));
        for (var last = int.MaxValue; proxy.CutsLeft >= 0;) // the last cut is over when a connection has come that is not to be cut
        {
            Assert.True(await Task.Run(() => SpinWait.SpinUntil(() => proxy.CutsLeft != last, Wait.Limit)), $"No reconnection; {proxy.CutsLeft} cuts are left. {Numbers.Told(client)} {Numbers.Told(server)}");
            last = proxy.CutsLeft;
        }

        Volatile.Write(ref isEnough, true);
        await Wait.For(sending);
        await Wait.For(server.HasAll(client));
        await Wait.For(client.HasAll(server));
        connection.Close();
        Assert.Null(await Wait.For(server.End));
        await Wait.For(connection.Ended);
        Assert.False(client.End.IsCompleted);
        Assert.True(SpinWait.SpinUntil(() => listener.Sessions == 0, Wait.Limit), "The session is still there.");
        Assert.True(proxy.Connections > cuts);
    });

    [Fact]
    public Task A_goodbye_gets_through_although_the_connection_is_cut()
    {
        var seed = 0;
        return Seed.Each(40, async _ =>
        {
            var server = new Numbers();
            using var listener = WireListener.Listen(AnyPort, Listening(), greeting => server.Over(greeting.Connection));
            using var proxy = new CuttingProxy(listener.LocalEndPoint, 4, 1500, seed++);
            var client = new Numbers();
            var connection = await ConnectThrough(proxy);
            connection.Start(client.Over(connection));
            client.Send(100);
            connection.Close();
            Assert.Null(await Wait.For(server.End));
            await Wait.For(server.HasAll(client));
            await Wait.For(connection.Ended);
        });
    }

    [Fact]
    public async Task What_a_client_cannot_restore_within_the_window_is_lost()
    {
        var time = new FakeTimeProvider();
        var server = new Numbers();
        var listener = WireListener.Listen(AnyPort, Listening(), greeting => server.Over(greeting.Connection));
        var proxy = CuttingProxy.ThatCutsNothing(listener.LocalEndPoint);
        var connection = WireClient.Connect(proxy.EndPoint, Dialing(time: time, silence: Timeout.InfiniteTimeSpan));
        var heard = new Heard();
        connection.Start(heard);
        var began = time.GetUtcNow();
        listener.Dispose();
        proxy.Dispose();
        var cause = await PassTime(time, heard.End);
        Assert.True(time.GetUtcNow() - began >= TimeSpan.FromSeconds(30));
        Assert.Contains("could not be restored within 30 seconds", Assert.IsType<IOException>(cause).Message, StringComparison.Ordinal);
        Assert.Equal(1, heard.Ends);
        Assert.NotNull(await Wait.For(server.End)); // a listener that is gone restores nothing either
    }

    /// <summary>A proxy that cut each connection was dialled 57,000 times a minute, and forever.</summary>
    [Fact]
    public async Task A_connection_that_is_cut_each_time_before_anything_is_acknowledged_is_dialled_with_pauses_and_given_up_after_the_window()
    {
        var time = new PauselessTime();
        using var server = new CuttingServer(framesEach: 0);
        var heard = new Heard();
        var connection = WireClient.Connect(server.EndPoint, Dialing(ByLoopback, time, silence: Timeout.InfiniteTimeSpan));
        var began = time.GetUtcNow();
        connection.Start(heard);

        var cause = await Wait.For(heard.End, "the client to give up");

        Assert.InRange((time.GetUtcNow() - began).TotalSeconds, 30, 40);
        Assert.InRange(server.Connections, 20, 45); // pauses that grow to one to two seconds
        Assert.Contains("broke each time before anything was acknowledged, for 30 seconds", Assert.IsType<IOException>(cause).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_is_cut_each_time_after_something_was_acknowledged_is_not_given_up()
    {
        const int Rounds = 6;
        var time = new PauselessTime();
        using var server = new CuttingServer(framesEach: 1);
        var connection = WireClient.Connect(server.EndPoint, Dialing(ByLoopback, time, silence: Timeout.InfiniteTimeSpan));
        for (var i = 0; i < 10; i++)
        {
            connection.Begin(Plain, 0).WriteByte(1);
            connection.End();
        }

        var heard = new Heard();
        connection.Start(heard);
        for (var round = 1; round <= Rounds; round++)
        {
            await Wait.Until(() => server.Connections >= round || heard.End.IsCompleted, $"connection {round} to a server that acknowledges");
            time.Advance(TimeSpan.FromSeconds(20)); // while the client is in: a dial that takes longer than it may is one that fails
            server.Cut();
        }

        await Wait.Until(() => server.Connections > Rounds || heard.End.IsCompleted, "one more connection");
        Assert.False(heard.End.IsCompleted, $"It was given up although each connection had brought something: {(heard.End.IsCompleted ? await heard.End : null)}");
        connection.Abort(new InvalidOperationException("The test is over."));
    }

    [Fact]
    public async Task A_client_that_does_not_come_back_within_the_window_is_lost_and_its_session_forgotten()
    {
        var time = new FakeTimeProvider();
        var server = new Numbers();
        using var listener = WireListener.Listen(AnyPort, Listening(time: time, silence: Timeout.InfiniteTimeSpan), greeting => server.Over(greeting.Connection));
        var proxy = CuttingProxy.ThatCutsNothing(listener.LocalEndPoint);
        var connection = WireClient.Connect(proxy.EndPoint, Dialing());
        connection.Start(new Heard());
        proxy.Dispose();
        Assert.Equal(1, listener.Sessions);
        Assert.IsType<IOException>(await PassTime(time, server.End));
        Assert.True(SpinWait.SpinUntil(() => listener.Sessions == 0, Wait.Limit));
        connection.Abort(new InvalidOperationException("The test is over."));
    }

    [Fact]
    public Task A_session_that_the_listener_does_not_know_is_lost_at_once() => Seed.Run(1, async _ =>
    {
        var server = new Numbers();
        using var listener = WireListener.Listen(AnyPort, Listening(), greeting => server.Over(greeting.Connection));
        using var proxy = new CuttingProxy(listener.LocalEndPoint, 1, 1500, 1);
        var connection = await ConnectThrough(proxy);
        var heard = new Heard();
        connection.Start(heard);
        Assert.True(SpinWait.SpinUntil(() => server.Connection is not null, Wait.Limit));
        server.Connection!.Abort(new InvalidOperationException("forgotten"));
        Assert.IsAssignableFrom<IOException>(await Wait.For(heard.End));
    });

    [Fact]
    public async Task A_connection_that_carries_nothing_any_more_is_found_out_and_restored()
    {
        var silence = TimeSpan.FromMilliseconds(500); // a slow machine makes for more reconnections, which do no harm
        var server = new Numbers();
        using var listener = WireListener.Listen(AnyPort, Listening(silence: silence), greeting => server.Over(greeting.Connection));
        using var proxy = CuttingProxy.ThatCutsNothing(listener.LocalEndPoint);
        var client = new Numbers();
        var connection = WireClient.Connect(proxy.EndPoint, Dialing(silence: silence));
        connection.Start(client.Over(connection));
        client.Send(10);
        await Wait.For(server.HasAll(client));
        proxy.Deafen();
        client.Send(10);
        server.Send(10);
        await Wait.For(Task.WhenAll(server.HasAll(client), client.HasAll(server)));
        Assert.True(proxy.Connections > 1);
        connection.Close();
        Assert.Null(await Wait.For(server.End));
    }

    [Fact]
    public async Task More_kept_bytes_than_allowed_are_a_loss()
    {
        using var listener = WireListener.Listen(AnyPort, Listening(), _ => new Heard());
        var options = Dialing();
        var connection = WireClient.Connect(listener.LocalEndPoint, new WireClientOptions
        {
            Role = options.Role,
            Application = options.Application,
            Security = options.Security,
            Connection = new ConnectionOptions { MaxKeptBytes = 100_000 },
        });
        var heard = new Heard();
        connection.Start(heard);
        connection.Begin(Plain, 0).WriteBytes(new byte[100_001]);
        connection.End();
        Assert.Contains("More than 100000 bytes", (await Wait.For(heard.End))!.Message, StringComparison.Ordinal);
    }

    private static async Task<Connection> ConnectThrough(CuttingProxy proxy)
    {
        while (true)
        {
            try
            {
                return await Task.Run(() => WireClient.Connect(proxy.EndPoint, Dialing(time: new PauselessTime(), window: TimeSpan.FromMinutes(5))));
            }
            catch (Exception error) when (proxy.CutsLeft >= 0 && error is IOException or System.Net.Sockets.SocketException)
            {
                // It was cut before there was a session.
            }
        }
    }

    /// <summary>Lets time pass until the task has ended: a waiter may begin to wait only after some of it.</summary>
    private static async Task<Exception?> PassTime(FakeTimeProvider time, Task<Exception?> until)
    {
        var limit = Task.Delay(Wait.Limit);
        while (!until.IsCompleted)
        {
            Assert.False(limit.IsCompleted, "Much time has passed in vain.");
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        return await until;
    }

    /// <summary>One side, which sends the numbers from 0 and expects the same.</summary>
    private sealed class Numbers
    {
        private readonly TaskCompletionSource<Exception?> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private uint _sent;
        private uint _received;

        internal Connection? Connection { get; private set; }

        internal Task<Exception?> End => _end.Task;

        internal Heard Over(Connection connection)
        {
            Connection = connection;
            var heard = new Heard
            {
                OnReceived = (_, _, payload) =>
                {
                    while (payload.Left > 0)
                    {
                        Assert.Equal(_received, payload.ReadFixed32());
                        Volatile.Write(ref _received, _received + 1);
                    }
                },
            };
            heard.End.ContinueWith(ended => _end.TrySetResult(ended.Result), TaskContinuationOptions.ExecuteSynchronously);
            return heard;
        }

        internal void Send(int count)
        {
            for (var i = 0; i < count; i++)
            {
                Connection!.Begin(i % 5 == 0 ? Plain : Joined, 3).WriteFixed32(_sent++);
                Connection.End();
            }
        }

        /// <summary>Always something, but not more than the other side can take.</summary>
        internal void Send(Func<bool> until)
        {
            while (!until())
            {
                Send(20);
                Connection!.Flush();
                SpinWait.SpinUntil(() => Connection.UnsentBytes < 50_000 || until());
                Thread.Yield();
            }
        }

        internal void SendWhenThere(Func<bool> until)
        {
            SpinWait.SpinUntil(() => Connection is not null);
            Send(until);
        }

        /// <summary>For messages: how the connection ended, if it has.</summary>
        internal static string Told(Numbers side) => side.End.IsCompleted ? $"It ended: {side.End.Result}." : "It goes on.";

        internal Task HasAll(Numbers of) => Task.Run(() =>
            Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref _received) == of._sent, Wait.Limit), $"{_received} of {of._sent} numbers came. {Told(this)} {Told(of)}"));
    }
}
