namespace Sluice;

internal sealed class ProcessEnv(ProcessOptions options) : Env
{
    internal override bool IsRemote => true;

    internal override int? Capacity => options.Capacity;

    public override string ToString() => "process";

    internal override ISegmentRun Host(Segment segment, SegmentedRun run)
    {
        RuntimeSupport.Require("Env.Process"); // first: a part of such a program cannot even be captured
        if (options.Executable is null)
        {
            WorkerProgram.RequireHooks();
        }

        return new ProcessSegment(segment, run, options);
    }
}
