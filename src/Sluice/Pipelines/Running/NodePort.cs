namespace Sluice;

/// <summary>The port of a coroutine inside a pipeline. Its senders are in its strand, so a send checks nothing.</summary>
internal sealed class NodePort<T> : CoroutineTarget<T>, INodeBody
{
    private readonly Node _node;
    private readonly bool _hasResult;

    internal NodePort(Node node, bool hasResult)
        : base(node.Run.Strand, null)
    {
        _node = node;
        _hasResult = hasResult;
    }

    public override string Name => _node.Name;

    internal Node Node => _node;

    /// <summary>The ended coroutine, which has the result.</summary>
    internal Coroutine? Root { get; private set; }

    internal override CancellationToken RunCancellation => _node.Run.Cancellation;

    internal override TimeProvider RunTimeProvider => _node.Run.TimeProvider;

    private protected override bool HasResult => _hasResult;

    public override ValueTask SendAsync(T item) => SendWithin(item);

    public override ValueTask ThrowAsync(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return SignalWithin(MessageKind.Throw, error);
    }

    public override ValueTask CloseAsync() => _node.CloseFrom(_node.OnlyInput);

    public void CloseInput() => PostSignal(MessageKind.Close, null);

    public void ThrowIn(Exception error) => PostSignal(MessageKind.Throw, error);

    public void OutputsEnded(TargetClosedException? ended)
    {
        if (ended is not null)
        {
            Interrupt(ended);
        }
    }

    public object CreateEdge(Node from) => new EdgeTarget<T>(this, _node, from);

    string INodeBody.DescribeState() => DescribeState();

    void INodeBody.Cancel(OperationCanceledException canceled) => Cancel(canceled);

    private protected override (CoroutineStatus Outcome, Exception? Failure) Classify(Exception? error) =>
        IsOwnClose(error) ? (CoroutineStatus.Completed, null) : _node.Classify(error, _hasResult);

    /// <summary>The sender learns that this node has ended, not who ended behind it.</summary>
    private protected override Exception? SenderErrorFor(Exception error) =>
        error is TargetClosedException ? new TargetClosedException(this, Name, error, failed: false) : error;

    private protected override void KeepResult(Coroutine root) => Root = root;

    private protected override void AfterEnd() => _node.End(Status, Failure);
}
