namespace Sluice;

/// <summary>No thread in particular: the strand runs wherever it is entered, unless that thread is inside another strand, which
/// would wait for that long. Then it runs on the pool.</summary>
internal sealed class FreeHost : StrandHost
{
    internal static FreeHost Instance { get; } = new();

    public override bool IsHere => StrandThread.Current.Home is null;

    public override int SpinCount => ShortSpin.Rounds;

    public override void Post(StrandTurn turn) => ThreadPool.UnsafeQueueUserWorkItem(static turn => turn.Run(), turn, preferLocal: false);
}
