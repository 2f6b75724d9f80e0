using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using static Sluice.Tests.WireTestOptions;

namespace Sluice.Tests;

/// <summary>Listeners to which more come than they have room for.</summary>
[Trait("Category", "Network")]
public sealed class CrowdedListenerTests
{
    private readonly List<string> _log = [];

    /// <summary>32 connections that said nothing kept every client out: "It went away in the middle of the handshake".</summary>
    [Fact]
    public void Strangers_that_say_nothing_do_not_keep_a_client_out()
    {
        using var listener = Listen(Listening(log: Note));
        var strangers = Enumerable.Range(0, 32).Select(_ => Stranger(listener)).ToList();
        Assert.True(SpinWait.SpinUntil(() => listener.Unauthenticated == 32, Wait.Limit), "The strangers have not all come.");

        WireClient.Connect(listener.LocalEndPoint, Dialing()).Abort(new InvalidOperationException("The test is over."));

        WaitForLog("Others need its place: 32 clients may be in their handshake");
        strangers.ForEach(static stranger => stranger.Dispose());
    }

    [Fact]
    public void Who_has_to_go_is_told_to_try_again()
    {
        using var listener = Listen(Listening(maxUnauthenticated: 2, log: Note));
        using var first = new RawPeer(Stranger(listener));
        using var second = new RawPeer(Stranger(listener));
        Assert.True(SpinWait.SpinUntil(() => listener.Unauthenticated == 2, Wait.Limit), "The strangers have not both come.");
        using var third = new RawPeer(Stranger(listener));

        var (kind, payload) = first.Receive();

        Assert.Equal((FrameKind.Refusal, (byte)RefusalReason.Busy), (kind, payload[0]));
        Assert.Equal(0, first.Drain());
        Assert.True(SpinWait.SpinUntil(() => listener.Unauthenticated == 2, Wait.Limit), "The third one has no place.");
    }

    [Fact]
    public void One_address_cannot_take_all_places_and_who_has_said_hello_goes_last()
    {
        var arrivals = new UnauthenticatedPeers(limit: 4, limitPerAddress: 2);
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Any, 0));
        server.Listen();
        var sockets = new List<Socket>();

        var greeted = From("127.0.0.1");
        greeted.HasGreeted = true;
        var silent = From("127.0.0.1");
        Assert.False(silent.IsDropped);
        var third = From("127.0.0.1"); // one too many from there
        Assert.Equal((true, false), (silent.IsDropped, greeted.IsDropped));

        var (other, another) = (From("127.0.0.2"), From("127.0.0.3"));
        Assert.Equal(4, arrivals.Count);
        var last = From("127.0.0.4"); // one too many at all: the address with the most gives way
        Assert.Equal([false, true, false, false, false], [greeted.IsDropped, third.IsDropped, other.IsDropped, another.IsDropped, last.IsDropped]);

        Assert.True(arrivals.TryLeave(greeted));
        Assert.False(arrivals.TryLeave(third));
        Assert.Equal(3, arrivals.Count);
        sockets.ForEach(static socket => socket.Dispose());

        UnauthenticatedPeer From(string address)
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            client.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            client.Connect(IPAddress.Loopback, ((IPEndPoint)server.LocalEndPoint!).Port);
            var accepted = server.Accept();
            sockets.AddRange([client, accepted]);
            return arrivals.Enter(accepted);
        }
    }

    [Fact]
    public async Task A_client_that_is_told_to_try_again_does_so_within_its_time()
    {
        using var listener = Listen(Listening(maxConnections: 1, log: Note));
        var first = WireClient.Connect(listener.LocalEndPoint, Dialing());
        first.Start(new Heard());
        var second = Task.Run(() => WireClient.Connect(listener.LocalEndPoint, Dialing(connectTimeout: Wait.Limit)));
        WaitForLog("There are 1 connections already");

        first.Close();

        (await Wait.For(second, "the second client to be let in")).Abort(new InvalidOperationException("The test is over."));
    }

    [Fact]
    public async Task A_client_that_waits_to_try_again_can_be_cancelled()
    {
        var time = new FakeTimeProvider(); // it does not pass
        using var listener = Listen(Listening(maxConnections: 1, log: Note));
        var first = WireClient.Connect(listener.LocalEndPoint, Dialing());
        using var cancellation = new CancellationTokenSource();
        var second = Task.Run(() => WireClient.Connect(listener.LocalEndPoint, Dialing(time: time), cancellation.Token));
        WaitForLog("There are 1 connections already");

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(second, "the cancelled client"));
        first.Abort(new InvalidOperationException("The test is over."));
    }

    [Fact]
    public void Pauses_between_dials_grow_up_to_a_longest_one_and_half_of_each_is_chance()
    {
        var pauses = new DialPauses(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(2));
        double[] whole = [20, 40, 80, 160, 320, 640, 1280, 2000, 2000];
        for (var attempt = 1; attempt <= whole.Length; attempt++)
        {
            Assert.InRange(pauses.Before(attempt).TotalMilliseconds, whole[attempt - 1] / 2, whole[attempt - 1]);
        }

        Assert.InRange(pauses.Before(int.MaxValue), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        Assert.NotEqual(1, Enumerable.Range(0, 100).Select(_ => pauses.Before(9)).Distinct().Count());
    }

    /// <summary>A log that threw ended the accepting without a word, or the process.</summary>
    [Fact]
    public async Task A_log_that_fails_ends_nothing()
    {
        var security = new TcpSecurity { AllowInsecureLoopback = true };
        await using var worker = WorkerListener.Start(AnyPort, new WorkerListenerOptions { Security = security, Log = static line => throw new IOException($"No descriptor is left for '{line}'.") });
        using (var stranger = new RawPeer(Connected((IPEndPoint)worker.LocalEndPoint)))
        {
            stranger.Send("GET / HTTP/1.1\r\n\r\n"u8.ToArray());
            stranger.Drain();
        }

        Assert.Equal(3, await Wait.For(Source.From([1, 2, 3]).On(Env.Tcp(worker.LocalEndPoint, new() { Security = security })).To(Sink.Count<int>()).RunAsync()));
    }

    private static Socket Stranger(WireListener listener) => Connected((IPEndPoint)listener.LocalEndPoint);

    private static Socket Connected(IPEndPoint address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(address);
        return socket;
    }

    private static WireListener Listen(WireListenerOptions options) => WireListener.Listen(AnyPort, options, _ => new Heard());

    private void Note(string line)
    {
        lock (_log)
        {
            _log.Add(line);
        }
    }

    private void WaitForLog(string text)
    {
        Assert.True(SpinWait.SpinUntil(Has, Wait.Limit), $"'{text}' is not in the log.");

        bool Has()
        {
            lock (_log)
            {
                return _log.Exists(line => line.Contains(text, StringComparison.Ordinal));
            }
        }
    }
}
