using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>Runs a stage under an error policy in one run: passes on to it what comes, and starts it again when it fails.</summary>
/// <remarks>
/// The guard is a coroutine at the stage's node; the stage's own coroutine (or operator) is an inner target in the same strand
/// that no one else sends to and that is no node, so its failure is no one's business but the guard's. It sends to the
/// node's own outputs: only the node's end closes them. Owner: the run's strand.
/// </remarks>
internal sealed class Guard<TIn>(GuardSpec<TIn> spec, Node node, string name, object[] outputs, long before) : IGuard
{
    private Inbox<TIn> _items;
    private Target<TIn> _stage = null!;
    private bool _hasEnded;
    private KeptError? _failure;
    private PolicyInRun<TIn> _policy = null!;
    private long _done = before; // how many items were handled or left out

    /// <summary>The guard's coroutine.</summary>
    internal async Coroutine Run(Inbox<TIn> items)
    {
        _items = items;
        _policy = new(spec.Policy, items);
        Start(_done);
        var received = items.GetAsyncEnumerator();
        while (!_hasEnded)
        {
            var (hasItem, raised) = (false, (Exception?)null);
            try
            {
                hasItem = await received.MoveNextAsync();
            }
            catch (Exception error)
            {
                raised = error;
            }

            if (_hasEnded)
            {
                break; // that woke us up: see StageEnded
            }

            if (raised is not null)
            {
                await PassIn(raised);
                continue;
            }

            if (!hasItem)
            {
                await CloseStage();
                break;
            }

            var item = received.Current;
            KeptError? thrown = null;
            try
            {
                await _stage.SendAsync(item);
            }
            catch (Exception error)
            {
                thrown = new(error);
            }

            if (thrown is not null)
            {
                await Handle(item, thrown);
            }
            else
            {
                _policy.Succeeded();
            }

            _done++;
        }

        Rethrow(_failure?.Error);
    }

    /// <summary>The same for a sink with a result: that of the last coroutine.</summary>
    internal async Coroutine<object?> RunForResult(Inbox<TIn> items)
    {
        await Run(items);
        return ((GuardedPort<TIn>)_stage).Result;
    }

    /// <summary>Called when the stage has ended, while it handles something or on its own.</summary>
    /// <remarks>On its own it ends before its first receive, while it awaits something else. The guard may wait for an item
    /// then, and is woken up by an error that it looks at no further.</remarks>
    void IGuard.StageEnded(Exception? failure)
    {
        _hasEnded = true;
        _failure = failure is null ? null : new(failure);
        if (_items.IsParked)
        {
            _items.PostControl(new ThrowMessage(new InvalidOperationException($"The stage '{name}' has ended.")));
        }
    }

    private static void Rethrow(Exception? error)
    {
        if (error is not null)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }

    /// <param name="done">How many items came before the one that the stage gets first.</param>
    private void Start(long done)
    {
        _hasEnded = false;
        _failure = null;
        _stage = spec.Guarded.StartGuarded(node, outputs, this, done);
    }

    /// <summary>The guard's receive raised something: the stage's does too. What comes back ends the node: an error that was
    /// thrown in is not the stage's own, and there is no item.</summary>
    private async Coroutine PassIn(Exception raised)
    {
        if (raised is OperationCanceledException canceled && node.Run.Cancellation.IsCancellationRequested)
        {
            if (_stage is GuardedPort<TIn> coroutine)
            {
                coroutine.Cancel(canceled);
                await CloseStage();
                Rethrow(_failure?.Error);
            }

            Rethrow(raised);
        }

        if (_stage is not GuardedPort<TIn> && raised is TargetClosedException)
        {
            Rethrow(raised); // an operator ends by it
        }

        await _stage.ThrowAsync(raised);
    }

    /// <summary>Completes when the stage has ended. An operator has nothing to do at its end.</summary>
    private ValueTask CloseStage() => _stage is GuardedPort<TIn> coroutine ? coroutine.CloseAsync() : default;

    /// <summary>A send of this item to the stage failed. Completes when the item was handled or left out, with a fresh stage in
    /// place; else throws what ends the node.</summary>
    private async Coroutine Handle(TIn item, KeptError? thrown)
    {
        for (var failures = 1; thrown is not null; failures++)
        {
            if (HasRefused(thrown, isFirst: failures == 1))
            {
                return; // it has ended before it took any: that is the end of the node
            }

            var (decision, delay) = await _policy.Decide(item, _failure!.Error, failures, node.Cancellation);
            if (delay > TimeSpan.Zero)
            {
                _stage = null!; // it has failed: a mark may pass now, and what is stored is the item, the count and the text of the error
                await _items.PauseAsync(delay);
                decision = node.Cancellation.IsCancellationRequested && _items.FailureOfRun is not null ? ErrorPolicy.Decision.Stop : decision; // it will not be tried again: so the item's failure is one of the run's
            }

            GoOn(decision);
            if (decision == ErrorPolicy.Decision.Skip)
            {
                return;
            }

            thrown = await Give(item);
        }
    }

    /// <summary>Gives the item to a fresh stage. Returns what that failed with; null if it is done with.</summary>
    private async Coroutine<KeptError?> Give(TIn item)
    {
        if (_hasEnded)
        {
            return _failure; // null: it does not want any items. Else it failed as it started: that is a failure of the item that it was started for
        }

        try
        {
            await _stage.SendAsync(item);
            _policy.Succeeded();
            return null;
        }
        catch (Exception again)
        {
            return new(again);
        }
    }

    /// <summary>Returns whether the stage has ended without a failure and without the item. Throws what is no failure of its own.</summary>
    private bool HasRefused(KeptError thrown, bool isFirst)
    {
        var wasTaken = thrown.Error is not TargetClosedException closed || !ReferenceEquals(closed.Port, _stage);
        if (!wasTaken && _failure is null)
        {
            return true;
        }

        if (!IsOwnFailure() || (isFirst && !wasTaken))
        {
            Rethrow((_failure ?? thrown).Error);
        }

        return false;
    }

    /// <summary>Starts a fresh stage, unless it is given up.</summary>
    private void GoOn(ErrorPolicy.Decision decision)
    {
        if (decision == ErrorPolicy.Decision.Stop)
        {
            Rethrow(_failure!.Error);
        }

        if (_policy.MayBeCanceled(decision))
        {
            node.Cancellation.ThrowIfCancellationRequested();
        }

        _policy.Started();
        Start(decision == ErrorPolicy.Decision.Skip ? _done + 1 : _done);
    }

    /// <summary>Returns whether the stage has failed by itself: not by the end or the failure of what is behind it, nor by the
    /// cancellation of the run, nor because an inbox was closed.</summary>
    private bool IsOwnFailure()
    {
        if (!_hasEnded || _failure is not { Error: not InboxClosedException } failure || node.Run.Cancellation.IsCancellationRequested)
        {
            return false;
        }

        for (var error = failure.Error; error is not null; error = error.InnerException)
        {
            if (node.Run.HasFailedWith(error) || (error is TargetClosedException closed && (node.IsOwnOutput(closed.Port) || Array.IndexOf(outputs, closed.Port) >= 0)))
            {
                return false;
            }
        }

        return true;
    }
}
