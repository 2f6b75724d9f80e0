namespace Sluice.Tests;

/// <summary>Messages that the protocol does not have at a place, and damaged ones: the connection ends with a <see cref="ProtocolException"/>.
/// Once an unknown control message counted as the end of its edge, so that a run ended well with what it had until then.</summary>
public sealed class UnknownMessageTests
{
    /// <summary>No control message has this number.</summary>
    private const byte UnknownControl = 200;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_unknown_control_message_ends_the_connection_at_the_part(bool hasSinkThere)
    {
        var recorded = await RecordedRun.RecordAsync(hasSinkThere);

        Assert.Contains($"control message of kind {UnknownControl}", await OutcomeOfPart(WithUnknownControl(recorded.ToPart)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_control_message_fails_the_run()
    {
        var recorded = await RecordedRun.RecordAsync(hasSinkThere: false);
        var stream = WithUnknownControl(recorded.ToRun);

        var error = await FailureOfRun(stream);

        Assert.Contains($"control message of kind {UnknownControl}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(15)] // of connections
    [InlineData(31)] // of segments
    [InlineData(63)] // of edges
    [InlineData(127)]
    public async Task A_frame_of_an_unknown_kind_ends_the_connection_on_both_sides(byte kind)
    {
        var recorded = await RecordedRun.RecordAsync(hasSinkThere: false);

        Assert.Contains($"frame of kind {kind}", await OutcomeOfPart(WithControlAsKind(recorded.ToPart, kind)), StringComparison.Ordinal);
        Assert.Contains($"frame of kind {kind}", (await FailureOfRun(WithControlAsKind(recorded.ToRun, kind))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SegmentFrame.Blueprint)]
    [InlineData(SegmentFrame.Go)]
    public async Task A_message_that_comes_twice_and_has_its_place_once_ends_the_connection(byte kind)
    {
        var frames = StreamMutations.FramesOf((await RecordedRun.RecordAsync(hasSinkThere: false)).ToPart).ToList();
        var first = frames.FindIndex(frame => FrameHeader.Read(frame).Kind == kind);
        frames.Insert(first + 1, frames[first]);

        Assert.Contains($"frame of kind {kind}, which has no place there", await OutcomeOfPart([.. frames.SelectMany(static frame => frame)]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_frame_that_ends_too_early_is_called_damaged()
    {
        var recorded = await RecordedRun.RecordAsync(hasSinkThere: false);
        var stream = Changed(recorded.ToRun, static frame => frame[^1] |= 0x80); // the number of the message goes on behind its end

        var error = await FailureOfRun(stream);

        Assert.Contains("damaged frame", error.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidDataException>(error.InnerException);
    }

    private static async Task<string> OutcomeOfPart(byte[] stream)
    {
        var connection = new Connection(new ScriptedTransport(stream), ConnectionOptions.Default);
        var part = new HostedSegment(connection, SnapshotOptions.Default);
        connection.Start(part);
        await Wait.For(part.Over);
        return part.Outcome;
    }

    private static async Task<ProtocolException> FailureOfRun(byte[] stream)
    {
        var run = RecordedRun.RunAsync(new ScriptedEnv(() => new Connection(new ScriptedTransport(stream), ConnectionOptions.Default)), hasSinkThere: false);
        await Wait.For(Task.WhenAny(run));
        return Assert.IsType<ProtocolException>(run.Exception?.InnerException);
    }

    private static byte[] WithUnknownControl(byte[] stream) => Changed(stream, static frame => frame[FrameHeader.Read(frame).Size] = UnknownControl);

    private static byte[] WithControlAsKind(byte[] stream, byte kind) => Changed(stream, frame => frame[FrameHeader.Prefix] = kind);

    /// <summary>The stream without its items and their credit, and with its control message changed.</summary>
    private static byte[] Changed(byte[] stream, Action<byte[]> change)
    {
        var frames = StreamMutations.FramesOf(stream)
            .Where(static frame => FrameHeader.Read(frame).Kind is SegmentFrame.Blueprint or SegmentFrame.Prepared or SegmentFrame.Go or SegmentFrame.Description or SegmentFrame.Control)
            .ToList();
        change(frames.Last(static frame => FrameHeader.Read(frame).Kind == SegmentFrame.Control));
        return [.. frames.SelectMany(static frame => frame)];
    }
}
