namespace Sluice.Tests;

/// <summary>An environment elsewhere whose connection the test makes, a new one for each run.</summary>
internal sealed class ScriptedEnv(Func<Connection> connect, int capacity = 16) : Env
{
    internal override bool IsRemote => true;

    /// <summary>The segment of the last run.</summary>
    internal RemoteSegment? Segment { get; private set; }

    internal override int? Capacity => capacity;

    public override string ToString() => "script";

    internal override ISegmentRun Host(Segment segment, SegmentedRun run) =>
        Segment = new ScriptedSegment(segment, run, new TcpOptions { Capacity = capacity }, connect);

    private sealed class ScriptedSegment(Segment segment, SegmentedRun whole, RemoteOptions options, Func<Connection> connect) : RemoteSegment(segment, whole, options)
    {
        internal override string Peer => "the script";

        private protected override Task<Connection> ConnectAsync(CancellationToken cancellationToken) => Task.FromResult(connect());

        private protected override Task<Exception> ExplainAsync(Exception cause) => Task.FromResult(cause);

        private protected override Task ReleaseAsync() => Task.CompletedTask;
    }
}
