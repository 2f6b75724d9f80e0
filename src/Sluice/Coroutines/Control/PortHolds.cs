namespace Sluice;

/// <summary>The strands that one thread holds beside the one that it is in, so that nothing moves there. They are left in the opposite
/// order. Owner: that thread.</summary>
internal sealed class PortHolds
{
    private Stack<(IPort Port, StrandThread.Hold Hold)>? _holds;

    internal void Add(IPort port, in StrandThread.Hold hold) => (_holds ??= new()).Push((port, hold));

    internal void Release()
    {
        while (_holds is { Count: > 0 })
        {
            var (port, hold) = _holds.Pop();
            port.Release(hold);
        }
    }
}
