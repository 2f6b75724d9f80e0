using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

public sealed class BackoffTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _time = new();
    private readonly Failing _failing = new Failing().At(2, times: 3);
    private readonly Numbers _numbers = new();
    private readonly List<int> _seen = [];

    [Fact]
    public void Waits_grow_by_the_factor_up_to_the_cap()
    {
        var backoff = new Backoff { First = s_second, Factor = 3, Cap = 20 * s_second, Jitter = 0 };

        Assert.Equal([1, 3, 9, 20, 20], Enumerable.Range(1, 5).Select(n => backoff.DelayBefore(n).TotalSeconds));
        Assert.Equal(20 * s_second, backoff.DelayBefore(int.MaxValue));
        Assert.Equal(TimeSpan.Zero, new Backoff { First = TimeSpan.Zero }.DelayBefore(int.MaxValue));
        Assert.Equal(7 * s_second, Backoff.Constant(7 * s_second).DelayBefore(100));
    }

    [Fact]
    public void Jitter_takes_away_a_part_and_a_seed_makes_it_repeatable()
    {
        var (one, same) = (Seeded(), Seeded());
        var delays = Enumerable.Range(1, 200).Select(one.DelayBefore).ToList();

        Assert.Equal(delays, Enumerable.Range(1, 200).Select(same.DelayBefore));
        Assert.All(delays, delay => Assert.InRange(delay.TotalSeconds, 7.5, 10));
        Assert.True(delays.Distinct().Count() > 100);

        static Backoff Seeded() => new() { First = 10 * s_second, Cap = 10 * s_second, Jitter = 0.25, Random = new Random(1) };
    }

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>("First", () => new Backoff { First = -s_second });
        Assert.Throws<ArgumentOutOfRangeException>("Cap", () => new Backoff { Cap = Backoff.MaxCap + s_second });
        Assert.Throws<ArgumentOutOfRangeException>("Factor", () => new Backoff { Factor = 0.5 });
        Assert.Throws<ArgumentOutOfRangeException>("Factor", () => new Backoff { Factor = double.PositiveInfinity });
        Assert.Throws<ArgumentOutOfRangeException>("Jitter", () => new Backoff { Jitter = double.NaN });
        Assert.Throws<ArgumentNullException>("Random", () => new Backoff { Random = null! });
        Assert.Throws<ArgumentOutOfRangeException>("delay", () => Backoff.Constant(-s_second));
        Assert.Throws<ArgumentOutOfRangeException>("attempt", () => new Backoff().DelayBefore(0));
    }

    [Fact]
    public async Task A_retry_waits_on_the_clock_of_the_run_and_its_source_waits_with_it()
    {
        var run = Start(ErrorPolicy.Retry(3, new Backoff { First = s_second, Jitter = 0 }));
        foreach (var (seconds, attempts) in new[] { (1, 1), (2, 2), (4, 3) })
        {
            _time.Advance((seconds * s_second) - TimeSpan.FromMilliseconds(1));
            Assert.Equal((attempts, 2), (_failing.Attempts.Count - 1, _numbers.Produced));
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await Wait.For(run);
        Assert.Equal([101, 201, 302], _seen);
    }

    [Fact]
    public async Task A_restart_waits_longer_each_time_until_an_item_is_handled()
    {
        var failing = new Failing().At(1).At(2).At(4);
        var run = Source.From([1, 2, 3, 4, 5]).Through(failing.Stage().OnError(ErrorPolicy.Restart(5, new Backoff { First = s_second, Jitter = 0 }, skipItem: true)))
            .To(Sink.ForEach<int>(_seen.Add)).RunAsync(new RunOptions { TimeProvider = _time });
        _time.Advance(s_second);
        Assert.Equal([1, 2], failing.Attempts);
        _time.Advance(s_second);
        Assert.Equal([1, 2], failing.Attempts);
        _time.Advance(s_second);
        Assert.Equal([1, 2, 3, 4], failing.Attempts);
        _time.Advance(s_second);

        await Wait.For(run);
        Assert.Equal([301, 501], _seen);
    }

    [Fact]
    public async Task A_cancellation_ends_the_wait()
    {
        using var stop = new CancellationTokenSource();
        var run = Start(ErrorPolicy.Retry(3, Backoff.Constant(s_second)), stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal(stop.Token, error.CancellationToken);
        Assert.Equal(1, _numbers.Ended);
        Assert.Equal([1, 2], _failing.Attempts);
        Assert.Equal(["start", "finally"], _failing.Notes.TakeLast(2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_end_of_what_is_behind_it_ends_the_wait(bool withFailure)
    {
        var end = new Signal();
        var cause = new NotSupportedException();
        var stage = Stage.Create<int, int>(async (items, next) =>
        {
            await items.ReceiveAsync();
            var sent = next.SendAsync(1).AsTask(); // not awaited: the sink is busy with it while the next item fails
            await items.ReceiveAsync();
            _ = sent;
            throw new FormatException();
        }).OnError(ErrorPolicy.Retry(3, Backoff.Constant(s_second)));
        var run = Source.From(_numbers.Endless()).Through(stage).To(async items =>
        {
            await items.ReceiveAsync();
            await end.Task;
            if (withFailure)
            {
                throw cause;
            }
        }).RunAsync(new RunOptions { TimeProvider = _time });
        Assert.Equal((2, false), (_numbers.Produced, run.IsCompleted));

        end.Set();

        if (withFailure)
        {
            Assert.Same(cause, await Assert.ThrowsAsync<NotSupportedException>(() => Wait.For(run)));
            Assert.IsType<FormatException>(run.Exception!.InnerExceptions[1]);
        }
        else
        {
            await Wait.For(run);
        }

        Assert.Equal((2, 1), (_numbers.Produced, _numbers.Ended));
    }

    private Task Start(ErrorPolicy policy, CancellationToken token = default) =>
        Source.From(_numbers.Endless()).Take(3).Through(_failing.Stage().OnError(policy)).To(Sink.ForEach<int>(_seen.Add))
            .RunAsync(new RunOptions { TimeProvider = _time }, token);
}
