using System.Diagnostics;

namespace Sluice;

/// <summary>An edge of one run: where from, where to, and to which of the inboxes there. Owner: the run's strand.</summary>
[DebuggerDisplay("{From.Name,nq} -> {To.Name,nq}")]
internal sealed class Edge(Node from, Node to, int slot)
{
    internal Node From => from;

    internal Node To => to;

    internal int Slot => slot;

    /// <summary>The edge that was added next to the same inbox; null for the last one.</summary>
    internal Edge? NextOfSlot { get; set; }

    /// <summary>Gets whether the way to it is so long that a send along it looks whether the stack has room for what is behind it.</summary>
    internal bool IsDeep => to.Depth >= SendDepth.First && from.Depth / SendDepth.Between != to.Depth / SendDepth.Between;

    /// <summary>Its target, if that holds items back; else null.</summary>
    internal IDeepEdge? Deep { get; set; }

    /// <summary>Nothing more comes along it: the stage before has closed it, or has ended.</summary>
    internal bool HasEnded { get; set; }

    /// <summary>The mark that is under way has come along it.</summary>
    internal bool IsMarked { get; set; }

    /// <summary>Items that were sent, and those whose send has completed. Written by the strand's holder, read from anywhere.</summary>
    internal long Sent;
    internal long Completed;

    /// <summary>Guards the two fields below: a reader on another thread has to see them together.</summary>
    private readonly Lock _waits = new();

    /// <summary>The time that sends have waited that wait no more, less the times at which those began that still wait. In ticks of the
    /// run's clock.</summary>
    private long _blocked;
    private int _waiting;

    /// <summary>Gets whether a send waits now. From any thread.</summary>
    internal bool IsBlocked => Volatile.Read(ref _waiting) > 0;

    internal void BeginWait(long now)
    {
        lock (_waits)
        {
            _waiting++;
            _blocked -= now;
        }
    }

    internal void EndWait(long now)
    {
        lock (_waits)
        {
            _waiting--;
            _blocked += now;
        }
    }

    /// <summary>The time that sends have waited until now, those that still wait among them. From any thread.</summary>
    internal long BlockedUntil(long now)
    {
        lock (_waits)
        {
            return _blocked + (_waiting * now);
        }
    }
}
