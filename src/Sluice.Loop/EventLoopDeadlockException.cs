namespace Sluice;

/// <summary>Nothing can happen on a loop any more, but tasks still wait. The message says what waits on what.</summary>
/// <remarks>
/// <para>Raised out of <see cref="EventLoop.Run(Func{Task}, EventLoopOptions?, CancellationToken)"/>, after the tasks were
/// cancelled and have run their <c>finally</c> blocks. If they cannot be cancelled, or wait again, they are left as they are.</para>
/// <para>It is a proof and not a guess. The loop looks for it when it has nothing to run, no timer, no descriptor, no call on
/// another thread and no outside token, and at least as many waits as tasks or a run of a pipeline. It then lets go of its tasks and has the
/// garbage collector look whether anything else in the process refers to them. If anything does (an outside task whose
/// continuation would wake one of them, another thread that holds a queue, a static field) there is no deadlock, or none that
/// can be told from waiting. If Ctrl+C and SIGTERM are handled
/// (<see cref="EventLoopOptions.HandleSignals"/>), who waits outside of the loop with the token of a scope or of a stage waits for those. That costs a full collection; a loop on which it turned out not to be one looks again only after
/// twice as many such moments each time, or twice as long a time in which nothing happens, the first time after 100 ms.</para>
/// </remarks>
public sealed class EventLoopDeadlockException : InvalidOperationException
{
    internal EventLoopDeadlockException(string dump)
        : base($"Nothing can happen on this loop any more, but tasks still wait:\n{dump}")
    {
    }
}
