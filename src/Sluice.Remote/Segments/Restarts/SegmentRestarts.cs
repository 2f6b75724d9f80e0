namespace Sluice;

/// <summary>The restarts of a segment elsewhere (<see cref="ProcessOptions.MaxRestarts"/>): when its other side is lost another one takes its place, and what
/// was not handled is sent to it again. A segment that is never restarted has no such object, and edges that keep nothing.</summary>
/// <param name="segment">The segment.</param>
/// <param name="graph">Its nodes.</param>
/// <param name="mayRestart">Completes when it is time for another side; false if there is to be none.</param>
#pragma warning disable CA1001 // no one takes the semaphore's wait handle: nothing to dispose of
internal sealed class SegmentRestarts(RemoteSegment segment, Segment graph, Func<Exception, CancellationToken, Task<bool>> mayRestart)
#pragma warning restore CA1001
{
    private readonly EdgeGroups _groups = new(graph.Graph, graph.Entries, graph.Exits);

    /// <summary>Held while a side is prepared. The next one may be lost before that is done.</summary>
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Gets whether another side is being made: from before the ends are suspended until before they are resumed.</summary>
    internal bool IsReplacing => segment.State is RemoteSegmentState.Replacing or RemoteSegmentState.ReplacingGoing;

    /// <summary>The edges where they go on.</summary>
    internal IEnumerable<EdgePosition> ExitPositions
    {
        get
        {
            var ends = segment.Ends.ToDictionary();
            return graph.Exits.Select(exit => ends.TryGetValue(exit.Channel, out var end) ? ((IReplayedEnd)end).Position : EdgePosition.Start);
        }
    }

    /// <summary>Gets whether a new side can take over: items sent to it can be sent again, and its own outputs have not ended.</summary>
    private bool CanRestart => !segment.Cancellation.IsCancellationRequested && graph.Entries.Count > 0 && !segment.HasRunFailed
        && segment.Ends.All(static end => !end.Value.HasEnded)
        && graph.Graph.Nodes.All(node => node.Kind != NodeKind.Source || graph.Origins[node.Index] is null);

    /// <summary>Prepares the first side. One that is lost right after that is replaced only then.</summary>
    internal async Task InTurnAsync(Func<Task> prepare)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await prepare().ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>The other side has handled something that came along an edge: what it has sent before that counts, along all edges that hang together with
    /// it. On the reading thread.</summary>
    internal void HasHandled(int channel)
    {
        foreach (var (number, end) in segment.Ends)
        {
            if (_groups.AreTogether(number, channel))
            {
                ((IReplayedEnd)end).Commit();
            }
        }
    }

    /// <summary>The other side is lost: replaces it, if need be several times, or gives the segment up.</summary>
    internal Task ReplaceAsync(Exception reason) => InTurnAsync(async () =>
    {
        if (segment.State is RemoteSegmentState.Ended or RemoteSegmentState.Over)
        {
            return; // the thread that had to replace the one before has given up, or a cancellation has ended it
        }

        while (CanRestart)
        {
            try
            {
                if (!await mayRestart(reason, segment.Cancellation).ConfigureAwait(false))
                {
                    break;
                }

                await RestartAsync().ConfigureAwait(false);
                return;
            }
            catch (Exception error)
            {
                reason = error;
            }
        }

        segment.GiveUp(reason);
    });

    private async Task RestartAsync()
    {
        segment.BeginReplacing(); // first: ends that are made from now on see it, the others are informed
        ForEachEnd(static end => end.Suspend());
        await segment.PrepareAgainAsync().ConfigureAwait(false);
        segment.EndReplacing();
        Interlocked.MemoryBarrier(); // a cancellation was sent to this one, or is seen here
        segment.Cancellation.ThrowIfCancellationRequested();
        ForEachEnd(static end => end.Resume());
    }

    private void ForEachEnd(Action<IReplayedEnd> action)
    {
        foreach (var (_, end) in segment.Ends)
        {
            action((IReplayedEnd)end);
        }
    }
}
