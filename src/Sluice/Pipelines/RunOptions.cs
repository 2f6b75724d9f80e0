namespace Sluice;

/// <summary>Options of one run of a pipeline. Thread safety: fill them before their first use; from then on any number of threads
/// may use them.</summary>
public sealed class RunOptions
{
    internal static readonly RunOptions Default = new();

    /// <summary>The clock of everything in the run that waits for time, such as following a file. Default: the clock of the
    /// event loop that the run is started on, otherwise the system's.</summary>
    public TimeProvider TimeProvider
    {
        get => field ?? StrandHost.Current?.TimeProvider ?? TimeProvider.System;
        init;
    }

    /// <summary>Whether <see cref="PipelineRun.Nodes"/> counts items and waiting times. Costs a call for each item and edge,
    /// and an allocation for each send that waits. Default: no.</summary>
    public bool CountItems { get; init; }

    /// <summary>Where single nodes run in this run, by name: it moves a node without touching the code that built the pipeline.
    /// What is before and behind the node stays where it was. Default: empty.</summary>
    /// <remarks>A name that no node has fails the run before it starts. <see cref="PipelineGraph.Nodes"/> lists the names.</remarks>
    public IDictionary<string, Env> Placement { get; init; } = new Dictionary<string, Env>(StringComparer.Ordinal);
}
