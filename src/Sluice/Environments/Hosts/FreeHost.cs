namespace Sluice;

/// <summary>No thread in particular: the strand runs wherever it is entered, unless that thread is inside another strand, which
/// would wait meanwhile. Then it runs on the pool.</summary>
internal sealed class FreeHost : StrandHost
{
    internal static FreeHost Instance { get; } = new();

    internal override bool IsHere => StrandThread.Current.Home is null;

    internal override int SpinCount => BriefWait.Rounds;

    internal override void Post(Strand strand, StrandEntry entry) => ThreadPool.UnsafeQueueUserWorkItem(new Turn(strand, entry), preferLocal: false);

    private sealed class Turn(Strand strand, StrandEntry entry) : IThreadPoolWorkItem
    {
        public void Execute() => strand.Enter(entry);
    }
}
