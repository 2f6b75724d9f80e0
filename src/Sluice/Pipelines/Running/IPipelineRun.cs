namespace Sluice;

/// <summary>One run of a pipeline, as its task and its handle see it: in one place, or in several.</summary>
internal interface IPipelineRun
{
    TimeProvider TimeProvider { get; }

    /// <summary>The tokens with which its stages wait in this process. They do not refer to the run, but for what waits with them.</summary>
    IEnumerable<CancellationToken> Tokens { get; }

    /// <summary>Gets whether the edges count what goes along them.</summary>
    bool CountsItems { get; }

    /// <summary>All failures, the first one first. When the run has ended.</summary>
    IReadOnlyList<Exception> Failures { get; }

    /// <summary>Gets whether it was cancelled. When the run has ended.</summary>
    bool WasCanceled { get; }

    /// <summary>The result of the last sink, when the run has ended normally.</summary>
    object? Result { get; }

    /// <summary>The state of each node, in the order of the graph. From any thread.</summary>
    IReadOnlyList<NodeStatus> Nodes { get; }

    /// <summary>Begins, on the caller's stack up to the first wait for something outside. Once, or <see cref="StartBeside"/>.</summary>
    void Start();

    /// <summary>Begins, not on the caller's stack: at the host that the caller is on, or on the thread pool. <paramref name="ready"/> is
    /// called when all nodes wait, before the sources start, or when it comes to that no more.</summary>
    void StartBeside(Action ready);

    /// <summary>From any thread.</summary>
    void Cancel();

    /// <summary>Sends a mark through the run, from its sources. One at a time. Any thread; it is told by <see cref="Mark.Passed"/> or <see cref="Mark.Dropped"/>.</summary>
    void SendMark(Mark mark);

    /// <summary>Takes a mark back that is under way. Any thread.</summary>
    void DropMark(Mark mark);

    /// <summary>From any thread: asks all sources to give no more items.</summary>
    void StopIntake();
}
