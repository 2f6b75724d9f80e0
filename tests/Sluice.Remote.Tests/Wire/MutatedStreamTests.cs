using System.Security.Authentication;

namespace Sluice.Tests;

/// <summary>27,500 streams that are damaged in one way or another: an error at worst.</summary>
[Trait("Category", "Stress")]
[Trait("Configuration", "Release")]
public sealed class MutatedStreamTests
{
    private static readonly Secret s_secret = new("a secret that the tests share");

    [Fact]
    public void A_damaged_handshake_is_an_error_to_the_server()
    {
        var hello = new ByteSink();
        new Hello(WireVersions.Own, true, false, true, new(1, 2, 3, new byte[8]), 5, "caller", "the tests").Write(hello);
        byte[] stream = [.. RawPeer.Frame(FrameKind.Hello, 0, hello.Written.ToArray()), .. RawPeer.Frame(FrameKind.Proof, 0, new byte[Secret.ProofSize])];
        StreamMutations.Mutate(stream, 15_000, 1, mutated =>
        {
            try
            {
                Handshake.AsServer(new(new ScriptedTransport(mutated) { Piece = 50 }, WireRole.Server), WireVersions.Own, "the tests", s_secret);
                Assert.Fail("Nobody can prove a secret by chance.");
            }
            catch (IOException)
            {
            }
            catch (ProtocolException)
            {
            }
        });
    }

    [Fact]
    public void A_damaged_handshake_is_an_error_to_the_client()
    {
        var challenge = new ByteSink();
        new Challenge(1, true, "the tests").Write(challenge);
        byte[] stream =
        [
            .. RawPeer.Frame(FrameKind.Challenge, 0, challenge.Written.ToArray()),
            .. RawPeer.Frame(FrameKind.Welcome, 0, [1, 0, .. new byte[Secret.ProofSize]]),
        ];
        var hello = new Hello(WireVersions.Own, true, false, true, new(1, 2, 3, new byte[8]), 0, "caller", "the tests");
        StreamMutations.Mutate(stream, 10_000, 2, mutated =>
        {
            try
            {
                Handshake.AsClient(new(new ScriptedTransport(mutated) { Piece = 50 }, WireRole.Client), hello, s_secret);
                Assert.Fail("Nobody can prove a secret by chance.");
            }
            catch (IOException)
            {
            }
            catch (ProtocolException)
            {
            }
            catch (AuthenticationException)
            {
            }
        });
    }

    [Theory]
    [InlineData(false, 1_500)]
    [InlineData(true, 1_000)]
    public async Task Damaged_frames_end_a_connection_at_worst_and_once(bool isNumbered, int count)
    {
        var bytes = new List<byte>();
        for (byte i = 0; i < 10; i++)
        {
            bytes.AddRange(RawPeer.Frame((byte)(20 + (20 * i)), i * 300, new byte[i * i]));
            bytes.AddRange(RawPeer.Frame(FrameKind.Ping, 0));
        }

        bytes.AddRange(RawPeer.Frame(FrameKind.Acknowledgement, 0, 0));
        bytes.AddRange(RawPeer.Frame(FrameKind.Continuation, 0, 11));
        bytes.AddRange(RawPeer.Frame(FrameKind.Failure, 0, 4, 65, 66));
        bytes.AddRange(RawPeer.Frame(FrameKind.Goodbye, 0));
        var streams = new List<byte[]>();
        StreamMutations.Mutate([.. bytes], count, isNumbered ? 4 : 3, streams.Add);
        var most = 0L;
        foreach (var stream in streams)
        {
            var heard = new Heard
            {
                OnReceived = (_, _, payload) => payload.ReadBytes(payload.Left),
                OnEnd = () => most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread()), // the reader lives as long as its connection
            };
            var connection = new Connection(
                new ScriptedTransport(stream) { Piece = 100 }, ConnectionOptions.Default, isNumbered ? new NoRecovery() : null);
            connection.Start(heard);
            await Wait.For(heard.End);
            await Wait.For(connection.Ended);
            Assert.Equal(1, heard.Ends);
        }

        Assert.True(most < 500_000, $"{most} bytes for one stream");
    }

    private sealed class NoRecovery() : Recovery(TimeSpan.Zero, TimeProvider.System)
    {
        internal override Resumption Next(long received, Exception why) => throw TooLate(why);
    }
}
