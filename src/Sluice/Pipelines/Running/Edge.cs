using System.Diagnostics;

namespace Sluice;

/// <summary>An edge of one run: where from, where to, and to which of the inboxes there. Owner: the run's strand.</summary>
[DebuggerDisplay("{From.Name,nq} -> {To.Name,nq}")]
internal sealed class Edge(Node from, Node to, int slot)
{
    internal Node From => from;

    internal Node To => to;

    internal int Slot => slot;

    /// <summary>Nothing more comes along it: the stage before has closed it, or has ended.</summary>
    internal bool HasEnded { get; set; }

    /// <summary>Items that were sent, and those whose send has completed. Written by the strand's holder, read from anywhere.</summary>
    internal long Sent;
    internal long Completed;

    /// <summary>How long sends have waited, in ticks of the run's clock.</summary>
    internal long Blocked;
}
