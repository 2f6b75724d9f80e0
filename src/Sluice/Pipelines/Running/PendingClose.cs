namespace Sluice;

/// <summary>A stage waits until everything behind its target has ended.</summary>
internal sealed class PendingClose : PendingMessage
{
    private readonly Node _node;

    internal PendingClose(Node node)
    {
        _node = node;
        Control = CloseMessage.Instance;
    }

    internal override IStrandHome Home => _node.Run.Strand;

    internal override IReceiver Receiver => _node.Body as IReceiver ?? _node;

    internal override void Run() => throw new InvalidOperationException("A close between nodes never waits for the strand.");

    private protected override void Recycle()
    {
    }
}
