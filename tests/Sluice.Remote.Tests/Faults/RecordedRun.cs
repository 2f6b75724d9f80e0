namespace Sluice.Tests;

/// <summary>All bytes that a run and its part have sent to each other.</summary>
/// <param name="ToPart">What the run sent.</param>
/// <param name="ToRun">What the part answered.</param>
internal sealed record RecordedRun(byte[] ToPart, byte[] ToRun)
{
    /// <summary>The description of the items.</summary>
    internal static byte[] Description => ItemCodecs.DescriptionOf<int>(SnapshotOptions.Default);

    /// <summary>With items both ways, or with a sink and its result there.</summary>
    internal static Task RunAsync(Env env, bool hasSinkThere)
    {
        var there = Source.From(Enumerable.Range(0, 40).Where(static _ => true)).On(env).Through<int>(FaultyParts.Triple);
        return hasSinkThere ? there.To(FaultyParts.CountTriples).RunAsync() : there.On(Env.Caller).To(Sink.Count<int>()).RunAsync();
    }

    internal static async Task<RecordedRun> RecordAsync(bool hasSinkThere)
    {
        var tap = default(TappedTransport);
        var part = default(HostedSegment);
        var env = new ScriptedEnv(() =>
        {
            var (here, there) = SocketPair.Unix();
            tap = new(new SocketTransport(there));
            var connection = new Connection(tap, ConnectionOptions.Default);
            part = new(connection, SnapshotOptions.Default);
            connection.Start(part);
            return new Connection(here);
        });
        await Wait.For(RunAsync(env, hasSinkThere));
        await Wait.For(part!.Over);
        return new(tap!.Received, tap.Sent);
    }

    /// <summary>The blueprint of a part with items both ways; the edge into it is channel 0.</summary>
    internal static async Task<byte[]> BlueprintAsync()
    {
        var frame = StreamMutations.FramesOf((await RecordAsync(hasSinkThere: false)).ToPart)[0];
        var header = FrameHeader.Read(frame);
        Assert.Equal(SegmentFrame.Blueprint, header.Kind);
        return frame[header.Size..];
    }
}
