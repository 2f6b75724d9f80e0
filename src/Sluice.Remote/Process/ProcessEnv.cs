namespace Sluice;

internal sealed class ProcessEnv(ProcessOptions options) : Env
{
    internal override bool IsRemote => true;

    internal override int? Capacity => options.Capacity;

    public override string ToString() => "process";

    internal override ISegmentRun Host(Segment segment, SegmentedRun run) => new ProcessSegment(segment, run, options);
}
