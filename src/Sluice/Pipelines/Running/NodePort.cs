namespace Sluice;

/// <summary>The port of a coroutine inside a pipeline. Its senders are in its strand, as a rule; a send from another thread enters it
/// first.</summary>
internal class NodePort<T> : CoroutineTarget<T>, INodeBody, IFanInPort, IMarkedBody
{
    private readonly Node _node;
    private readonly bool _hasResult;

    /// <summary>The ports of the node's other inboxes; the coroutine waits at one of all of them at a time.</summary>
    private readonly ISidePort[] _others;
    private TaskCompletionSource? _closing;
    private volatile bool _waitsForRoom; // written by the strand's holder, read by descriptions

    internal NodePort(Node node, bool hasResult, params ISidePort[] others)
        : base(node.Run.Strand, null)
    {
        _node = node;
        _hasResult = hasResult;
        _others = others;
    }

    internal override bool ReportsItsFailure => false;

    public override string Name => _node.Name;

    internal Node Node => _node;

    /// <summary>Gets whether a chunk may be sent: the receiver waits, and has no other inbox to go to in the middle of it.</summary>
    internal bool TakesChunk => IsParked && _others.Length == 0;

    public Coroutine? Root { get; private set; }

    internal override CancellationToken Cancellation => _node.Cancellation;

    internal override Exception CauseOf(Exception error) => _node.CauseOf(error);

    internal override bool FailsIfIncomplete => _node.FailsIfIncomplete;

    internal override Exception? FailureOfRun => _node.FailureOfRun;

    internal override CoroutineTarget<TItem> StartInner<TItem>(Func<Inbox<TItem>, Coroutine> body, string? name = null) => InnerTarget<TItem>.Start(_node, body, name);

    internal override IReceiver? RunNode => _node;

    internal override void CountLate() => _node.CountLate();

    internal override Task? Closing => IsClosed ? null : (_closing ??= new()).Task;

    internal override Task? GivenClosing => _closing?.Task;

    private protected override bool HasResult => _hasResult;

    public override ValueTask SendAsync(T item) => IsHeldByRun ? SendWithin(item) : Enter(null, item);

    public override ValueTask CloseAsync() => _node.Run.Strand.CallAsync(_node, static node => node.CloseFrom(node.OnlyInput()));

    public void CloseInput(int slot)
    {
        if (slot == 0)
        {
            PostControl(CloseMessage.Instance);
            _closing?.TrySetResult();
        }
        else
        {
            _others[slot - 1].CloseInput();
        }
    }

    public void ThrowIn(Exception error)
    {
        PostControl(new FaultMessage(error));
        Array.ForEach(_others, port => port.ThrowIn(error));
    }

    public void OutputsEnded(Exception? ended)
    {
        if (ended is not null)
        {
            Interrupt(ended);
            Array.ForEach(_others, port => port.Interrupt(ended));
        }
    }

    public object TargetOf(Edge edge, bool isOnly) =>
        edge.Slot > 0 ? _others[edge.Slot - 1].TargetOf(edge, isOnly) : CountingTarget<T>.For(isOnly ? this : new EdgeTarget<T>(this, edge), edge);

    public bool Owns(object port) => ReferenceEquals(port, this) || Array.Exists(_others, other => ReferenceEquals(other, port));

    bool IFanInPort.IsClosing(Task task) => IsClosingOfNode(task);

    void IFanInPort.Abandon(Exception failure) => EndWith(CoroutineStatus.Faulted, failure, failure);

    internal override void NoteWaitForRoom(bool waits) => _waitsForRoom = waits;

    PendingMessage? INodeBody.InProgress => CurrentMessage;

    bool INodeBody.IsAtWork => Status == CoroutineStatus.Busy && !Array.Exists(_others, static port => port.IsWaitedAt);

    internal override string DescribeState() => _waitsForRoom && !HasEnded ? _node.DescribeBlockedOutputs() : Array.Exists(_others, static port => port.IsWaitedAt) ? "waits for an item" : base.DescribeState();

    string INodeBody.DescribeState() => DescribeState();

    void INodeBody.Cancel(OperationCanceledException canceled)
    {
        Cancel(canceled);
        Array.ForEach(_others, port => port.Cancel(canceled));
    }

    internal override bool IsClosingOfNode(Task task) => ReferenceEquals(task, GivenClosing) || Array.Exists(_others, other => ReferenceEquals(task, ((INodePort)other).GivenClosing));

    /// <summary>Starts the node's coroutine.</summary>
    internal void StartIn(object[] outputs, Func<Inbox<T>, Coroutine> body)
    {
        if (_node.Run.Starter is { } starter)
        {
            starter.StartCoroutine(_node, [this, .. _others.Cast<INodePort>()], outputs, new NodeStart(this, body));
        }
        else
        {
            Start(body);
        }
    }

    private sealed class NodeStart(NodePort<T> port, Func<Inbox<T>, Coroutine> body) : INodeStart
    {
        public Coroutine Call() => port.CallDeferred(body);

        public void Start(Coroutine called) => port.StartDeferred(called);

        public void End(Coroutine root) => port.Start(_ => root);
    }

    /// <summary>A coroutine with one inbox comes to it, but for its pauses.</summary>
    void IMarkedBody.HoldItems(PortHolding which)
    {
        HoldItems(which == PortHolding.All && _others.Length == 0 ? PortHolding.InPauses : which);
        Array.ForEach(_others, port => port.HoldItems(which));
    }

    void IMarkedBody.WatchRest(IRestWatcher? watcher)
    {
        WatchRest(watcher);
        Array.ForEach(_others, port => port.WatchRest(watcher));
    }

    bool IMarkedBody.HasPendingItems(int slot) => slot == 0 ? HasPendingItems : _others[slot - 1].HasPendingItems;

    internal override bool WaitsForSends() => _node.WaitsForSends();

    void IMarkedBody.PassOn(long number) => PassOn(number);

    private protected virtual void PassOn(long number)
    {
    }

    void IMarkedBody.Thaw()
    {
        Thaw();
        Array.ForEach(_others, static port => port.Thaw());
    }

    private protected override (CoroutineStatus Outcome, Exception? Failure) Classify(Exception? error)
    {
        var end = error is not InboxClosedException closed || !Owns(closed.Port) ? _node.Classify(error, _hasResult)
            : IncompleteBy(closed) is { } incomplete ? (CoroutineStatus.Faulted, incomplete)
            : _hasResult ? (CoroutineStatus.Faulted, closed)
            : (CoroutineStatus.Completed, null);
        _node.Run.NotePassing(end.Failure);
        return end;
    }

    /// <summary>The sender learns that this node has ended, not who ended behind it.</summary>
    private protected override Exception? SenderErrorFor(Exception error) =>
        error is TargetClosedException or InboxClosedException || (error is OperationCanceledException && _node.Classify(error, _hasResult).Outcome == CoroutineStatus.Completed) ? new TargetClosedException(this, Name, error, failed: false) : error;

    private protected override void KeepResult(Coroutine root) => Root = root;

    private protected override void AfterEnd()
    {
        Array.ForEach(_others, port => port.End(Status, Failure));
        _node.End(Status, Failure);
    }
}
