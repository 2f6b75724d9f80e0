namespace Sluice;

/// <summary>A <see cref="StrandHost"/> that takes part in the runs that are started on its thread, such as an event loop that counts
/// them as its tasks and cancels them with its own.</summary>
/// <remarks>Thread safety: called on the host's thread only.</remarks>
public interface IRunHost
{
    /// <summary>Notes that a run is about to start on the calling thread, where this host is <see cref="StrandHost.Current"/>. Nothing of
    /// the run is made yet.</summary>
    /// <remarks>What this changes in the execution context (values of <see cref="AsyncLocal{T}"/>) is seen by the run, and not by the
    /// caller of <see cref="Pipeline.RunAsync(CancellationToken)"/> or <see cref="Pipeline.StartAsync"/>. What it throws comes out of that call.</remarks>
    /// <param name="graph">The graph of the pipeline.</param>
    /// <returns>The host's side of the run; null if the host takes no part in it.</returns>
    HostedRun? BeginRun(PipelineGraph graph);
}
