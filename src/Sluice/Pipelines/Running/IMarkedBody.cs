using Sluice.Bytes;

namespace Sluice;

/// <summary>A body that has a coroutine, which has to be at rest when the node is captured. Within the strand.</summary>
internal interface IMarkedBody
{
    /// <summary>While a mark is on its way, the items that come in a pause of the coroutine are held; while it has come along some of the inputs, also what the coroutine does not read of the others.</summary>
    void HoldItems(PortHolding which);

    /// <summary>Tells the watcher when the coroutine is at rest, at the earliest in a turn of its own, and keeps it there. Null takes that back.</summary>
    void WatchRest(IRestWatcher? watcher);

    /// <summary>The coroutine goes on.</summary>
    void Thaw();

    /// <summary>Returns whether the sender of an item waits at one of the inboxes.</summary>
    bool HasPendingItems(int slot) => false;

    /// <summary>The node is captured: the mark goes on to another segment, if that is behind it.</summary>
    void PassOn(long number)
    {
    }
}

/// <summary>The body of a source, which may know where it stands. Within the strand.</summary>
internal interface IPositionedBody
{
    /// <summary>False: it has not started, so it begins where it would have begun.</summary>
    bool TryWritePosition(ByteSink to);

    /// <summary>Gets what is to be told when the position is committed at which the source stands now; null for most sources.</summary>
    ICommitListener? CommitListener { get; }

    /// <summary>Gets whether it had ended when the state was stored at which the run goes on.</summary>
    bool HadEnded { get; }

    /// <inheritdoc cref="ISourcePosition.IsToldAfterEnd"/>
    bool IsToldAfterEnd { get; }
}
