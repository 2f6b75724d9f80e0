namespace Sluice;

/// <summary>An inbox of a node that has several, beside the first.</summary>
internal interface ISidePort
{
    /// <summary>Gets whether the coroutine waits here.</summary>
    bool IsWaitedAt { get; }

    void CloseInput();

    void ThrowIn(Exception error);

    void Interrupt(Exception ended);

    void Cancel(OperationCanceledException canceled);

    object TargetOf(Edge edge, bool isOnly);

    /// <inheritdoc cref="CoroutineTarget{T}.HasPendingItems"/>
    bool HasPendingItems { get; }

    /// <inheritdoc cref="CoroutineTarget{T}.HoldItems"/>
    void HoldItems(PortHolding which);

    /// <inheritdoc cref="CoroutineTarget{T}.WatchRest"/>
    void WatchRest(IRestWatcher? watcher);

    /// <inheritdoc cref="CoroutineTarget{T}.Thaw"/>
    void Thaw();

    /// <summary>The node's coroutine has ended.</summary>
    void End(CoroutineStatus outcome, Exception? failure);
}

/// <summary>The first inbox's port, for the others.</summary>
internal interface IFanInPort
{
    /// <summary>Returns whether a task is the end of one of the node's inboxes.</summary>
    bool IsClosing(Task task);

    /// <summary>The coroutine stays parked for good at one of the other inboxes.</summary>
    void Abandon(Exception failure);
}

/// <summary>Its port. The coroutine belongs to the first inbox's port and comes here to receive; while it is elsewhere, sends
/// to this one wait. Owner: the run's strand.</summary>
internal sealed class SidePort<T>(Node node, int slot) : CoroutineTarget<T>(node.Run.Strand, null), ISidePort
{
    private bool _endedWithNode;
    private TaskCompletionSource? _closing;

    internal override bool ReportsItsFailure => false;

    public override string Name => node.Name;

    /// <summary>The first inbox's port, which knows what the coroutine waits for while it is not here (rule 6).</summary>
    internal override IReceiver Receiver => (IReceiver)node.Body;

    internal override CancellationToken Cancellation => node.Cancellation;

    internal override Exception CauseOf(Exception error) => node.CauseOf(error);

    internal override Exception? FailureOfRun => node.FailureOfRun;

    internal override CoroutineTarget<TItem> StartInner<TItem>(Func<Inbox<TItem>, Coroutine> body, string? name = null) => InnerTarget<TItem>.Start(node, body, name);

    internal override IReceiver? RunNode => node;

    internal override void CountLate() => node.CountLate();

    bool ISidePort.IsWaitedAt => Status == CoroutineStatus.Waiting;

    public override ValueTask SendAsync(T item) => IsHeldByRun ? SendWithin(item) : Enter(null, item);

    public override ValueTask CloseAsync() => node.Run.Strand.CallAsync((node, slot), static call => call.node.CloseFrom(call.node.OnlyInput(call.slot)));

    internal override Task? Closing => IsClosed ? null : (_closing ??= new()).Task;

    internal override Task? GivenClosing => _closing?.Task;

    internal override void OpenInput() => node.OpenInput(slot);

    public void CloseInput()
    {
        PostControl(CloseMessage.Instance);
        _closing?.TrySetResult();
    }

    public void ThrowIn(Exception error) => PostControl(new FaultMessage(error));

    public object TargetOf(Edge edge, bool isOnly) => CountingTarget<T>.For(isOnly ? this : new EdgeTarget<T>(this, edge), edge);

    void ISidePort.Interrupt(Exception ended) => Interrupt(ended);

    void ISidePort.Cancel(OperationCanceledException canceled) => Cancel(canceled);

    internal override bool IsClosingOfNode(Task task) => ((IFanInPort)node.Body).IsClosing(task);

    bool ISidePort.HasPendingItems => HasPendingItems;

    internal override bool WaitsForSends() => node.WaitsForSends();

    void ISidePort.HoldItems(PortHolding which) => HoldItems(which);

    void ISidePort.WatchRest(IRestWatcher? watcher) => WatchRest(watcher);

    void ISidePort.Thaw() => Thaw();

    void ISidePort.End(CoroutineStatus outcome, Exception? failure)
    {
        _endedWithNode = true;
        if (!HasEnded)
        {
            EndWith(outcome, failure, failure);
        }
    }

    /// <summary>By itself it ends only when the coroutine is abandoned here (rule 9): that is the node's end.</summary>
    private protected override void AfterEnd()
    {
        if (!_endedWithNode)
        {
            ((IFanInPort)node.Body).Abandon(Failure!);
        }
    }
}
