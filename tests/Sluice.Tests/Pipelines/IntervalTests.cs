using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

public sealed class IntervalTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<long> _seen = [];

    [Fact]
    public async Task A_number_comes_at_each_tick_until_nobody_takes_it()
    {
        await NoContext.Enter();
        var run = Run(Source.Interval(TimeSpan.FromSeconds(1)).Take(3));

        Pass(0.9);
        Assert.Empty(_seen);
        Pass(0.1);
        Assert.Equal([0], _seen);
        Pass(1);
        Assert.Equal([0, 1], _seen);
        Assert.False(run.IsCompleted);
        Pass(1);

        await Wait.For(run);
        Assert.Equal([0, 1, 2], _seen);
    }

    [Fact]
    public async Task Ticks_that_pass_while_a_number_is_handled_are_one()
    {
        await NoContext.Enter();
        var signal = new TaskCompletionSource();
        var run = Run(Source.Interval(TimeSpan.FromSeconds(1)).Through<long>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item);
                await signal.Task;
            }
        }).Take(3));

        Pass(4.5);
        Assert.Equal([0], _seen);
        signal.SetResult();
        Assert.Equal([0, 1], _seen);
        Pass(0.4);
        Assert.Equal([0, 1], _seen);
        Pass(0.1);

        await Wait.For(run);
        Assert.Equal([0, 1, 2], _seen);
    }

    [Fact]
    public async Task A_cancellation_ends_it_between_ticks()
    {
        await NoContext.Enter();
        using var stop = new CancellationTokenSource();
        var run = Run(Source.Interval(TimeSpan.FromSeconds(1)), stop.Token);
        Pass(1);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal([0], _seen);
    }

    [Fact]
    public async Task An_end_behind_it_ends_it_between_ticks()
    {
        await NoContext.Enter();
        var run = Source.Interval(TimeSpan.FromSeconds(3)).To(async items => await items.TryReceiveAsync(TimeSpan.FromSeconds(1)))
            .RunAsync(new RunOptions { TimeProvider = _clock });

        Pass(1);

        await Wait.For(run);
    }

    [Fact]
    public void Periods_that_timers_do_not_take_are_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>("period", () => Source.Interval(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("period", () => Source.Interval(TimeSpan.FromDays(50)));
        Assert.Equal(("Interval", "00:00:01"), (Source.Interval(TimeSpan.FromSeconds(1)).To(Sink.Count<long>()).Graph.Nodes[0].Name, Source.Interval(TimeSpan.FromSeconds(1)).To(Sink.Count<long>()).Graph.Nodes[0].Detail));
    }

    private Task Run(Source<long> source, CancellationToken cancellation = default) =>
        source.To(Sink.ForEach<long>(_seen.Add)).RunAsync(new RunOptions { TimeProvider = _clock }, cancellation);

    /// <summary>By steps, since the fake clock jumps to the end of each advance.</summary>
    private void Pass(double seconds)
    {
        for (var left = TimeSpan.FromSeconds(seconds); left > TimeSpan.Zero; left -= TimeSpan.FromMilliseconds(50))
        {
            _clock.Advance(TimeSpan.FromMilliseconds(50));
        }
    }
}
