namespace Sluice;

/// <summary>A send that completes with another one, which a coroutine of the run's strand awaits for it. For descriptions, and for finding cycles, it
/// is a receiver that itself waits for the one behind it. Owner: the run's strand.</summary>
/// <remarks>An asynchronous method in its place would leave the strand, and hide the cycle that the send may close.</remarks>
internal abstract class FollowingSend : PendingMessage, ICoroutineOwner
{
    private PendingMessage? _waitsFor;

    private protected FollowingSend(Edge edge)
    {
        Edge = edge;
        Context = ExecutionContext.Capture();
    }

    public string Name => Edge.To.Name;

    private protected Edge Edge { get; }

    public PendingMessage? WaitsFor => Volatile.Read(ref _waitsFor);

    string IReceiver.DescribeSend => WaitsFor?.Describe() ?? $"waits for '{Name}' to take an item";

    internal override bool StandsForNext => true;

    internal override IStrandHome Home => Edge.To.Run.Strand;

    internal override IReceiver Receiver => this;

    public void SetWaitsFor(PendingMessage? send) => Volatile.Write(ref _waitsFor, send);

    public void OnEnded(Coroutine root) => Complete(root.Error?.SourceException);

    private protected override void Recycle()
    {
    }
}
