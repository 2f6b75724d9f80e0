namespace Sluice;

/// <summary>A call from outside a strand that waits for its turn, and is then made in its caller's context.</summary>
internal sealed class OutsideCall<TState>(TState state, Func<TState, ValueTask> call) : StrandWork
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    internal Task Task => _done.Task;

    internal override void Run()
    {
        ContextFlow.Restore(_context);
        _ = Follow();
    }

    /// <summary>Awaits the call in the place of the caller, within the strand, and never fails itself.</summary>
    private async Coroutine Follow()
    {
        try
        {
            await call(state);
            _done.SetResult();
        }
        catch (OperationCanceledException canceled)
        {
            _done.SetCanceled(canceled.CancellationToken);
        }
        catch (Exception error)
        {
            _done.SetException(error);
        }
    }
}
