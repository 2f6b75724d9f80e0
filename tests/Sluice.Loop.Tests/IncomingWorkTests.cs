namespace Sluice.Tests;

/// <summary>The states in which other threads find a loop.</summary>
public sealed class IncomingWorkTests : IDisposable
{
    private readonly CountingPoller _poller = new();
    private readonly WorkQueue _ready = new();
    private readonly IncomingWork _incoming;

    public IncomingWorkTests() => _incoming = new(_poller);

    public void Dispose() => _poller.Dispose();

    [Fact]
    public void Work_wakes_a_loop_that_sleeps_once()
    {
        Assert.True(_incoming.TrySleep());

        Assert.True(_incoming.TryAdd(Work()));
        Assert.True(_incoming.TryAdd(Work()));

        Assert.Equal(1, _poller.WakeUps);
        Assert.False(_incoming.EndSleep());
        _incoming.MoveTo(_ready);
        Assert.Equal(2, _ready.Count);
    }

    [Fact]
    public void A_loop_does_not_sleep_over_work_or_a_wake_up_that_came_before()
    {
        Assert.True(_incoming.TryAdd(Work()));
        Assert.False(_incoming.TrySleep());
        _incoming.MoveTo(_ready);
        Assert.True(_incoming.TrySleep());
        Assert.True(_incoming.EndSleep());

        _incoming.Wake();

        Assert.False(_incoming.TrySleep());
        Assert.False(_incoming.EndSleep());
        Assert.True(_incoming.TrySleep());
        Assert.Equal(0, _poller.WakeUps);
    }

    [Fact]
    public void A_sleep_that_nothing_ends_is_told_from_one_that_is_ended()
    {
        Assert.True(_incoming.TrySleep());
        Assert.True(_incoming.EndSleep());

        Assert.True(_incoming.TrySleep());
        _incoming.Wake();
        Assert.False(_incoming.EndSleep());
        Assert.Equal(1, _poller.WakeUps);
    }

    [Fact]
    public void A_loop_ends_when_nothing_has_come_in_and_takes_nothing_afterwards()
    {
        Assert.True(_incoming.TryAdd(Work()));
        Assert.False(_incoming.TryEnd());
        _incoming.MoveTo(_ready);

        Assert.True(_incoming.TryEnd());

        Assert.True(_incoming.HasEnded);
        Assert.False(_incoming.TryAdd(Work()));
        _incoming.Wake();
        _incoming.EndWithPoller();
        Assert.True(_poller.IsDisposed);
        Assert.Equal(0, _poller.WakeUps);
    }

#if DEBUG
    [Fact]
    public void A_step_that_is_not_in_the_table_is_an_assertion()
    {
        Assert.True(_incoming.TrySleep());
        Assert.ThrowsAny<Exception>(() => _incoming.TrySleep());
        Assert.ThrowsAny<Exception>(_incoming.End);
        Assert.True(_incoming.EndSleep());

        _incoming.End();

        Assert.ThrowsAny<Exception>(() => _incoming.EndSleep());
        Assert.ThrowsAny<Exception>(() => _incoming.TrySleep());
    }
#endif

    private static WorkItem Work() => new(() => { }, null);

    private sealed class CountingPoller : Poller
    {
        internal int WakeUps { get; private set; }

        internal bool IsDisposed { get; private set; }

        internal override void Wait(int milliseconds) => throw new InvalidOperationException("Nothing waits here.");

        internal override void Wake() => WakeUps++;

        internal override void Watch(int descriptor, PolledHandle handle, PollEvents events) => throw new InvalidOperationException("Nothing is watched here.");

        internal override void Change(int descriptor, PolledHandle handle, PollEvents events) => throw new InvalidOperationException("Nothing is watched here.");

        internal override void Unwatch(int descriptor, PolledHandle handle) => throw new InvalidOperationException("Nothing is watched here.");

        public override void Dispose() => IsDisposed = true;
    }
}
