namespace Sluice;

/// <summary>The thread pool: the strand runs on any of its threads, and on no other.</summary>
internal sealed class PoolHost : StrandHost
{
    internal static PoolHost Instance { get; } = new();

    internal override bool IsHere => StrandThread.Current.Home is null && Thread.CurrentThread.IsThreadPoolThread;

    internal override int SpinCount => BriefWait.Rounds;

    internal override void Post(Strand strand, StrandEntry entry) => FreeHost.Instance.Post(strand, entry);
}
