namespace Sluice;

internal sealed class LoopEnv(EventLoop loop, int capacity) : Env
{
    internal override int? Capacity => capacity;

    public override string ToString() => $"loop '{loop.Name}'";

    internal override ISegmentRun Host(Segment segment, SegmentedRun run) => loop.HasEnded
        ? throw new InvalidOperationException($"The event loop '{loop.Name}' has ended: a pipeline that has a part there cannot run.")
        : new LocalSegment(segment, run, loop.Host);
}
