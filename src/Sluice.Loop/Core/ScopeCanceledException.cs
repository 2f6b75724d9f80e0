namespace Sluice;

/// <summary>What the loop raises in a cancelled scope: it knows which one, so that an edge can tell whether it is its own.</summary>
internal sealed class ScopeCanceledException(CancelScope scope, CancellationToken token)
    : OperationCanceledException("The scope of this task was cancelled.", token)
{
    internal CancelScope Scope => scope;
}
