namespace Sluice;

/// <summary>An event loop as the host of strands. When it has ended they run anywhere.</summary>
internal sealed class LoopHost(EventLoop loop) : StrandHost, IRunHost
{
    internal EventLoop Loop => loop;

    public override TimeProvider TimeProvider => loop.TimeProvider;

    public override bool IsHere => loop.IsOnThread || loop.HasEnded;

    public override bool HasEnded => loop.HasEnded;

    public override void Post(StrandTurn turn) => loop.PostFromAnywhere(new(turn.Run, null));

    public HostedRun BeginRun(PipelineGraph graph) => new LoopRun(loop, graph);

    /// <summary>The calling thread runs the loop from now on.</summary>
    /// <returns>The host that it ran before, to be given back to <see cref="Leave"/>.</returns>
    internal StrandHost? Enter()
    {
        var outer = Current;
        Current = this;
        return outer;
    }

    internal static void Leave(StrandHost? outer) => Current = outer;
}
