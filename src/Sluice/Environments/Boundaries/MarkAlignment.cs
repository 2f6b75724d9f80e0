using System.Diagnostics;

namespace Sluice;

/// <summary>A mark at an entry that reads from several edges: it counts when it has come along each of them that has not ended. An edge along which it has come is not read
/// until then, so what comes after the mark waits in its ring (rule 13).</summary>
/// <remarks>Owner: the strand of the entry.</remarks>
internal sealed class MarkAlignment(int edges)
{
    private readonly bool[] _holds = new bool[edges];
    private int _count;

    /// <summary>The number of the mark that is under way, or was the last one.</summary>
    internal long Number { get; private set; } = -1;

    /// <summary>Gets whether it has come along an edge, and is not over.</summary>
    internal bool IsUnderWay => _count > 0;

    /// <summary>Called when edges are not held any more.</summary>
    internal Action? Released { private get; set; }

    /// <summary>Gets whether an edge must not be read.</summary>
    internal bool Holds(int edge) => _holds[edge];

    /// <summary>Returns whether it has come along all edges.</summary>
    /// <param name="open">The number of edges that have not ended.</param>
    internal bool IsWhole(int open) => _count > 0 && _count == open;

    /// <summary>A mark has come along an edge, or the end, which counts as one. A newer mark says that the one before was given up; one that is over is nothing.</summary>
    /// <param name="edge">The edge.</param>
    /// <param name="number">The mark's number.</param>
    /// <param name="last">The marks up to this one are over in the segment.</param>
    internal void Add(int edge, long number, long last)
    {
        if (number <= last || number < Number || (number == Number && !IsUnderWay))
        {
            return;
        }

        if (number > Number)
        {
            End();
            Number = number;
        }

        Debug.Assert(!_holds[edge], "A mark comes along an edge once.");
        _holds[edge] = true;
        _count++;
    }

    /// <summary>The mark is over if it is one of those up to this one.</summary>
    internal void EndUpTo(long last)
    {
        if (Number <= last)
        {
            End();
        }
    }

    /// <summary>It has passed, or is given up.</summary>
    internal void End()
    {
        if (IsUnderWay)
        {
            Array.Clear(_holds);
            _count = 0;
            Released?.Invoke();
        }
    }
}
