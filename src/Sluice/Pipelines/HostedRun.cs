namespace Sluice;

/// <summary>A run as the host sees it on which it was started: see <see cref="IRunHost"/>.</summary>
/// <remarks>Life: <see cref="IRunHost.BeginRun"/> makes it; then <see cref="Run"/> is set, and the run starts; at last <see cref="End"/> is
/// called, once. A run that could not be made is ended without a <see cref="Run"/>. The run refers to this object until it has
/// ended, and so does all that can resume it.</remarks>
public abstract class HostedRun
{
    /// <summary>The run, to look at; null before it is made. From any thread.</summary>
    public PipelineRun? Run { get; internal set; }

    /// <summary>The tokens with which stages of the run wait in this process; none before it is made. They refer to what waits with them, and
    /// to nothing else of the run: who holds them, and lets go of all else, can see by a garbage collection whether a cancellation would
    /// end a wait. From any thread.</summary>
    public IReadOnlyList<CancellationToken> StageTokens => Run is { } run ? [.. run.Tokens] : [];

    /// <summary>Cancels the run, besides the caller's own token. Asked for once, on the host's thread. If it is cancelled already the run
    /// does not start. The token does not keep the run alive: the host does, by holding this object until <see cref="End"/>.</summary>
    public abstract CancellationToken Cancellation { get; }

    /// <summary>Ends what the run's stages wait for at the host: the run was cancelled, in any way, or has failed. May be called more
    /// than once, also after <see cref="End"/>, on any thread: it must neither block nor throw. Default: does nothing.</summary>
    public virtual void EndWork()
    {
    }

    /// <summary>Notes that every node of the run has ended, or that the run could not start. Called before the run's task completes, on
    /// any thread, within the run's strand or outside of it: it must neither block nor throw.</summary>
    public abstract void End();
}
