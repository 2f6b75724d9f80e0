using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>A send along a <see cref="DeepEdge{T}"/> that goes on from the strand's queue. Owner: the run's strand.</summary>
internal sealed class DeepSend<T> : FollowingSend
{
    private readonly DeepEdge<T> _edge;
    private readonly T _item = default!;

    /// <summary>Awaits the send behind the edge. It is there, and known as this one's, before that send is made: what waits behind the edge may lead back here.</summary>
    private Coroutine? _follower;

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
        : base(edge.Edge) => _edge = edge;

    internal override void Run()
    {
        ContextFlow.Restore(Context);
        _follower!.Resume();
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
