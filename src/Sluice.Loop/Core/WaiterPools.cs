namespace Sluice;

/// <summary>The pools of a loop, one for each kind of wait.</summary>
internal readonly struct WaiterPools()
{
    internal WaiterPool<SleepWaiter> Sleeps { get; } = new(static pool => new(pool));

    internal WaiterPool<Waiter<NoValue>> Turns { get; } = new(static pool => new(pool));

    internal WaiterPool<SocketWaiter> Sockets { get; } = new(static pool => new(pool));
}
