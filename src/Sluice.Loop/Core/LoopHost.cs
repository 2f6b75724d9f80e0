namespace Sluice;

/// <summary>An event loop as the place of strands. A loop that has ended is no place any more: then they run anywhere.</summary>
internal sealed class LoopHost(EventLoop loop) : StrandHost
{
    internal EventLoop Loop => loop;

    internal override TimeProvider TimeProvider => loop.TimeProvider;

    internal override bool IsHere => loop.IsOnThread || loop.HasEnded;

    internal override void Post(Strand strand, StrandEntry entry) => loop.PostFromAnywhere(new(() => strand.Enter(entry), null));
}
