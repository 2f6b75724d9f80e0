using System.Diagnostics;

namespace Sluice;

/// <summary>
/// A stage that needs no coroutine: it handles an item on its sender's stack and passes results on. Derive from it for
/// work that does not wait and sends at most once for an item, such as a filter; anything else is simpler, and only correct,
/// as a coroutine.
/// </summary>
/// <remarks>
/// An operator overrides <see cref="Target{T}.SendAsync"/>: first it refuses the item if <see cref="IsClosed"/>
/// (<see cref="RefuseAsync"/>), then it does its own work, giving errors of it to <see cref="FailAsync"/>, and at the end
/// it calls <see cref="Next"/> at most once and returns what that returned. Close, cancellation and thrown-in errors pass through by themselves. An instance belongs to one run. Thread safety:
/// as a stage, it is called by one thread at a time.
/// </remarks>
/// <typeparam name="TIn">The type of the items that come in.</typeparam>
/// <typeparam name="TOut">The type of the items that go out.</typeparam>
[DebuggerDisplay("'{_node?.Name,nq}': operator")]
public abstract class Operator<TIn, TOut> : Target<TIn>, INodeBody
{
    private IOperatorOwner? _node;

    /// <summary>Takes the end instead of the node, under an error policy.</summary>
    private IGuard? _guard;

    /// <summary>Makes the operator.</summary>
    /// <param name="next">Where results go.</param>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="next"/> is null.</exception>
    protected Operator(Target<TOut> next)
    {
        ArgumentNullException.ThrowIfNull(next);
        Next = next;
    }

    /// <inheritdoc/>
    public sealed override bool IsClosed => _ended || _isClosing;

    /// <summary>The target of the results.</summary>
    protected Target<TOut> Next { get; }

    private bool _ended;

    /// <summary>The input has ended, and one more item has to be sent.</summary>
    private bool _isClosing;

    /// <inheritdoc/>
    public sealed override ValueTask ThrowAsync(Exception error) => _ended ? RefuseAsync() : Next.ThrowAsync(error);

    /// <inheritdoc/>
    public sealed override ValueTask CloseAsync() => _node!.CloseOnlyInput();

    /// <summary>Informs the sender that the operator has ended. Return its result from <see cref="Target{T}.SendAsync"/>.</summary>
    /// <returns>A failed task.</returns>
    protected ValueTask RefuseAsync() =>
        ValueTask.FromException(new TargetClosedException(this, _node!.Name, _node.Failure, failed: _node.Failure is not null));

    /// <summary>Ends the operator with an error, which the sender gets. Return its result from <see cref="Target{T}.SendAsync"/>.</summary>
    /// <param name="error">What went wrong.</param>
    /// <returns>A failed task.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="error"/> is null.</exception>
    protected ValueTask FailAsync(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        var (outcome, failure) = _node!.Classify(error, hasResult: false);
        End(outcome, failure);
        return ValueTask.FromException(error);
    }

    /// <summary>Called before the first item if an error policy (<see cref="Stage{TIn, TOut}.OnError(ErrorPolicy)"/>) has started the operator in place of
    /// one that has failed. Override it to go on with a number that errors or results have; it does nothing by itself.</summary>
    /// <param name="items">How many items came before, handled or left out; more than 0.</param>
    protected internal virtual void StartAfter(long items)
    {
    }

    internal void Attach(IOperatorOwner node, IGuard? guard = null)
    {
        _node = node;
        _guard = guard;
    }

    void INodeBody.CloseInput(int slot) => InputClosed();

    void INodeBody.ThrowIn(Exception error) => End(CoroutineStatus.Faulted, error);

    void INodeBody.OutputsEnded(Exception? ended)
    {
        if (ended is not null)
        {
            var (outcome, failure) = _node!.Classify(ended, hasResult: false);
            End(outcome, failure);
        }
    }

    void INodeBody.Cancel(OperationCanceledException canceled) => End(CoroutineStatus.Canceled, null);

    void INodeBody.EndAsStored() => End(CoroutineStatus.Completed, null);

    bool INodeBody.IsPassedThrough => true;

    object INodeBody.TargetOf(Edge edge, bool isOnly) => CountingTarget<TIn>.For(isOnly ? this : new EdgeTarget<TIn>(this, edge), edge);

    string INodeBody.DescribeState() => _ended ? "ended" : "ready";

    /// <summary>No more items come: it ends.</summary>
    private protected virtual void InputClosed() => End(CoroutineStatus.Completed, null);

    /// <summary>Sends one more item, from the strand's queue, and then ends. Only for a node's own operator.</summary>
    private protected void EndAfter(TOut last)
    {
        _isClosing = true;
        ((Node)_node!).Run.Strand.Ready(new LastItem(this, last));
    }

    private async Coroutine SendLast(TOut last)
    {
        try
        {
            await Next.SendAsync(last);
        }
        catch (Exception error)
        {
            var (outcome, failure) = _node!.Classify(error, hasResult: false);
            End(outcome, failure);
        }

        End(CoroutineStatus.Completed, null);
    }

    private sealed class LastItem(Operator<TIn, TOut> sender, TOut last) : StrandWork
    {
        internal override void Run()
        {
            if (!sender._ended)
            {
                _ = sender.SendLast(last);
            }
        }
    }

    private void End(CoroutineStatus outcome, Exception? failure)
    {
        if (!_ended)
        {
            _ended = true;
            if (_guard is null)
            {
                _node!.End(outcome, failure);
            }
            else
            {
                _guard.StageEnded(failure);
            }
        }
    }
}

/// <summary>Takes an operator's reports: the node of a run, or the coroutine that it runs in by hand.</summary>
internal interface IOperatorOwner
{
    string Name { get; }

    Exception? Failure { get; }

    (CoroutineStatus Outcome, Exception? Failure) Classify(Exception? error, bool hasResult);

    void End(CoroutineStatus outcome, Exception? failure);

    ValueTask CloseOnlyInput();
}
