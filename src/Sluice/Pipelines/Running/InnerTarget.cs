namespace Sluice;

/// <summary>The target of a coroutine that works for a node's coroutine, such as that of a key. It is no node, but it has the
/// node's reason to go on. Owner: the run's strand.</summary>
internal sealed class InnerTarget<T> : CoroutineTarget<T>, IInnerTarget
{
    private Node _node;
    private string? _name;

    private InnerTarget(Node node, string? name)
        : base(node.Run.Strand, null) => (_node, _name) = (node, name);

    public override string Name => _name ?? base.Name;

    object?[] IInnerTarget.Kept
    {
        get => [_name];
        set => _name = (string?)value[0];
    }

    void IInnerTarget.BelongTo(IReceiver node) => _node = (Node)node;

    internal override CancellationToken Cancellation => _node.Cancellation;

    internal override Exception CauseOf(Exception error) => _node.CauseOf(error);

    internal override Exception? FailureOfRun => _node.FailureOfRun;

    internal override bool FailsIfIncomplete => _node.FailsIfIncomplete;

    private protected override string StageName => _node.Name;

    internal static CoroutineTarget<T> Start(Node node, Func<Inbox<T>, Coroutine> body, string? name)
    {
        var target = new InnerTarget<T>(node, name);
        target.Start(body);
        return target;
    }

    internal override CoroutineTarget<TItem> StartInner<TItem>(Func<Inbox<TItem>, Coroutine> body, string? name = null) => InnerTarget<TItem>.Start(_node, body, name);

    internal override IReceiver? RunNode => _node;

    internal override void CountLate() => _node.CountLate();
}
