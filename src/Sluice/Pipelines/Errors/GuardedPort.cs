namespace Sluice;

/// <summary>The port of a stage's coroutine under an error policy: it is inside a node but not the node's own, so its end
/// ends nothing else. It gets its items from the guard only, which is in its strand, so a send checks nothing.</summary>
internal sealed class GuardedPort<T> : CoroutineTarget<T>, IInnerTarget
{
    private Node _node;
    private IGuard _guard;
    private bool _hasResult;

    internal GuardedPort(Node node, IGuard guard, bool hasResult = false)
        : base(node.Run.Strand, null)
    {
        _node = node;
        _guard = guard;
        _hasResult = hasResult;
    }

    object?[] IInnerTarget.Kept
    {
        get => [_guard, _hasResult, Result];
        set => (_guard, _hasResult, Result) = ((IGuard)value[0]!, (bool)value[1]!, value[2]);
    }

    void IInnerTarget.BelongTo(IReceiver node) => _node = (Node)node;

    internal override bool ReportsItsFailure => false;

    /// <summary>What the stage has returned, if it is a sink with a result and has ended normally.</summary>
    internal object? Result { get; private set; }

    private protected override bool HasResult => _hasResult;

    public override string Name => _node.Name;

    internal override CancellationToken Cancellation => _node.Cancellation;

    internal override Exception CauseOf(Exception error) => _node.CauseOf(error);

    internal override bool FailsIfIncomplete => _node.FailsIfIncomplete;

    internal override Exception? FailureOfRun => _node.FailureOfRun;

    internal override CoroutineTarget<TItem> StartInner<TItem>(Func<Inbox<TItem>, Coroutine> body, string? name = null) => InnerTarget<TItem>.Start(_node, body, name);

    internal override IReceiver? RunNode => _node;

    internal override void CountLate() => _node.CountLate();

    public override ValueTask SendAsync(T item) => SendWithin(item);

    public override ValueTask ThrowAsync(Exception error) => ControlWithin(new ThrowMessage(error));

    public override ValueTask CloseAsync() => ControlWithin(CloseMessage.Instance);

    private protected override (CoroutineStatus Outcome, Exception? Failure) Classify(Exception? error) =>
        error is not null && IsOwnClose(error) ? OutcomeOf(IncompleteBy(error)) : _node.Classify(error, _hasResult);

    /// <summary>The guard ends the node with it, and the node makes of it what it makes of its own.</summary>
    private protected override Exception? SenderErrorFor(Exception error) => IsOwnClose(error) ? null : error;

    private protected override void KeepResult(Coroutine root) => Result = _hasResult ? root.BoxedResult : null;

    private protected override void AfterEnd() => _guard.StageEnded(Failure);
}
