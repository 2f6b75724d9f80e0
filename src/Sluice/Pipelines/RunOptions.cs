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

    /// <summary>Gets whether <see cref="PipelineRun.Nodes"/> counts items and waiting times. Costs a call for each item and edge,
    /// and an allocation for each send that waits. Default: no.</summary>
    public bool CountItems { get; init; }

    /// <summary>The effect of an input that ends in the middle of a stage: while a coroutine that the stage has delegated to, by awaiting it,
    /// waits for more and does not handle the end. Default: <see cref="IncompleteInput.Fail"/>, the run fails with an
    /// <see cref="IncompleteInputException"/>.</summary>
    /// <remarks>An end in a receive of the stage's own coroutine is always normal. So is one in a run that fails or is cancelled, and in a
    /// stage whose results no one takes any more. That a run is stopped (<see cref="PipelineRun.StopAsync"/>) is an end of the input. It is
    /// the same for parts in other places and for the coroutines of a <c>ForEachKey</c>, also one that is closed because it was idle.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: the value is none of the enumeration.</exception>
    public IncompleteInput IncompleteInput
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "This is none of the values of IncompleteInput.");
    }

    /// <summary>Starts the nodes of a run whose state is kept. Default: none, each starts afresh.</summary>
    internal NodeStarter? Starter { get; init; }

    /// <summary>The environments of single nodes in this run, by name: it moves a node without touching the code that built the pipeline.
    /// What is before and behind the node stays where it was. Default: empty.</summary>
    /// <remarks>A name that no node has fails the run before it starts. <see cref="PipelineGraph.Nodes"/> lists the names.</remarks>
    public IDictionary<string, Env> Placement { get; init; } = new Dictionary<string, Env>(StringComparer.Ordinal);
}
