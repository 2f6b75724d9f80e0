using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>Error policies of sources, in general.</summary>
public sealed class SourcePolicyTests
{
    private readonly List<SourceRestart> _restarts = [];
    private readonly List<string> _notes = [];
    private int _starts;

    [Fact]
    public async Task A_source_without_a_position_begins_from_the_start_and_says_so()
    {
        var seen = await ListOf(Failing(times: 1).OnError(ErrorPolicy.Restart(1), _restarts.Add));

        Assert.Equal([1, 2, 1, 2, 3], seen);
        var restart = Assert.Single(_restarts);
        Assert.Equal(("failing", 1, true, TimeSpan.Zero), (restart.SourceName, restart.Restarts, restart.IsFromStart, restart.Delay));
        Assert.IsType<FormatException>(restart.Error);
        Assert.Equal("'failing' has failed and begins from the start: start 1", restart.ToString());
        Assert.Equal(["finally 1", "finally 2"], _notes);
    }

    [Fact]
    public async Task A_source_of_ones_own_keeps_a_position_and_says_it()
    {
        var source = Source.Create<int>(async run =>
        {
            for (var item = run.RestartPosition is int next ? next : 1; item <= 4; item++)
            {
                if (item == 3 && run.Restarts == 0)
                {
                    throw new FormatException("no three");
                }

                await run.Next.SendAsync(item);
                run.RestartPosition = item + 1;
            }
        }, "counting");

        Assert.Equal([1, 2, 3, 4], await ListOf(source.OnError(ErrorPolicy.Restart(1), _restarts.Add)));
        Assert.Equal("'counting' has failed and goes on at 3: no three", Assert.Single(_restarts).ToString());
    }

    [Fact]
    public async Task Restarts_are_counted_over_the_run_and_the_last_failure_names_the_policy()
    {
        var run = Failing(times: 9).OnError(ErrorPolicy.Restart(2), _restarts.Add).To(Sink.ToList<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("start 3", error.Message);
        Assert.Equal(("failing", "restart 2"), (error.Data["Sluice.Stage"], error.Data["Sluice.ErrorPolicy"]));
        Assert.Single(run.Exception!.InnerExceptions);
        Assert.Equal([1, 2], _restarts.Select(restart => restart.Restarts));
    }

    [Fact]
    public async Task Retries_are_those_in_a_row_without_an_item_between()
    {
        Assert.Equal([1, 2, 1, 2, 1, 2, 3], await ListOf(Failing(times: 2).OnError(ErrorPolicy.Retry(1), _restarts.Add)));

        _starts = 0;
        var error = await Assert.ThrowsAsync<FormatException>(() => ListOf(Failing(times: 9, items: 0).OnError(ErrorPolicy.Retry(2), _restarts.Add)));
        Assert.Equal("start 3", error.Message);
    }

    [Fact]
    public async Task Waits_grow_while_nothing_is_sent_and_the_callback_tells_them()
    {
        await NoContext.Enter();
        var clock = new FakeTimeProvider();
        var backoff = new Backoff { First = TimeSpan.FromSeconds(1), Jitter = 0 };
        var run = Failing(times: 3, items: 0).OnError(ErrorPolicy.Restart(null, backoff), _restarts.Add).To(Sink.ToList<int>()).RunAsync(new RunOptions { TimeProvider = clock });
        foreach (var seconds in new[] { 1, 2, 4 })
        {
            Assert.False(run.IsCompleted);
            clock.Advance(TimeSpan.FromSeconds(seconds));
        }

        Assert.Equal([1, 2, 3], await Wait.For(run));
        Assert.Equal([1, 2, 4], _restarts.Select(restart => restart.Delay.TotalSeconds));
    }

    [Theory]
    [InlineData(5, 9)]
    [InlineData(60, 2)]
    public async Task Counts_begin_again_after_a_time_without_a_failure(int reset, int expected)
    {
        await NoContext.Enter();
        var clock = new FakeTimeProvider();
        var policy = ErrorPolicy.Restart(2, Backoff.Constant(TimeSpan.FromSeconds(1))).ResetAfter(TimeSpan.FromSeconds(reset));
        var source = Source.Create<int>(async (next, cancellation) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(10), clock, cancellation);
            await next.SendAsync(_starts);
            throw ++_starts < 10 ? new FormatException() : new InvalidDataException();
        }, "failing").OnError(policy.For<FormatException>(), _restarts.Add);
        var run = source.To(Sink.Count<int>()).RunAsync(new RunOptions { TimeProvider = clock });
        for (var second = 0; second < 200 && !run.IsCompleted; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(run));
        Assert.Equal(expected, _restarts.Count);
        Assert.Contains($"restart 2, reset after {TimeSpan.FromSeconds(reset)} for FormatException", source.To(Sink.Count<int>()).Graph.Nodes[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_behind_it_does_not_start_it_again()
    {
        var run = Failing(times: 0).OnError(ErrorPolicy.Restart(9), _restarts.Add).Select(x => x == 2 ? throw new InvalidDataException() : x).To(Sink.Count<int>()).RunAsync();

        await Assert.ThrowsAsync<InvalidDataException>(() => Wait.For(run));
        Assert.Empty(_restarts);
        Assert.Equal(1, _starts);
    }

    [Fact]
    public async Task An_early_end_behind_it_does_not_start_it_again()
    {
        Assert.Equal([1, 2], await ListOf(Failing(times: 0).OnError(ErrorPolicy.Restart(9), _restarts.Add).Take(2)));
        Assert.Equal((1, 0), (_starts, _restarts.Count));
    }

    [Fact]
    public async Task A_run_that_stops_while_it_waits_ends_at_once()
    {
        var waits = new Signal();
        var source = Failing(times: 9).OnError(ErrorPolicy.Restart(9, Backoff.Constant(TimeSpan.FromDays(1))), _ => waits.Set());
        var run = await Wait.For(source.To(Sink.ToList<int>()).StartAsync());
        await Wait.For(waits.Task);

        Assert.True((await Wait.For(run.StopAsync(Timeout.InfiniteTimeSpan))).IsClean);
        Assert.Equal([1, 2], await run.Completion);
    }

    [Fact]
    public async Task A_callback_that_throws_fails_the_source_with_both_errors()
    {
        var run = Failing(times: 1).OnError(ErrorPolicy.Restart(9), _ => throw new InvalidDataException()).To(Sink.Count<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<AggregateException>(() => Wait.For(run));
        Assert.Equal([typeof(FormatException), typeof(InvalidDataException)], error.InnerExceptions.Select(inner => inner.GetType()));
    }

    [Fact]
    public async Task Callbacks_that_wait_are_waited_for()
    {
        Assert.Equal(5, (await ListOf(Failing(times: 1).OnError(ErrorPolicy.Restart(1), async restart => await Later(restart)))).Count);
        _starts = 0;
        Assert.Equal(5, (await ListOf(Failing(times: 1).OnError(ErrorPolicy.Restart(1), Later))).Count);
        Assert.Equal(2, _restarts.Count);

        async Task Later(SourceRestart restart)
        {
            await Task.Yield();
            _restarts.Add(restart);
        }
    }

    [Fact]
    public async Task The_policy_that_was_applied_last_gets_what_the_other_gives_up()
    {
        var source = Failing(times: 3).OnError(ErrorPolicy.Restart(1), _restarts.Add).OnError(ErrorPolicy.Restart(1).For<FormatException>());

        Assert.Equal([1, 2, 1, 2, 1, 2, 1, 2, 3], await ListOf(source));
        Assert.Equal("on error restart 1; on error restart 1 for FormatException", source.To(Sink.Count<int>()).Graph.Nodes[0].Detail);
    }

    [Fact]
    public async Task Filters_and_stop_are_as_for_stages()
    {
        await Assert.ThrowsAsync<FormatException>(() => ListOf(Failing(times: 1).OnError(ErrorPolicy.Restart(1).For<IOException>(), _restarts.Add)));
        await Assert.ThrowsAsync<FormatException>(() => ListOf(Failing(times: 9).OnError(ErrorPolicy.Stop, _restarts.Add)));
        Assert.Empty(_restarts);
    }

    [Fact]
    public void What_a_source_cannot_do_is_refused_at_once()
    {
        var source = Source.From([1]);
        Assert.Throws<ArgumentException>("policy", () => source.OnError(ErrorPolicy.Skip));
        Assert.Throws<ArgumentException>("policy", () => source.OnError(ErrorPolicy.Retry(1, thenSkip: true)));
        Assert.Throws<ArgumentException>("policy", () => source.OnError(ErrorPolicy.Restart(1, skipItem: true)));
        Assert.Throws<ArgumentException>("policy", () => source.Select(x => x).OnError(ErrorPolicy.Restart(1)));
        Assert.Throws<ArgumentException>("policy", () => source.Merge(source).OnError(ErrorPolicy.Restart(1)));
        Assert.Throws<ArgumentNullException>("policy", () => source.OnError(null!));
        Assert.Throws<ArgumentNullException>("restarting", () => source.OnError(ErrorPolicy.Stop, (Action<SourceRestart>)null!));
        Assert.Throws<ArgumentOutOfRangeException>("time", () => ErrorPolicy.Restart(1).ResetAfter(TimeSpan.Zero));
        Assert.Throws<InvalidOperationException>(() => ErrorPolicy.Retry(1).ResetAfter(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Chunks_and_single_items_count_as_sent()
    {
        foreach (var chunks in new[] { true, false })
        {
            _starts = 0;
            var source = Source.Create<int>(async run =>
            {
                if (chunks)
                {
                    await run.SendAllAsync([1, 2], 2);
                }
                else
                {
                    await run.Next.SendAsync(1);
                    await run.Next.SendAsync(2);
                }

                if (++_starts < 5)
                {
                    throw new FormatException();
                }
            }).OnError(ErrorPolicy.Retry(1));

            Assert.Equal(10, (await ListOf(source)).Count);
        }
    }

    [Fact]
    public async Task A_channel_goes_on_with_its_next_item()
    {
        var channel = Channel.CreateUnbounded<int>();
        for (var item = 1; item <= 3; item++)
        {
            channel.Writer.TryWrite(item);
        }

        channel.Writer.Complete(new FormatException());
        var run = Source.From(channel.Reader).OnError(ErrorPolicy.Restart(1), _restarts.Add).To(Sink.Count<int>()).RunAsync();

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)); // and fails again, since it has ended with that
        Assert.Equal("what the channel holds", Assert.Single(_restarts).Position);
    }

    private static Task<List<int>> ListOf(Source<int> source) => Wait.For(source.To(Sink.ToList<int>()).RunAsync());

    /// <summary>Sends 1 and 2 and fails, that many times, or before it sends anything; then sends 1, 2 and 3.</summary>
    private Source<int> Failing(int times, int items = 2) => Source.Create<int>(async (next, cancellation) =>
    {
        var start = ++_starts;
        try
        {
            for (var item = 1; item <= 3; item++)
            {
                if (item > items && start <= times)
                {
                    throw new FormatException($"start {start}");
                }

                await next.SendAsync(item);
            }
        }
        finally
        {
            _notes.Add($"finally {start}");
        }
    }, "failing");
}
