using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The wait of one side of a boundary for the other: a reader's for items, a writer's for room.</summary>
/// <remarks>
/// <para>A side that has to wait looks about for a while, says that it waits, makes that visible to all processors, and looks once more. The other side
/// therefore needs no fence of its own for each item, which would cost more than all the rest: it reads <see cref="IsWaiting"/> after its change.</para>
/// <para>Within the side, as a value: nothing is between an item and that flag. What a side looks at is its own, so the loop that looks stands in each of
/// them; a shared one would call back at each look.</para>
/// </remarks>
internal struct BoundaryWait
{
    private Action? _waiter; // owner: the side until it says that it waits, then the thread that takes that back
    private int _isWaiting;
    private SpinBudget _spins; // owner: the side

    /// <summary>Gets whether the side waits. Any thread.</summary>
    internal readonly bool IsWaiting
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(in _isWaiting) != 0;
    }

    /// <summary>The number of times that the side looks before it waits.</summary>
    /// <param name="isNear">Whether the other side is in this process, so that something may come without anybody being told first.</param>
    /// <param name="strand">The side's strand.</param>
    internal int RoundsOf(bool isNear, Strand strand) => isNear ? _spins.RoundsOf(strand.Host?.SpinCount ?? 0) : 0;

    /// <summary>After a look without success: pauses, unless it is time to wait, or something else wants the strand.</summary>
    /// <param name="round">The number of looks before this one.</param>
    /// <param name="rounds">The number of looks at all.</param>
    /// <param name="strand">The side's strand.</param>
    internal static bool MayLookAgain(int round, int rounds, Strand strand)
    {
        if (round == 0)
        {
            strand.GetReadyToWait();
        }

        if (round >= rounds || strand.HasWork)
        {
            return false;
        }

        ShortSpin.Pause(round);
        return true;
    }

    /// <summary>Begins the wait. The side has to look once more then, and to call <see cref="End"/> if there is something.</summary>
    internal void Begin(Action waiter, bool isNear)
    {
        Debug.Assert(_isWaiting == 0, "One side of a boundary waits once at a time.");
        Announce(waiter);
        if (isNear)
        {
            Interlocked.MemoryBarrierProcessWide(); // the other side makes its changes without a fence
        }
        else
        {
            Interlocked.MemoryBarrier();
        }
    }

    /// <summary>The first half of <see cref="Begin"/>, for a reader of several boundaries: a fence, and the look, have to follow, once for all of them. It may be called again while
    /// the wait lasts.</summary>
    internal void Announce(Action waiter)
    {
        _spins.Park();
        _waiter = waiter;
        Volatile.Write(ref _isWaiting, 1);
    }

    /// <summary>Ends the wait, if it has not ended: the side goes on. Any thread; of several, one resumes it.</summary>
    internal void End()
    {
        if (Interlocked.Exchange(ref _isWaiting, 0) != 0)
        {
            _waiter!();
        }
    }
}
