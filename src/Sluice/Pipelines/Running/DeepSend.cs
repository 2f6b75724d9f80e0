using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>A send along a <see cref="DeepEdge{T}"/> that goes on from the strand's queue. For descriptions, and for finding cycles, it is a receiver
/// that itself waits for the one behind it. Owner: the run's strand.</summary>
internal sealed class DeepSend<T> : PendingMessage, ICoroutineOwner
{
    private readonly DeepEdge<T> _edge;
    private readonly T _item = default!;

    /// <summary>Awaits the send behind the edge. It is there, and known as this one's, before that send is made: what waits behind the edge may lead back here.</summary>
    private Coroutine? _follower;
    private PendingMessage? _waitsFor;

    internal DeepSend(DeepEdge<T> edge, T item)
        : this(edge)
    {
        _item = item;
        _ = Follow().TryAttachTo(this);
    }

    internal DeepSend(DeepEdge<T> edge, ThrowMessage message)
        : this(edge)
    {
        Control = message;
        _ = Follow().TryAttachTo(this);
    }

    private DeepSend(DeepEdge<T> edge)
    {
        _edge = edge;
        Context = ExecutionContext.Capture();
    }

    public string Name => _edge.Edge.To.Name;

    public PendingMessage? WaitsFor => Volatile.Read(ref _waitsFor);

    internal override IStrandHome Home => _edge.Edge.To.Run.Strand;

    internal override IReceiver Receiver => this;

    public void SetWaitsFor(PendingMessage? send) => Volatile.Write(ref _waitsFor, send);

    public void OnEnded(Coroutine root) => Complete(root.Error?.SourceException);

    internal override void Run()
    {
        ContextFlow.Restore(Context);
        _follower!.Resume();
    }

    private protected override void Recycle()
    {
    }

    private async Coroutine Follow()
    {
        await new Turn(this);
        await _edge.GoOn(_item, Control as ThrowMessage);
    }

    /// <summary>Waits for <see cref="Run"/>.</summary>
    private readonly struct Turn(DeepSend<T> send) : ICriticalNotifyCompletion, IParkingAwaiter
    {
        public bool IsCompleted => false;

        IParkingPlace? IParkingAwaiter.Place => null;

        public Turn GetAwaiter() => this;

        public void GetResult()
        {
        }

        void IParkingAwaiter.Park(Coroutine coroutine) => send._follower = coroutine;

        public void OnCompleted(Action continuation) => throw new InvalidOperationException("Only a coroutine waits here.");

        public void UnsafeOnCompleted(Action continuation) => OnCompleted(continuation);
    }
}
