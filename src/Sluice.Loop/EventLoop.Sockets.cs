namespace Sluice;

/// <summary>Members for sockets and other outside events.</summary>
public sealed partial class EventLoop
{
    private OperationTurn _operations;

    internal WaiterPool<SocketWaiter> SocketWaiters => _pools.Sockets;

    internal bool UsesPortableSockets => _options.PortableSockets || !EpollPoller.IsSupported;

    /// <summary>Asked after an operation that did not wait. False: the others have their turn first, so that a peer that always has
    /// something to say cannot keep the loop for itself.</summary>
    internal bool MayGoOn() => _operations.MayGoOn(_statistics.Callbacks);

    /// <summary>Awaits something of .NET that can be cancelled as a wait of the loop: it stands in dumps, keeps the loop from ending,
    /// and ends with the scope. Its result counts if it comes in spite of a cancellation.</summary>
    /// <param name="what">Completes "waits for", before the description of <paramref name="owner"/>.</param>
    /// <param name="owner">What it belongs to.</param>
    /// <param name="call">Begins it.</param>
    internal async ValueTask<T> AwaitOutsideAsync<T>(string what, object owner, Func<CancellationToken, ValueTask<T>> call)
    {
        CheckThread();
        var scope = CurrentScope;
        if (scope.IsCancelled)
        {
            await TurnAsync(scope.NewCancellation());
        }

        try
        {
            var begun = call(scope.TokenToRaise);
            if (begun.IsCompleted && MayGoOn())
            {
                return await begun;
            }

            var work = begun.AsTask();
            await EndOf(work, what, owner);
            return await work;
        }
        catch (OperationCanceledException) when (scope.IsCancelled)
        {
            throw scope.NewCancellation();
        }
    }

    /// <summary>Waits until something outside has ended, in any way.</summary>
    private async ValueTask EndOf(Task work, string what, object owner)
    {
        var ended = new WaiterQueue<NoValue>(this, what, owner);
        _work.OutsideWaits++;
        _ = work.ContinueWith(
            _ => PostFromAnywhere(new((Action)ended.CompleteAll, null)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await ended.Wait(canBeCancelled: false).AsValueTask();
        }
        finally
        {
            _work.OutsideWaits--;
        }
    }
}
