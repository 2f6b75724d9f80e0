using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests.Portability;

/// <summary>A snapshot is taken in its turn, and only when everything waits.</summary>
public sealed class CaptureTimingTests
{
    [Fact]
    public async Task It_takes_its_place_behind_sends_that_wait_and_before_later_ones()
    {
        await NoContext.Enter();
        var signal = new Signal();
        var options = new SnapshotOptions { Outside = { ["gate"] = signal.Task } };
        var target = Target.Start<int, int>(items => SumWithWait(items, signal.Task));
        var first = target.SendAsync(1).AsTask();
        var second = target.SendAsync(2).AsTask();
        var snapshot = target.SnapshotAsync(options).AsTask();
        var third = target.SendAsync(4).AsTask();
        Assert.False(snapshot.IsCompleted);

        signal.Set();

        var copy = (await Wait.For(snapshot)).Resume<int, int>();
        await Wait.For(Task.WhenAll(first, second, third));
        await copy.CloseAsync();
        await target.CloseAsync();
        Assert.Equal(3, await copy.Completion);
        Assert.Equal(7, await target.Completion);
    }

    [Fact]
    public async Task It_waits_for_a_busy_target_that_the_coroutine_sends_to()
    {
        await NoContext.Enter();
        var signal = new Signal();
        var options = new SnapshotOptions { Outside = { ["gate"] = signal.Task } };
        var sink = Target.Start<int, int>(items => SumWithWait(items, signal.Task));
        var head = Target.Start<int>(items => Forward(items, sink));
        var sent = sink.SendAsync(1).AsTask();

        var snapshot = head.SnapshotAsync(options).AsTask();
        Assert.False(snapshot.IsCompleted);
        signal.Set();

        Assert.NotEmpty((await Wait.For(snapshot)).ToBytes());
        await Wait.For(sent);
        await Wait.For(head.SendAsync(1));
    }

    [Fact]
    public async Task It_gives_up_on_a_busy_target_that_ends()
    {
        await NoContext.Enter();
        var signal = new Signal();
        var options = new SnapshotOptions { Outside = { ["gate"] = signal.Task } };
        var sink = Target.Start<int, int>(items => SumWithWait(items, signal.Task));
        var head = Target.Start<int>(items => Forward(items, sink));
        var sent = sink.SendAsync(1).AsTask();
        var closed = sink.CloseAsync().AsTask();
        var snapshot = head.SnapshotAsync(options).AsTask();

        signal.Set();

        var copy = (await Wait.For(snapshot)).Resume<int>();
        await Wait.For(Task.WhenAll(sent, closed));
        await Assert.ThrowsAsync<TargetClosedException>(() => copy.SendAsync(1).AsTask());
    }

    [Fact]
    public async Task A_wait_in_time_goes_on_for_the_time_that_was_left()
    {
        var time = new FakeTimeProvider();
        var options = new SnapshotOptions { Outside = { ["time"] = time } };
        var target = Target.Start<int, string>(InTime);
        await target.SendAsync(1);

        var copy = Copies.Of(await target.SnapshotAsync(options), options).Resume<int, string>();

        await copy.SendAsync(2);
        await copy.CloseAsync();
        Assert.Equal("1 2 ", await Wait.For(copy.Completion));
    }

    [Fact]
    public async Task Snapshots_while_others_send_lose_nothing()
    {
        await NoContext.Enter();
        var target = Target.Start<int, int>(SumGoingAway);
        await target.SendAsync(1);
        var taken = 0;
        await Wait.For(Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                await target.SendAsync(1);
                if (i % 50 == 0)
                {
                    var copy = (await target.SnapshotAsync()).Resume<int, int>();
                    await copy.CloseAsync();
                    Assert.InRange(await copy.Completion, 1, 2001);
                    Interlocked.Increment(ref taken);
                }
            }
        }))));

        await target.CloseAsync();
        Assert.Equal(2001, await target.Completion);
        Assert.Equal(40, taken);
    }

    private static async Coroutine<string> InTime(Inbox<int> items)
    {
        var text = "";
        while (await items.TryReceiveAsync(TimeSpan.FromHours(1)) is { IsClosed: false } received)
        {
            text += $"{received.Item} ";
        }

        return text;
    }

    private static async Coroutine<int> SumWithWait(Inbox<int> items, Task gate)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            await gate;
            sum += item;
        }

        return sum;
    }

    private static async Coroutine<int> SumGoingAway(Inbox<int> items)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            await Task.Yield(); // from here on it has a strand
            sum += item;
        }

        return sum;
    }

    private static async Coroutine Forward(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }
    }
}
