namespace Sluice;

/// <summary>Raised by what waits on an <see cref="EventLoop"/> when the <see cref="CancelScope"/> of its task is cancelled: let it pass, as any
/// <see cref="OperationCanceledException"/>, and the scope ends.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class ScopeCanceledException : OperationCanceledException
{
    internal ScopeCanceledException(CancelScope scope, CancellationToken token)
        : base("The scope of this task was cancelled.", token) => Scope = scope;

    /// <summary>The scope that was cancelled, so that each scope recognizes its own.</summary>
    internal CancelScope Scope { get; }
}
