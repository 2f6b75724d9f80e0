using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>Strangers and mad clients at a worker while a pipeline runs on it: that goes on, the worker lives, and all there is of them is a
/// line in its log at most, in which no secret is.</summary>
[Trait("Category", "Network")]
[Trait("Configuration", "Release")]
public sealed class ListenerGarbageTests : IAsyncDisposable
{
    private const string SecretText = "XyZZy-pLuGh-Plover-42";

    private static readonly TcpSecurity s_security = new() { Secret = SecretText };

    private readonly List<string> _log = [];
    private readonly List<string> _errors = [];
    private readonly WorkerListener _worker;
    private readonly CountdownEvent _isEnough = new(1);
    private readonly Task<int> _pipeline;
    private readonly FakeTimeProvider _time = new();
    private readonly TaskCompletionSource _flows = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ListenerGarbageTests()
    {
        _worker = WorkerListener.Start(WireTestOptions.AnyPort, new WorkerListenerOptions { Security = s_security, Log = Note, HandshakeTimeout = TimeSpan.FromSeconds(2), SilenceTimeout = Timeout.InfiniteTimeSpan, Time = _time });
        _pipeline = Source.From(Flow()).On(Env.Tcp(_worker.LocalEndPoint, new TcpOptions { Security = s_security })).Through<int>(FaultyParts.Triple)
            .To(FaultyParts.CountTriples).RunAsync();
    }

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

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        _isEnough.Dispose();
    }

    [Fact]
    public Task Strangers_are_a_line_in_the_log_each_and_the_pipeline_goes_on() => Seed.Run(1, async random =>
    {
        await Wait.For(_flows.Task);
        var lines = Lines;
        byte[][] greetings =
        [
            [], // a port scanner
            Convert.FromHexString("16030100C8010000C40303"), // the beginning of a TLS client's hello
            "GET / HTTP/1.1\r\nHost: worker\r\n\r\n"u8.ToArray(),
            "SSH-2.0-OpenSSH_9.6\r\n"u8.ToArray(),
            RawPeer.Frame(FrameKind.Ping, 0),
            RawPeer.Frame(SegmentFrame.Cancel, 0),
            [255, 255, 255, 255, 0, 0],
            .. Enumerable.Range(0, 12).Select(_ => Noise(random, random.Next(1, 5000))),
        ];
        foreach (var greeting in greetings)
        {
            using var socket = Dial();
            using var stranger = new RawPeer(socket);
            SendAsFarAsItTakes(socket, greeting);
            socket.Shutdown(SocketShutdown.Send);
            stranger.Drain();
        }

        await Wait.Until(() => Lines - lines >= greetings.Length, "a line for each stranger");
        Assert.Equal(greetings.Length, Lines - lines);
        await AssertUnharmed();
    });

    [Fact]
    public Task A_client_that_takes_too_long_for_its_handshake_is_sent_away() => Seed.Run(1, async random =>
    {
        await Wait.For(_flows.Task);
        using var socket = Dial();
        using var slow = new RawPeer(socket);
        slow.Send(RawPeer.Frame(FrameKind.Hello, 0, Noise(random, 100))[..50]);
        await Wait.Until(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1)); // its thread may only begin by now, and gives it its time from then on
                return Log.Contains("It had 2 seconds to prove who it is.", StringComparison.Ordinal);
            },
            "the line about the slow client");
        Assert.Equal(0, slow.Drain());
        await AssertUnharmed();
    });

    [Fact]
    public Task Clients_that_know_the_secret_and_send_garbage_after_the_handshake_end_alone() => Seed.Run(1, async random =>
    {
        await Wait.For(_flows.Task);
        for (var i = 0; i < 30; i++)
        {
            using var socket = Dial();
            using var mad = new RawPeer(socket);
            var hello = new Hello(WireVersions.Own, true, false, i % 2 == 0, new Guid(Noise(random, 16)), 0, TcpSegment.Role, OwnAssemblies.ApplicationName);
            Handshake.AsClient(new(new SocketTransport(socket), WireRole.Client), hello, new Secret(SecretText));
            SendAsFarAsItTakes(socket, Noise(random, random.Next(1, 5000)));
            socket.LingerState = new LingerOption(true, 0);
        }

        await AssertUnharmed(mayAwaitReturn: true);
    });

    [Fact]
    public Task Clients_that_know_the_secret_and_send_frames_out_of_place_end_alone() => Seed.Run(1, async random =>
    {
        var blueprint = await RecordedRun.BlueprintAsync();
        await Wait.For(_flows.Task);
        (byte Kind, int Channel, byte[] Payload)[][] scripts =
        [
            [(SegmentFrame.Items, 0, [1, 2, 3])],
            [(SegmentFrame.Go, 0, [0])],
            [(SegmentFrame.Cancel, 0, [])],
            [(SegmentFrame.Credit, 0, [1, 1])],
            [(SegmentFrame.Blueprint, 0, Noise(random, 500))],
            [(SegmentFrame.Blueprint, 0, [])],
            [(SegmentFrame.Blueprint, 0, blueprint[..(blueprint.Length / 2)])],
            [(SegmentFrame.Blueprint, 0, blueprint), (SegmentFrame.Blueprint, 0, blueprint)],
            [(SegmentFrame.Blueprint, 0, blueprint), (SegmentFrame.Go, 0, [0]), (SegmentFrame.Go, 0, [0])],
            [(SegmentFrame.Blueprint, 0, blueprint), (SegmentFrame.Items, 77, [1])],
            [(SegmentFrame.Blueprint, 0, blueprint), (SegmentFrame.Items, 0, [1])], // not described
            [(SegmentFrame.Blueprint, 0, blueprint), (SegmentFrame.Description, 0, [7])],
            [(SegmentFrame.Blueprint, 0, blueprint), (SegmentFrame.Description, 0, RecordedRun.Description), (SegmentFrame.Items, 0, new byte[5000])], // more than there is room for
            [(SegmentFrame.Blueprint, 0, blueprint), (SegmentFrame.Credit, 0, [1, 1])], // to the receiving end
            [(SegmentFrame.Blueprint, 0, blueprint), (SegmentFrame.Control, 0, [9, 0])],
            [(SegmentFrame.Blueprint, 0, blueprint), (SegmentFrame.Control, 0, [1, 0, 255])],
            [(SegmentFrame.Blueprint, 0, blueprint), (SegmentFrame.Prepared, 0, [])],
            [(99, 0, [])],
        ];
        foreach (var script in scripts)
        {
            var heard = new Heard { OnReceived = static (_, _, payload) => payload.ReadBytes(payload.Left) };
            var connection = WireClient.Connect(_worker.LocalEndPoint, new WireClientOptions
            {
                Role = TcpSegment.Role,
                Application = OwnAssemblies.ApplicationName,
                Security = s_security.ToWire(),
            });
            connection.Start(heard);
            foreach (var (kind, channel, payload) in script)
            {
                connection.Begin(kind, channel).WriteBytes(payload);
                connection.End();
            }

            var error = await Wait.For(heard.End, $"the end of a client that sent {string.Join(", ", script.Select(static frame => frame.Kind))}");
            _errors.Add($"{error}");
            connection.Abort(new InvalidOperationException("It is over."));
        }

        await AssertUnharmed();
    });

    private int Lines
    {
        get
        {
            lock (_log)
            {
                return _log.Count;
            }
        }
    }

    /// <summary>Numbers until it is enough.</summary>
    private IEnumerable<int> Flow()
    {
        for (var item = 0; !_isEnough.IsSet; item++)
        {
            if (item == 1000)
            {
                _flows.TrySetResult();
            }

            yield return item;
        }
    }

    private async Task AssertUnharmed(bool mayAwaitReturn = false)
    {
        Assert.False(_pipeline.IsCompleted);
        if (!mayAwaitReturn)
        {
            await Wait.Until(() => _worker.Parts == 1, "the parts of the mad clients to be gone");
        }

        _isEnough.Signal();
        Assert.True(await Wait.For(_pipeline) > 1000);
        var another = Source.From(Enumerable.Range(0, 10)).On(Env.Tcp(_worker.LocalEndPoint, new TcpOptions { Security = s_security })).To(Sink.Count<int>());
        Assert.Equal(10, await Wait.For(another.RunAsync()));
        AssertNoSecretIn($"{Log}\n{string.Join('\n', _errors)}");
    }

    /// <summary>In no form that a log might give it.</summary>
    private static void AssertNoSecretIn(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(SecretText);
        string[] forms =
        [
            SecretText[..8],
            SecretText[^8..],
            Convert.ToHexString(bytes)[..16],
            BitConverter.ToString(bytes)[..23],
            Convert.ToBase64String(bytes)[..10],
            Convert.ToBase64String(Encoding.Unicode.GetBytes(SecretText))[..10],
            string.Join(", ", bytes[..6]),
            string.Join(" ", bytes[..6]),
            new([.. SecretText.Reverse()]),
        ];
        Assert.All(forms, form => Assert.DoesNotContain(form, text, StringComparison.OrdinalIgnoreCase));
    }

    private static void SendAsFarAsItTakes(Socket socket, byte[] bytes)
    {
        try
        {
            socket.Send(bytes);
        }
        catch (SocketException)
        {
            // It has been sent away already.
        }
    }

    private static byte[] Noise(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private Socket Dial()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(_worker.LocalEndPoint);
        return socket;
    }

    private void Note(string line)
    {
        lock (_log)
        {
            _log.Add(line);
        }
    }
}
