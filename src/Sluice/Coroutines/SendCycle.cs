using System.Text;

namespace Sluice;

/// <summary>Finds sends that can never complete (design, rule 6).</summary>
/// <remarks>
/// Runs when a coroutine comes to await a send or a close that is pending, so it costs nothing while sends complete
/// synchronously; and again when something comes to await that coroutine, if nothing did: a coroutine that was just called runs to its first await before
/// its caller awaits it. It walks from the receiver to what the receiver itself waits for, and so on; if that leads back to the
/// sender, none of these sends can complete, since each receiver waits for the next.
/// </remarks>
internal static class SendCycle
{
    /// <summary>The error if <paramref name="sender"/>, awaiting <paramref name="send"/>, waits for itself.</summary>
    internal static InvalidOperationException? Find(Coroutine sender, PendingMessage send)
    {
        if (sender.FindOwner() is not { } owner)
        {
            sender.KeepAwaitedSend(send);
            return null; // not the coroutine of a target, so far: no one can wait for it by a send
        }

        owner.SetWaitsFor(send);
        send.Waiter = owner;
        Interlocked.MemoryBarrier(); // of two strands that close a cycle at the same time, one must see the other's note

        // Twice, because a note of another strand may be read just as it becomes stale. A true cycle does not change.
        if (!LeadsBack(owner, send) || !LeadsBack(owner, send))
        {
            return null;
        }

        var error = Describe(owner, send);
        owner.SetWaitsFor(null);
        send.Waiter = null;
        return error;
    }

    private static bool LeadsBack(ICoroutineOwner owner, PendingMessage send)
    {
        var at = send;
        while (!ReferenceEquals(at.Receiver, owner))
        {
            if (at.Receiver.WaitsFor is not { IsDone: false } next)
            {
                return false;
            }

            at = next;
        }

        return true;
    }

    private static InvalidOperationException Describe(ICoroutineOwner owner, PendingMessage send)
    {
        var path = new StringBuilder(owner.Name);
        for (var at = send; ; at = at.Receiver.WaitsFor!)
        {
            if (!at.StandsForNext) // else the same name comes again
            {
                path.Append(" -> ").Append(at.Receiver.Name);
            }

            if (ReferenceEquals(at.Receiver, owner))
            {
                break;
            }
        }

        var advice = send.Control?.CycleAdvice ?? ControlMessage.SendAdvice;
        return new InvalidOperationException($"This {send.Control?.Name ?? "send"} can never complete, because it closes a cycle: {path}. Each waits for the next to be ready. {advice}");
    }
}
