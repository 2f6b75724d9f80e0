using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using static Sluice.Tests.WireTestOptions;

namespace Sluice.Tests;

/// <summary>Clients that a listener accepts, and those that it refuses.</summary>
[Trait("Category", "Network")]
public sealed class WireListenerTests
{
    private readonly List<string> _log = [];

    private string Log
    {
        get
        {
            lock (_log)
            {
                return string.Join('\n', _log);
            }
        }
    }

    [Fact]
    public async Task Who_knows_the_secret_is_let_in_and_told_apart()
    {
        var greeted = new TaskCompletionSource<Greeting>(TaskCreationOptions.RunContinuationsAsynchronously);
        var heard = new Heard();
        using var listener = WireListener.Listen(AnyPort, Listening(), greeting =>
        {
            greeted.SetResult(greeting);
            return heard;
        });
        var connection = WireClient.Connect(listener.LocalEndPoint, Dialing());
        connection.Start(new Heard());
        var greeting = await Wait.For(greeted.Task);
        Assert.Equal(("caller", "the tests", 1, null), (greeting.Role, greeting.Application, greeting.Version, greeting.Certificate));
        Assert.NotEqual(Guid.Empty, greeting.Session);
        connection.Close();
        Assert.Null(await Wait.For(heard.End));
    }

    [Fact]
    public void Without_a_secret_or_certificates_it_takes_a_loopback_address_and_an_explicit_switch()
    {
        var any = new IPEndPoint(IPAddress.Any, 0);
        Assert.Throws<InvalidOperationException>(() => WireListener.Listen(AnyPort, Listening(new()), _ => new Heard()));
        Assert.Throws<InvalidOperationException>(() => WireListener.Listen(any, Listening(ByLoopback), _ => new Heard()));
        Assert.Throws<InvalidOperationException>(() => WireListener.Listen(any, Listening(new() { Tls = new() }), _ => new Heard()));
        Assert.Throws<InvalidOperationException>(() => WireClient.Connect(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 1), Dialing(ByLoopback)));
        Assert.Throws<InvalidOperationException>(() => WireClient.Connect(AnyPort, Dialing(new())));
        using var listener = WireListener.Listen(AnyPort, Listening(ByLoopback), _ => new Heard());
        var connection = WireClient.Connect(new DnsEndPoint("localhost", ((IPEndPoint)listener.LocalEndPoint).Port), Dialing(ByLoopback));
        connection.Start(new Heard());
        connection.Close();
    }

    [Fact]
    public void A_wrong_secret_or_none_is_refused_and_is_nowhere_in_the_log()
    {
        using var listener = Listen();
        var wrong = new WireSecurity { Secret = new("another secret, which is wrong") };
        var refusal = Assert.Throws<WireRefusedException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing(wrong)));
        Assert.Equal(RefusalReason.Authentication, refusal.Reason);
        refusal = Assert.Throws<WireRefusedException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing(ByLoopback)));
        Assert.Equal(RefusalReason.Authentication, refusal.Reason);
        WaitForLog("does not know the secret", "the client has none");
        Assert.DoesNotContain("which is wrong", Log + refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("the tests share", Log + refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", wrong.Secret!.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, listener.Sessions);
    }

    [Fact]
    public void A_listener_that_does_not_know_the_secret_is_not_trusted()
    {
        using var open = Listen(Listening(ByLoopback));
        Assert.Throws<AuthenticationException>(() => WireClient.Connect(open.LocalEndPoint, Dialing()));
    }

    [Fact]
    public void A_listener_that_only_repeats_what_the_client_proves_is_not_trusted()
    {
        using var fake = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        fake.Bind(AnyPort);
        fake.Listen();
        var thread = new Thread(() =>
        {
            using var client = new RawPeer(fake.Accept());
            client.Receive();
            var challenge = new ByteSink();
            new Challenge(1, true, "a fake").Write(challenge);
            client.Send(RawPeer.Frame(FrameKind.Challenge, 0, challenge.Written.ToArray()));
            client.Send(RawPeer.Frame(FrameKind.Welcome, 0, [0, 0, .. client.Receive().Payload]));
        });
        thread.Start();
        Assert.Throws<AuthenticationException>(() => WireClient.Connect(fake.LocalEndPoint!, Dialing()));
        Assert.True(thread.Join(Wait.Limit));
    }

    [Fact]
    public void A_secret_that_can_be_guessed_is_an_error() => Assert.Throws<ArgumentException>(() => new Secret("15 bytes of it."));

    [Theory]
    [InlineData(1, 3, 2, 5, 3)]
    [InlineData(2, 2, 1, 9, 2)]
    [InlineData(1, 1, 2, 3, 0)]
    [InlineData(4, 6, 2, 3, 0)]
    public void Two_sides_use_the_highest_version_that_both_speak(byte min, byte max, byte theirMin, byte theirMax, byte common)
    {
        using var listener = Listen(Listening(versions: new(min, max), log: Note));
        var options = Dialing(versions: new(theirMin, theirMax));
        if (common > 0)
        {
            WireClient.Connect(listener.LocalEndPoint, options).Abort(new InvalidOperationException("The test is over."));
            return;
        }

        var refusal = Assert.Throws<WireRefusedException>(() => WireClient.Connect(listener.LocalEndPoint, options));
        Assert.Equal(RefusalReason.Version, refusal.Reason);
        Assert.Contains(new WireVersions(min, max).ToString(), refusal.Message, StringComparison.Ordinal);
        Assert.Contains(new WireVersions(theirMin, theirMax).ToString(), refusal.Message, StringComparison.Ordinal);
        WaitForLog("of the protocol");
    }

    [Fact]
    public void A_callback_refuses_with_its_reason_and_when_it_fails_without()
    {
        using var listener = WireListener.Listen(AnyPort, Listening(log: Note), greeting =>
            throw (greeting.Role == "guest" ? new WireRefusedException(RefusalReason.Application, "no guests today") : new InvalidOperationException("private matters")));
        var refusal = Assert.Throws<WireRefusedException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing(role: "guest")));
        Assert.Contains("no guests today", refusal.Message, StringComparison.Ordinal);
        refusal = Assert.Throws<WireRefusedException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing()));
        Assert.DoesNotContain("private matters", refusal.Message, StringComparison.Ordinal);
        WaitForLog("private matters");
        Assert.Equal(0, listener.Sessions);
    }

    [Fact]
    public void More_connections_than_allowed_are_refused_until_one_ends()
    {
        using var listener = Listen(Listening(maxConnections: 1, log: Note));
        var first = WireClient.Connect(listener.LocalEndPoint, Dialing());
        first.Start(new Heard());
        var refusal = Assert.Throws<WireRefusedException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing(time: new PauselessTime())));
        Assert.Equal(RefusalReason.Busy, refusal.Reason);
        Assert.Contains("times within 10 seconds", refusal.Message, StringComparison.Ordinal);
        first.Close();
        Assert.True(SpinWait.SpinUntil(() => listener.Sessions == 0, Wait.Limit));
        WireClient.Connect(listener.LocalEndPoint, Dialing()).Abort(new InvalidOperationException("The test is over."));
    }

    public static TheoryData<string, string> Strangers => new()
    {
        { "", "without a word" },
        { "GET / HTTP/1.1\r\nHost: here\r\n\r\n", "HTTP" },
        { "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001", "TLS" },
        { "SSH-2.0-OpenSSH\r\n", "SSH" },
        { "\u0009\u0000\u0000\u0000\u0000\u0000SLUI", "middle of the handshake" },
        { "\u0009\u0000\u0000\u0000\u0000\u0000SLUGGIS", "not a Sluice client" },
        { "\u0002\u0000\u0000\u0000\u0000\u0000", "damaged" },
        { "\u0002\u0000\u0000\u0000\u0010\u0000", "kind 16" },
        { "\u001b[31m\u0007", "1B5B3331" },
    };

    [Theory]
    [MemberData(nameof(Strangers))]
    public void A_stranger_is_a_line_in_the_log_and_harms_nobody(string says, string logged)
    {
        using var listener = Listen();
        var before = WireClient.Connect(listener.LocalEndPoint, Dialing());
        before.Start(new Heard());
        using (var stranger = Stranger(listener))
        {
            stranger.Send(Encoding.Latin1.GetBytes(says));
            stranger.Shutdown(SocketShutdown.Send);
            WaitForLog(logged);
        }

        Assert.Single(_log);
        Assert.StartsWith("127.0.0.1:", Log, StringComparison.Ordinal);
        Assert.DoesNotContain(Log, char.IsControl);
        Assert.True(SpinWait.SpinUntil(() => listener.Unauthenticated == 0, Wait.Limit));
        Assert.False(before.Ended.IsCompleted);
        before.Close();
        WireClient.Connect(listener.LocalEndPoint, Dialing()).Abort(new InvalidOperationException("The test is over."));
    }

    [Fact]
    public void Who_says_nothing_is_dropped_when_its_time_is_over()
    {
        var time = new FakeTimeProvider();
        using var listener = Listen(Listening(time: time, log: Note));
        using var silent = new RawPeer(Stranger(listener));
        using var slow = new RawPeer(Stranger(listener));
        slow.Send(100, 0); // the beginning of a frame that never comes
        Assert.True(SpinWait.SpinUntil(() => listener.Unauthenticated == 2, Wait.Limit));
        while (listener.Unauthenticated > 0)
        {
            time.Advance(TimeSpan.FromSeconds(1)); // a thread that only begins by now has its time from now on
        }

        silent.Drain();
        WaitForLog("10 seconds");
    }

    [Fact]
    public void Many_strangers_make_few_lines()
    {
        var time = new FakeTimeProvider();
        var log = new WireLog(Note, time);
        for (var i = 0; i < 1000; i++)
        {
            log.Refused($"10.0.0.1:{i}", "It is a\r\nscanner.");
        }

        Assert.Equal(WireLog.MaxLines, _log.Count);
        Assert.DoesNotContain(_log, line => line.Any(char.IsControl));
        time.Advance(WireLog.Period);
        log.Refused("10.0.0.2:1", "It is new.");
        Assert.Equal(["980 more clients were not let in.", "10.0.0.2:1 was not let in: It is new."], _log.Skip(WireLog.MaxLines));
    }

    [Fact]
    public async Task A_disposed_listener_lets_nobody_in_and_leaves_the_connections_alone()
    {
        var heard = new Heard();
        var listener = WireListener.Listen(AnyPort, Listening(), _ => heard);
        var connection = WireClient.Connect(listener.LocalEndPoint, Dialing());
        connection.Start(new Heard());
        using var waiting = new RawPeer(Stranger(listener));
        Assert.True(SpinWait.SpinUntil(() => listener.Unauthenticated == 1, Wait.Limit));
        listener.Dispose();
        waiting.Drain();
        Assert.Throws<SocketException>(() => WireClient.Connect(listener.LocalEndPoint, Dialing()));
        connection.Close();
        Assert.Null(await Wait.For(heard.End));
    }

    [Fact]
    public void A_dial_can_be_cancelled_and_takes_limited_time()
    {
        using var mute = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        mute.Bind(AnyPort);
        mute.Listen();
        using var cancelled = new CancellationTokenSource();
        var thread = new Thread(() =>
        {
            using var client = new RawPeer(mute.Accept());
            client.Receive();
            cancelled.Cancel();
            client.Drain();
        });
        thread.Start();
        Assert.ThrowsAny<OperationCanceledException>(() => WireClient.Connect(mute.LocalEndPoint!, Dialing(), cancelled.Token));
        Assert.True(thread.Join(Wait.Limit));

        var time = new FakeTimeProvider();
        thread = new Thread(() =>
        {
            using var client = new RawPeer(mute.Accept());
            client.Receive();
            time.Advance(TimeSpan.FromSeconds(10));
            client.Drain();
        });
        thread.Start();
        Assert.Throws<TimeoutException>(() => WireClient.Connect(mute.LocalEndPoint!, Dialing(time: time)));
        Assert.True(thread.Join(Wait.Limit));
    }

    private static Socket Stranger(WireListener listener)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndPoint);
        return socket;
    }

    private WireListener Listen(WireListenerOptions? options = null) =>
        WireListener.Listen(AnyPort, options ?? Listening(log: Note), _ => new Heard());

    private void Note(string line)
    {
        lock (_log)
        {
            _log.Add(line);
        }
    }

    private void WaitForLog(params string[] parts)
    {
        foreach (var part in parts)
        {
            Assert.True(SpinWait.SpinUntil(() => Log.Contains(part, StringComparison.Ordinal), Wait.Limit), $"'{part}' is not in the log: {Log}");
        }
    }
}
