namespace Sluice;

/// <summary>A pipeline's run that was started on the loop: a task of the loop, with a scope of its own, in which its stages run.</summary>
/// <remarks>Owner: the loop's thread, except that <see cref="End"/> is called on any.</remarks>
internal sealed class LoopRun : HostedRun
{
    private readonly EventLoop _loop;
    private readonly CancelScope _scope;

    /// <summary>Begins in the current scope, and makes the run's own the current one.</summary>
    internal LoopRun(EventLoop loop, PipelineGraph graph)
    {
        _loop = loop;
        _scope = CancelScope.OfRun(loop.CurrentScope, this, $"pipeline {graph.Nodes[0]} to {graph.Nodes[^1]}");
        Cancellation = _scope.Token;
        loop.Work.Tasks++;
        loop.Work.Runs++;
        EventLoop.SetCurrentScope(_scope);
    }

    public override CancellationToken Cancellation { get; }

    /// <summary>Cancels the waits of the stages at the loop, as their tokens are cancelled.</summary>
    public override void EndWork() => _loop.TryPost(new((Action)_scope.Cancel, null));

    /// <summary>The loop is told in a turn of its own: leaving the scope calls callbacks of tokens, which are not for the run's strand.
    /// A loop that has ended without the run counts no more.</summary>
    public override void End() => _loop.TryPost(new((Action)Leave, null));

    private void Leave()
    {
        var around = _scope.Parent;
        _scope.Leave();
        _loop.Work.Tasks--;
        _loop.Work.Runs--;
        around.RunEnded();
    }
}
