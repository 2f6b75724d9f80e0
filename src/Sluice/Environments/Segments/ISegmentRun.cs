namespace Sluice;

/// <summary>One run of a segment, wherever it is. May be called from any thread, in this order: <see cref="PrepareAsync"/>,
/// <see cref="Go"/> or <see cref="Cancel"/> or both, when all segments are prepared or could not be, and at last <see cref="EndAsync"/>.</summary>
internal interface ISegmentRun
{
    /// <summary>Completes when every stage waits for items.</summary>
    Task PrepareAsync();

    /// <summary>The tokens with which its stages wait in this process.</summary>
    IEnumerable<CancellationToken> Tokens => [];

    /// <summary>The sources start, on another thread than this.</summary>
    void Go();

    /// <summary>Gives up preparing, if that takes long; at any time.</summary>
    void CancelPreparing()
    {
    }

    void Cancel();

    void StopIntake();

    /// <summary>The first failure of the run, in this segment or in another: what waits here with its token goes on, and ends.</summary>
    void EndWork(Exception failure);

    /// <summary>Completes when all nodes have ended, and nothing of the place is left. Does not fail: failures are reported to the run.</summary>
    Task EndAsync();

    /// <summary>Gets whether it was cancelled before it ended.</summary>
    bool WasCanceled { get; }

    /// <summary>The result of a sink in it.</summary>
    object? ResultOf(GraphNode sink);

    /// <summary>The state of the nodes of the segment's graph.</summary>
    IReadOnlyList<NodeStatus> Nodes { get; }

    /// <summary>A mark begins at its sources, and is expected at its entries. Any thread.</summary>
    void SendMark(Mark mark);

    /// <inheritdoc cref="IPipelineRun.LookAtSources"/>
    void LookAtSources();

    /// <summary>The mark is taken back. Any thread.</summary>
    void DropMark(Mark mark);

    /// <summary>Sends what was put in for it, now that no one here has more to do.</summary>
    void Flush()
    {
    }

    /// <summary>The other ends of the edges that cross.</summary>
    Outlet<T> OutletTo<T>(Crossing crossing);
}
