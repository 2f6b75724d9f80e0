using System.Net;

namespace Sluice;

internal sealed class TcpEnv(EndPoint address, TcpOptions options) : Env
{
    internal override bool IsRemote => true;

    internal override int? Capacity => options.Capacity;

    public override string ToString() => $"worker at {address}";

    internal override ISegmentRun Host(Segment segment, SegmentedRun run)
    {
        RuntimeSupport.Require("Env.Tcp"); // first: a part of such a program cannot even be captured
        return new TcpSegment(segment, run, address, options);
    }
}
