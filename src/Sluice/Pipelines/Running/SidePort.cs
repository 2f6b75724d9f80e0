namespace Sluice;

/// <summary>An inbox of a node that has several, beside the first.</summary>
internal interface ISidePort
{
    void CloseInput();

    void ThrowIn(Exception error);

    void Interrupt(TargetClosedException ended);

    void Cancel(OperationCanceledException canceled);

    object TargetOf(Edge edge, bool isOnly);

    /// <summary>The node's coroutine has ended.</summary>
    void End(CoroutineStatus outcome, Exception? failure);
}

/// <summary>Its port. The coroutine belongs to the first inbox's port and comes here to receive; while it is elsewhere, sends
/// to this one wait. Owner: the run's strand.</summary>
internal sealed class SidePort<T>(Node node, int slot) : CoroutineTarget<T>(node.Run.Strand, null), ISidePort
{
    public override string Name => node.Name;

    public override ValueTask SendAsync(T item) => SendWithin(item);

    public override ValueTask ThrowAsync(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return SignalWithin(MessageKind.Throw, error);
    }

    public override ValueTask CloseAsync() => node.CloseFrom(node.OnlyInput(slot));

    public void CloseInput() => PostSignal(MessageKind.Close, null);

    public void ThrowIn(Exception error) => PostSignal(MessageKind.Throw, error);

    public object TargetOf(Edge edge, bool isOnly) => CountingTarget<T>.For(isOnly ? this : new EdgeTarget<T>(this, edge), edge);

    void ISidePort.Interrupt(TargetClosedException ended) => Interrupt(ended);

    void ISidePort.Cancel(OperationCanceledException canceled) => Cancel(canceled);

    void ISidePort.End(CoroutineStatus outcome, Exception? failure) =>
        EndWith(outcome, failure, failure);
}
