using System.Diagnostics;

namespace Sluice;

/// <summary>The states of an outbox, and what holds in them.</summary>
/// <remarks>
/// <para>Its life:</para>
/// <list type="table">
/// <item><term>open to closing</term><description><see cref="Close"/> and <see cref="TryCloseWith"/> have put in the last frame.</description></item>
/// <item><term>closing to closed</term><description>the batch with the last frame goes to the transport (<see cref="Swap"/>).</description></item>
/// <item><term>closed to closing</term><description><see cref="Resume"/>: the transport broke, so the last frame is put in again.</description></item>
/// <item><term>any to over</term><description><see cref="Drop"/>. There is no way back.</description></item>
/// </list>
/// <para>Who writes:</para>
/// <list type="table">
/// <item><term>idle to woken</term><description><see cref="WakeWriter"/>: the writer's thread comes.</description></item>
/// <item><term>idle or woken to writing</term><description><see cref="TryTake"/>, by a thread that flushes or by the writer, the first of them. The other
/// one finds it so, and goes away.</description></item>
/// <item><term>writing to left to the writer</term><description><see cref="TryGoOn"/>, of a thread that flushes and may not wait.</description></item>
/// <item><term>left to the writer to writing</term><description><see cref="TryTake"/>, by the writer only.</description></item>
/// <item><term>woken to idle</term><description><see cref="TryTake"/>, by a writer that finds nothing to write.</description></item>
/// <item><term>writing or left to the writer to idle</term><description>all is sent, or <see cref="Detach"/>.</description></item>
/// <item><term>writing to idle</term><description>also if the writer's thread cannot be started: the next flush goes on with the rest, or the writer, which
/// the monitor tries to start again.</description></item>
/// </list>
/// </remarks>
internal sealed partial class Outbox
{
    private Life _life; // guard: _lock
    private Writing _writing; // guard: _lock

    private enum Life
    {
        /// <summary>It takes frames.</summary>
        Open,

        /// <summary>The last frame is in it.</summary>
        Closing,

        /// <summary>A transport was given the last frame.</summary>
        Closed,

        /// <summary>Nothing is written any more.</summary>
        Over,
    }

    private enum Writing
    {
        /// <summary>No one writes, and no one was asked to.</summary>
        Idle,

        /// <summary>The writer was woken. Until it comes, a thread that flushes may be first.</summary>
        Woken,

        /// <summary>One thread writes. It looks again before it leaves.</summary>
        Busy,

        /// <summary>The rest of a batch waits for the writer: no other thread may go on with it.</summary>
        LeftToWriter,
    }

    /// <summary>Called with the lock held.</summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(_lock.IsHeldByCurrentThread, "The lock is not held.");
        Debug.Assert(_sent <= _sending.Length, "More was sent than there is.");
        Debug.Assert(_isOpen || _unsent == (long)_filling.Length + _sending.Length - _sent, "The count of what is not sent is wrong.");
        Debug.Assert(_lastStart <= _filling.Length, "The last frame is not in the buffer.");
        Debug.Assert(_writing is Writing.Idle or Writing.Woken || _transport is not null, "A thread writes to no transport.");
        Debug.Assert(_writing is not (Writing.Woken or Writing.LeftToWriter) || _hasWriter, "There is no writer to wait for.");
        Debug.Assert(_writing != Writing.LeftToWriter || _unsent > 0, "Nothing is left to the writer.");
        Debug.Assert(_life != Life.Over || _unsent == 0, "An outbox that is over holds frames.");
    }
}
