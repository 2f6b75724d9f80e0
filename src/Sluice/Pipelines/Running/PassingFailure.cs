using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>A failure of the run on its way through the nodes. Each throws it on, which adds to its stack and copies that several times: through a very
/// long chain the square of the length. So from some node on it keeps the stack that it has (docs/decisions/0043, as 0006 for nested
/// coroutines). Owner: the run's strand.</summary>
internal sealed class PassingFailure(Exception failure)
{
    private const int MaxNodes = 64;

    private int _nodes;
    private ExceptionDispatchInfo? _stack;

    /// <summary>Another node has failed with it.</summary>
    internal void Pass()
    {
        if (++_nodes < MaxNodes)
        {
            return;
        }

        if (_stack is null)
        {
            _stack = ExceptionDispatchInfo.Capture(failure);
            return;
        }

        try
        {
            _stack.Throw(); // nothing else gives an exception a stack that it had before
        }
        catch (Exception same) when (ReferenceEquals(same, failure))
        {
            // The next node gets it as its own input's failure, or from its send.
        }
    }
}
