namespace Sluice;

/// <content>The failures of the run: which are new, and what waits when there is one.</content>
internal sealed partial class Run
{
    internal void Fail(Node node, Exception failure)
    {
        if (!HasFailedWith(failure) && !TellsOfFailureThatIsKnown(failure))
        {
            if (!IsInner)
            {
                failure.Note("Sluice.Stage", node.Name);
            }
            else if (node != _nodes[^1]) // the last one tells of what is behind the outer stage
            {
                failure.Note("Sluice.InnerStage", node.Name);
            }

            Add(failure);
        }

        EndMark(null, hasPassed: false);
    }

    /// <summary>A failure has come along an edge from another segment, which reports it.</summary>
    internal void Learn(Exception failureElsewhere)
    {
        _knownFailures.TryAdd(failureElsewhere, new(failureElsewhere));
        Interlocked.CompareExchange(ref _firstFailure, failureElsewhere, null);
        EndMark(null, hasPassed: false);
    }

    /// <summary>A coroutine has ended with a failure, which goes on to other nodes.</summary>
    internal void NotePassing(Exception? failure)
    {
        if (failure is not null && _knownFailures.TryGetValue(failure, out var passing))
        {
            passing.Pass();
        }
    }

    internal bool HasFailedWith(Exception error) => ReferenceEquals(FirstFailure, error) || _knownFailures.ContainsKey(error);

    /// <summary>A node has failed: what waits in the run with its token goes on, and ends.</summary>
    internal void EndWork(Node failed)
    {
        _origin?.EndWork();
        foreach (var error in _ended.Cancel())
        {
            Fail(failed, error);
        }
    }

    /// <summary>The same for another segment's failure, ahead of the reports along the edges, behind the items. Any thread;
    /// callbacks of tokens run on it.</summary>
    /// <returns>What callbacks have thrown.</returns>
    internal IReadOnlyList<Exception> EndWork(Exception failureElsewhere) =>
        Interlocked.CompareExchange(ref _firstFailure, failureElsewhere, null) is null // first: a cancellation that it causes is classified by this
            ? _ended.Cancel()
            : [];

    /// <summary>A send that waited for a receiver which failed: its sender has failed too, but of nothing new.</summary>
    private bool TellsOfFailureThatIsKnown(Exception failure)
    {
        var at = failure;
        while (at is TargetClosedException { Failed: true, InnerException: { } cause })
        {
            at = cause;
        }

        return HasFailedWith(at);
    }

    private void Add(Exception failure)
    {
        _failures.Add(failure);
        _knownFailures[failure] = new(failure);
        Interlocked.CompareExchange(ref _firstFailure, failure, null);
        Links?.Failed(failure);
    }
}
