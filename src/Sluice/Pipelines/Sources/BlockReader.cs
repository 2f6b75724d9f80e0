using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Dataflow;

namespace Sluice;

/// <summary>Takes a block's messages one at a time, each only when it is asked for: it postpones every offer, and consumes
/// the last one offered when there is demand. So nothing is taken that could get lost.</summary>
internal sealed class BlockReader<T>(ISourceBlock<T> block) : ITargetBlock<T>
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DataflowMessageHeader _offered; // guard: _lock; not valid if nothing is offered
    private TaskCompletionSource _changed = NewChange(); // guard: _lock; set and replaced with each offer

    public Task Completion => _completed.Task;

    public DataflowMessageStatus OfferMessage(DataflowMessageHeader messageHeader, T messageValue, ISourceBlock<T>? source, bool consumeToAccept)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _offered = messageHeader;
            changed = _changed;
        }

        changed.TrySetResult();
        return DataflowMessageStatus.Postponed;
    }

    /// <summary>The block has completed: it has nothing left.</summary>
    public void Complete() => _completed.TrySetResult();

    /// <summary>The same: the block's own task has the failure.</summary>
    public void Fault(Exception exception) => Complete();

    /// <summary>Waits for an offer.</summary>
    /// <returns>False if the block has completed.</returns>
    internal async Task<bool> WaitToTakeAsync(CancellationToken cancellationToken)
    {
        Task changed;
        lock (_lock)
        {
            changed = _changed.Task;
        }

        await Task.WhenAny(changed, Completion).WaitAsync(cancellationToken).ConfigureAwait(false);
        return changed.IsCompleted;
    }

    /// <summary>Takes what is offered, unless another consumer was faster.</summary>
    internal bool TryTake(out T item)
    {
        DataflowMessageHeader offered;
        lock (_lock)
        {
            offered = _offered;
            _offered = default;
            if (_changed.Task.IsCompleted)
            {
                _changed = NewChange();
            }
        }

        // Outside the lock: the block offers the next message from inside its own.
        var consumed = false;
        item = offered.IsValid ? block.ConsumeMessage(offered, this, out consumed)! : default!;
        return consumed;
    }

    /// <summary>Throws what the block failed with; the error itself if there is only one, however it was handed on.</summary>
    internal void ThrowIfFaulted()
    {
        if (block.Completion.Exception?.Flatten() is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure.InnerExceptions is [var only] ? only : failure);
        }

        if (block.Completion.IsCanceled)
        {
            throw new OperationCanceledException("The block was cancelled.");
        }
    }

    private static TaskCompletionSource NewChange() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
