namespace Sluice;

internal sealed class InlineEnv : Env
{
    internal override int? Capacity => null;

    public override string ToString() => "inline";

    internal override ISegmentRun Host(Segment segment, SegmentedRun run) => throw new InvalidOperationException("Inline is no place of its own.");
}

internal sealed class CallerEnv : Env
{
    internal override int? Capacity => null;

    public override string ToString() => "caller";

    /// <summary>Unless the caller is a host, such as an event loop: what was started there stays there.</summary>
    internal override bool RunsSourcesApart => StrandHost.Current is null;

    internal override ISegmentRun Host(Segment segment, SegmentedRun run) => new LocalSegment(segment, run, StrandHost.Current ?? FreeHost.Instance);
}

/// <param name="capacity">How many items its boundary holds.</param>
/// <param name="number">What its thread's name ends with, if there are several.</param>
internal sealed class ThreadEnv(int capacity, string number = "") : Env
{
    internal override int? Capacity => capacity;

    public override string ToString() => "thread";

    internal override ISegmentRun Host(Segment segment, SegmentedRun run) => new LocalSegment(segment, run, new ThreadHost($"Sluice: {segment.Origins.First(static node => node is not null)!.Name}{number}"));
}

/// <summary>A host of someone else, such as an event loop.</summary>
internal sealed class HostEnv(StrandHost host, string name, int capacity) : Env
{
    internal override int? Capacity => capacity;

    public override string ToString() => name;

    internal override ISegmentRun Host(Segment segment, SegmentedRun run) => host.HasEnded
        ? throw new InvalidOperationException($"The {name} has ended: a pipeline that has a part there cannot run.")
        : new LocalSegment(segment, run, host);
}

internal sealed class ThreadPoolEnv(int capacity) : Env
{
    internal override int? Capacity => capacity;

    public override string ToString() => "thread pool";

    internal override bool RunsSourcesApart => true;

    internal override ISegmentRun Host(Segment segment, SegmentedRun run) => new LocalSegment(segment, run, PoolHost.Instance);
}
