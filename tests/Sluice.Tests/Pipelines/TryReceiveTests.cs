using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>Receives that do not wait forever.</summary>
public sealed class TryReceiveTests : IDisposable
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly Channel<int> _items = Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true });
    private readonly List<string> _log = [];
    private readonly CancellationTokenSource _stop = new();

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task Gives_the_item_or_tells_that_the_time_is_over_or_that_the_inbox_is_closed()
    {
        await NoContext.Enter();
        var run = Run(items => Log(items, s_second));

        Send(1);
        Send(2);
        _time.Advance(s_second);
        Send(3);
        _time.Advance(s_second / 2);
        Send(4);
        _time.Advance(s_second / 2);
        _time.Advance(s_second / 2);
        _time.Advance(s_second);
        _items.Writer.Complete();
        await Wait.For(run);

        Assert.Equal(["1", "2", "late", "3", "4", "late", "late", "closed"], _log);
    }

    [Fact]
    public async Task A_wait_of_no_time_is_a_look()
    {
        await NoContext.Enter();
        var target = Target.Start<int>(async items =>
        {
            await Log(items, TimeSpan.Zero, 1);
            await items.ReceiveAsync();
            await Log(items, TimeSpan.Zero, 2);
            await items.ReceiveAsync();
        });

        await Wait.For(target.SendAsync(1));
        await Wait.For(target.SendAsync(2));

        Assert.Equal(["late", "late", "late"], _log);
        Assert.Equal(CoroutineStatus.Completed, target.Status);
    }

    [Theory]
    [InlineData(-1L)]
    [InlineData(long.MaxValue)]
    public async Task An_infinite_wait_ends_with_an_item_only(long milliseconds)
    {
        await NoContext.Enter();
        var run = Run(items => Log(items, milliseconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.MaxValue, 1));

        _time.Advance(TimeSpan.FromDays(1000));
        Assert.Empty(_log);
        Send(5);
        await Wait.For(run);

        Assert.Equal(["5"], _log);
    }

    [Fact]
    public async Task A_wait_may_be_longer_than_a_timer_takes()
    {
        await NoContext.Enter();
        var run = Run(items => Log(items, TimeSpan.FromDays(100), 1));

        _time.Advance(TimeSpan.FromDays(99));
        Assert.Empty(_log);
        _time.Advance(TimeSpan.FromDays(1));
        await Wait.For(run);

        Assert.Equal(["late"], _log);
    }

    [Fact]
    public async Task A_wait_until_a_task_has_ended_takes_items_meanwhile()
    {
        await NoContext.Enter();
        var work = new TaskCompletionSource();
        var run = Run(async items =>
        {
            for (Received<int> received; (received = await items.TryReceiveAsync(work.Task)).IsItem;)
            {
                _log.Add($"{received.Item}");
            }

            _log.Add(work.Task.IsFaulted ? "work failed" : "closed");
            _log.Add((await items.TryReceiveAsync(work.Task)).IsItem ? "item" : "no item");
        });

        Send(1);
        Send(2);
        work.SetException(new FormatException());
        await Wait.For(run);

        Assert.Equal(["1", "2", "work failed", "no item"], _log);
        Assert.IsType<FormatException>(work.Task.Exception!.InnerException);
    }

    [Fact]
    public async Task A_cancellation_is_raised()
    {
        await NoContext.Enter();
        var run = Run(items => Log(items, s_second));

        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Empty(_log);
    }

    [Fact]
    public async Task An_error_that_is_thrown_in_is_raised()
    {
        await NoContext.Enter();
        var target = Target.Start<int>(items => Log(items, TimeSpan.FromHours(1)));

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(target.ThrowAsync(new FormatException())));

        Assert.Equal(CoroutineStatus.Faulted, target.Status);
    }

    [Fact]
    public async Task The_end_of_everything_behind_is_raised_while_it_waits()
    {
        await NoContext.Enter();
        var run = Source.From(_items.Reader).Through<int>(async (items, next) =>
        {
            for (var received = await items.TryReceiveAsync(s_second); !received.IsClosed; received = await items.TryReceiveAsync(s_second))
            {
                await next.SendAsync(received.IsItem ? received.Item : -1);
            }
        }).Take(3).To(Sink.ToList<int>()).RunAsync(new RunOptions { TimeProvider = _time });

        Send(1);
        _time.Advance(s_second);
        _time.Advance(s_second);

        Assert.Equal([1, -1, -1], await Wait.For(run));
    }

    [Fact]
    public void The_item_of_nothing_is_an_error()
    {
        Assert.Throws<InvalidOperationException>(() => default(Received<int>).Item);
        Assert.False(default(Received<int>).IsItem || default(Received<int>).IsClosed);
    }

    [Fact]
    public async Task Bad_arguments_are_refused()
    {
        var target = Target.Start<int>(async items => await items.TryReceiveAsync(TimeSpan.FromTicks(-5)));
        Assert.IsType<ArgumentOutOfRangeException>((await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(target.Completion))));

        target = Target.Start<int>(async items => await items.TryReceiveAsync(null!));
        Assert.IsType<ArgumentNullException>((await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(target.Completion))));
    }

    [Fact]
    [Trait("Category", "Stress")]
    public async Task Nothing_is_lost_when_real_timers_and_senders_meet()
    {
        const int Items = 20_000;
        var sum = 0L;
        var late = 0;
        var target = Target.Start<int>(async items =>
        {
            for (Received<int> received; !(received = await items.TryReceiveAsync(TimeSpan.FromMilliseconds(1))).IsClosed;)
            {
                sum += received.IsItem ? received.Item : 0;
                late += received.IsItem ? 0 : 1;
            }
        });

        await Wait.For(Task.WhenAll(Enumerable.Range(0, 4).Select(sender => Task.Run(async () =>
        {
            for (var i = 1; i <= Items; i++)
            {
                await target.SendAsync(1);
                if (i % (1000 + sender) == 0)
                {
                    await Task.Yield();
                }
            }
        }))));
        await Wait.For(target.CloseAsync());

        Assert.Equal(4L * Items, sum);
        Assert.InRange(late, 0, int.MaxValue);
    }

    private Task Run(Func<Inbox<int>, Coroutine> sink) =>
        Source.From(_items.Reader).To(sink).RunAsync(new RunOptions { TimeProvider = _time }, _stop.Token);

    private void Send(int item) => Assert.True(_items.Writer.TryWrite(item));

    private async Coroutine Log(Inbox<int> items, TimeSpan timeout, int times = int.MaxValue)
    {
        for (var i = 0; i < times; i++)
        {
            var received = await items.TryReceiveAsync(timeout);
            _log.Add(received.IsItem ? $"{received.Item}" : received.IsClosed ? "closed" : "late");
            if (received.IsClosed)
            {
                break;
            }
        }
    }
}
