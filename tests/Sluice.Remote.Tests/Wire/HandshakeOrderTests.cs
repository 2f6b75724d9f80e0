using System.Text.RegularExpressions;
using static Sluice.Tests.WireTestOptions;

namespace Sluice.Tests;

/// <summary>The steps of a handshake: a frame that has no place at a step ends it on each side.</summary>
public sealed partial class HandshakeOrderTests
{
    private static readonly byte[] s_hello = RawPeer.Frame(FrameKind.Hello, 0, Written(new Hello(WireVersions.Own, false, false, true, Guid.NewGuid(), 0, "caller", "the tests").Write));
    private static readonly byte[] s_challenge = RawPeer.Frame(FrameKind.Challenge, 0, Written(new Challenge(WireVersions.Own.Max, false, "the tests").Write));
    private static readonly byte[] s_proof = RawPeer.Frame(FrameKind.Proof, 0);
    private static readonly byte[] s_welcome = RawPeer.Frame(FrameKind.Welcome, 0, Written(new Welcome(true, 0, []).Write));

    /// <summary>The kinds that have a place at some step, and one of a connection.</summary>
    private static readonly byte[] s_kinds = [FrameKind.Hello, FrameKind.Challenge, FrameKind.Proof, FrameKind.Welcome, FrameKind.Refusal, FrameKind.Ping, FrameKind.FirstAbove];

    [Fact]
    public void The_table_in_the_protocol_is_the_one_that_is_held()
    {
        var held =
            from step in Enum.GetValues<HandshakeStep>()
            from kind in s_kinds
            from sender in Enum.GetValues<WireRole>()
            where HandshakeSteps.After(step, kind, sender) is not null
            select $"{step} {kind} {sender} {HandshakeSteps.After(step, kind, sender)}".ToLowerInvariant();
        var written =
            from row in Row().Matches(File.ReadAllText(Repository.PathOf("docs", "protocol.md")))
            select $"{row.Groups[1]} {row.Groups[2]} {row.Groups[3]} {row.Groups[4]}";

        Assert.Equal(held.Order(StringComparer.Ordinal), written.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_server_takes_frames_in_their_order_only()
    {
        byte[][] order = [s_hello, s_proof];
        for (var step = 0; step < order.Length; step++)
        {
            foreach (var kind in s_kinds.Where(kind => kind != order[step][FrameHeader.Prefix] && (step > 0 || kind != FrameKind.Refusal)))
            {
                var error = Assert.Throws<ProtocolException>(() => Serve([.. order.Take(step).SelectMany(static frame => frame), .. RawPeer.Frame(kind, 0)]));
                Assert.Contains($"of kind {kind} came in the handshake where kind {order[step][FrameHeader.Prefix]} was expected", error.Message, StringComparison.Ordinal);
            }
        }

        Serve([.. s_hello, .. s_proof]);
    }

    [Fact]
    public void A_client_takes_frames_in_their_order_only()
    {
        byte[][] order = [s_challenge, s_welcome];
        for (var step = 0; step < order.Length; step++)
        {
            foreach (var kind in s_kinds.Where(kind => kind != order[step][FrameHeader.Prefix] && kind != FrameKind.Refusal))
            {
                var error = Assert.Throws<ProtocolException>(() => Dial([.. order.Take(step).SelectMany(static frame => frame), .. RawPeer.Frame(kind, 0)]));
                Assert.Contains($"of kind {kind} came in the handshake where kind {order[step][FrameHeader.Prefix]} was expected", error.Message, StringComparison.Ordinal);
            }

            byte[] refusal = RawPeer.Frame(FrameKind.Refusal, 0, Written(static to =>
            {
                to.WriteByte((byte)RefusalReason.Busy);
                to.WriteText("not now");
            }));
            Assert.Equal(RefusalReason.Busy, Assert.Throws<WireRefusedException>(() => Dial([.. order.Take(step).SelectMany(static frame => frame), .. refusal])).Reason);
        }

        Dial([.. s_challenge, .. s_welcome]);
    }

    /// <summary>Only before its hello may a client refuse: what it has against the other side it knows by then.</summary>
    [Fact]
    public void A_client_that_refuses_in_the_middle_is_a_protocol_error() =>
        Assert.Throws<ProtocolException>(() => Serve([.. s_hello, .. RawPeer.Frame(FrameKind.Refusal, 0, 3, 0)]));

#if DEBUG
    [Fact]
    public void A_side_that_sends_out_of_order_is_found()
    {
        var client = new HandshakeStream(new ScriptedTransport([]), WireRole.Client);
        Assert.Contains("does not send a frame of kind 2", Assert.ThrowsAny<Exception>(() => client.Send(FrameKind.Proof, static _ => { })).Message, StringComparison.Ordinal);

        var server = new HandshakeStream(new ScriptedTransport(s_hello), WireRole.Server);
        server.Receive(FrameKind.Hello);
        Assert.Contains("does not send a frame of kind 3", Assert.ThrowsAny<Exception>(() => server.Send(FrameKind.Welcome, static _ => { })).Message, StringComparison.Ordinal);
        server.Refuse(RefusalReason.Malformed, "no");
        Assert.ThrowsAny<Exception>(() => server.Refuse(RefusalReason.Malformed, "no"));
    }
#endif

    private static void Serve(byte[] script) => Handshake.AsServer(new(new ScriptedTransport(script), WireRole.Server), WireVersions.Own, "the tests", null);

    private static void Dial(byte[] script)
    {
        var options = Dialing(ByLoopback);
        Handshake.AsClient(new(new ScriptedTransport(script), WireRole.Client), new Hello(options.Versions, false, false, true, Guid.NewGuid(), 0, options.Role, options.Application), null);
    }

    private static byte[] Written(Action<ByteSink> write)
    {
        var bytes = new ByteSink();
        write(bytes);
        return bytes.Written.ToArray();
    }

    [GeneratedRegex(@"^\| (\w+) \| (\d+) \w+ \| (client|server) \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
