namespace Sluice;

/// <summary>The thread pool: the strand runs on any of its threads, and on no other.</summary>
internal sealed class PoolHost : StrandHost
{
    internal static PoolHost Instance { get; } = new();

    public override bool IsHere => StrandThread.Current.Home is null && Thread.CurrentThread.IsThreadPoolThread;

    public override int SpinCount => ShortSpin.Rounds;

    public override void Post(StrandTurn turn) => FreeHost.Instance.Post(turn);
}
