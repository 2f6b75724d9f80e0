namespace Sluice.Tests;

/// <summary>Damaged streams to a part of a pipeline, and damaged answers to a run: an error at worst. Never a crash, a hang, or memory without
/// bounds. SLUICE_FUZZ=N feeds N streams of each kind. No other test runs beside it: the memory of the process is watched.</summary>
[Trait("Category", "Stress")]
[Collection(WholeProcess.Name)]
[Trait("Configuration", "Release")]
public sealed class SegmentFuzzTests
{
    /// <summary>The memory of a connection and a run, and of an edge with as many items as may be under way.</summary>
    private const long MostAllocated = 16L << 20;

    private static readonly int? s_count = int.TryParse(Environment.GetEnvironmentVariable("SLUICE_FUZZ"), out var count) ? count : null;

    [Fact]
    public async Task A_part_survives_damaged_streams()
    {
        var recorded = await RecordAsync(static run => run.ToPart);
        await Fuzz(recorded, s_count ?? 5_000, 1, static async stream =>
        {
            var connection = new Connection(new ScriptedTransport(stream), ConnectionOptions.Default);
            var part = new HostedSegment(connection, SnapshotOptions.Default);
            connection.Start(part);
            await Wait.For(part.Over);
            await Wait.For(connection.Ended);
        });
    }

    [Fact]
    public async Task A_run_survives_damaged_answers()
    {
        var recorded = await RecordAsync(static run => run.ToRun);
        var kind = 0;
        await Fuzz(recorded, s_count ?? 2_000, 2, async stream =>
        {
            var env = new ScriptedEnv(() => new Connection(new ScriptedTransport(stream), ConnectionOptions.Default));
            var run = RecordedRun.RunAsync(env, hasSinkThere: kind++ % 2 == 0);
            await Wait.For(Task.WhenAny(run)); // with a result or with an error
            _ = run.Exception;
        });
    }

    [Fact]
    public async Task Undamaged_streams_do_what_they_did()
    {
        foreach (var hasSinkThere in (bool[])[true, false])
        {
            var recorded = await RecordedRun.RecordAsync(hasSinkThere);
            var transport = new ScriptedTransport(recorded.ToPart);
            var connection = new Connection(transport, ConnectionOptions.Default);
            var part = new HostedSegment(connection, SnapshotOptions.Default);
            connection.Start(part);
            await Wait.For(part.Over);

            var kinds = StreamMutations.FramesOf(transport.Sent).Select(static frame => FrameHeader.Read(frame).Kind).ToList();
            Assert.Contains(SegmentFrame.Prepared, kinds);
            Assert.DoesNotContain(SegmentFrame.Refused, kinds);
            Assert.Contains(SegmentFrame.Credit, kinds);
        }
    }

    private static async Task<byte[][]> RecordAsync(Func<RecordedRun, byte[]> side) =>
        [side(await RecordedRun.RecordAsync(hasSinkThere: true)), side(await RecordedRun.RecordAsync(hasSinkThere: false))];

    private static Task Fuzz(byte[][] recorded, int count, int seed, Func<byte[], Task> feed) => Seed.Run(seed, async random =>
    {
        var frames = Array.ConvertAll(recorded, static stream => StreamMutations.FramesOf(stream));
        var most = (Bytes: 0L, Number: 0);
        for (var i = 0; i < count; i++)
        {
            var one = i % 2;
            var stream = random.Next(3) == 0
                ? StreamMutations.Mutated(recorded[one], random)
                : StreamMutations.MutatedByFrames(frames[one], frames[1 - one], random);
            var before = GC.GetTotalAllocatedBytes();
            try
            {
                await feed(stream);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Stream {i}: {Convert.ToHexString(stream)}", error);
            }

            var bytes = GC.GetTotalAllocatedBytes() - before - (20 * stream.Length);
            most = bytes > most.Bytes ? (bytes, i) : most;
        }

        Assert.True(most.Bytes < MostAllocated, $"Stream {most.Number} took {most.Bytes} bytes.");
    });
}
