namespace Sluice;

/// <summary>A wait for time: waiter and timer in one.</summary>
internal sealed class SleepWaiter : Waiter, IWaitedFor, IScheduled
{
    private readonly WaiterPool<SleepWaiter> _pool;
    private TimerHeap _timers = null!;

    internal SleepWaiter(WaiterPool<SleepWaiter> pool) => _pool = pool;

    int IScheduled.Place { get; set; } = TimerHeap.NoPlace;

    internal override IWaitedFor Source => this;

    string IWaitedFor.Description => "time to pass";

    internal void BeginSleep(EventLoop loop, CancelScope scope, TimerHeap timers, long due)
    {
        _timers = timers;
        Begin(loop, scope);
        timers.Add(this, due);
    }

    void IScheduled.Fire() => Complete();

    void IWaitedFor.Abandon(Waiter waiter) => _timers.Remove(this);

    private protected override void Recycle() => _pool.Return(this);
}
