using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>Failures that count as a cancellation, and those that do not.</summary>
public sealed class CancellationOutcomeTests : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task A_cancellation_that_is_not_the_runs_is_a_failure()
    {
        var foreign = new OperationCanceledException("of something else");
        var run = Source.From([1]).To(async items =>
        {
            await items.ReceiveAsync();
            throw foreign;
        }, "timed out").RunAsync(_stop.Token);

        Assert.Same(foreign, await Assert.ThrowsAsync<OperationCanceledException>(() => Wait.For(run)));
        Assert.True(run.IsFaulted);
        Assert.Equal("timed out", foreign.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_cancellation_by_a_token_of_the_stage_is_a_failure()
    {
        using var own = new CancellationTokenSource();
        var run = Source.From([1]).Through<int>(async (items, next) =>
        {
            await items.ReceiveAsync();
            await new Signal().Task.WaitAsync(own.Token);
        }, "impatient").To(Sink.ToList<int>()).RunAsync(_stop.Token);
        await own.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsFaulted);
        Assert.Equal("impatient", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_target_that_a_stage_starts_by_hand_has_the_token_and_the_clock_of_the_run()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        TimeProvider? seen = null;
        var run = Source.From([1]).To(async items =>
        {
            var inner = Target.Start<int>(async own =>
            {
                seen = own.TimeProvider;
                await own.ReceiveAsync();
                await new Signal().Task.WaitAsync(own.Cancellation);
            });
            await inner.SendAsync(await items.ReceiveAsync());
        }).RunAsync(new RunOptions { TimeProvider = time }, _stop.Token);

        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Same(time, seen);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_function_of_an_operator_that_throws_the_cancellation_of_the_run_cancels_it(bool isObject)
    {
        var source = Source.From([1, 2]);
        var run = (isObject ? source.Select(Stop) : source.SelectMany(item => new[] { Stop(item) })).To(Sink.ToList<int>()).RunAsync(_stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);

        int Stop(int item)
        {
            _stop.Cancel();
            _stop.Token.ThrowIfCancellationRequested();
            return item;
        }
    }

    [Fact]
    public async Task A_failure_while_the_run_is_being_canceled_is_a_failure()
    {
        var run = Source.From(Channel.CreateUnbounded<int>().Reader).To(async items =>
        {
            try
            {
                await items.ReceiveAsync();
            }
            finally
            {
                Stages.ThrowAt(1, 1, new FormatException());
            }
        }, "clumsy").RunAsync(_stop.Token);
        await _stop.CancelAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("clumsy", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_stage_that_ignores_the_cancellation_and_goes_on_receiving_is_abandoned_after_64_receives()
    {
        var caught = 0;
        var finallyRan = false;
        var run = Source.From(Channel.CreateUnbounded<int>().Reader).To(async items =>
        {
            try
            {
                while (caught < 1000)
                {
                    try
                    {
                        await items.ReceiveAsync();
                    }
                    catch (OperationCanceledException)
                    {
                        caught++;
                    }
                }
            }
            finally
            {
                finallyRan = true;
            }
        }, "stubborn").RunAsync(_stop.Token);
        await _stop.CancelAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Contains("stubborn", error.Message, StringComparison.Ordinal);
        Assert.Equal("stubborn", error.Data["Sluice.Stage"]);
        Assert.InRange(caught, 64, 65);
        Assert.False(finallyRan);
    }

    [Fact]
    public async Task A_stage_that_ignores_the_close_and_goes_on_receiving_is_abandoned_after_64_receives()
    {
        var caught = 0;
        var run = Source.From([1]).To(async items =>
        {
            while (caught < 1000)
            {
                try
                {
                    await items.ReceiveAsync();
                }
                catch (InboxClosedException)
                {
                    caught++;
                }
            }
        }, "stubborn").RunAsync(_stop.Token);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Contains("stubborn", error.Message, StringComparison.Ordinal);
        Assert.InRange(caught, 64, 65);
    }

    [Fact]
    public async Task A_canceled_run_is_canceled_though_its_sink_caught_the_cancellation_and_has_a_result()
    {
        var run = Source.From(Channel.CreateUnbounded<int>().Reader).To(async items =>
        {
            try
            {
                return await items.ReceiveAsync();
            }
            catch (OperationCanceledException)
            {
                return -1;
            }
        }).RunAsync(_stop.Token);
        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
    }

    [Fact]
    public async Task A_canceled_run_of_a_created_source_reports_the_callers_token_and_not_its_own()
    {
        var run = Source.Create<int>(async (next, token) => await new Signal().Task.WaitAsync(token)).To(Sink.Count<int>()).RunAsync(_stop.Token);
        await _stop.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal(_stop.Token, error.CancellationToken);
        Assert.True(run.IsCanceled);
    }

    [Fact]
    public async Task A_send_that_was_reported_as_delivered_is_never_lost_by_a_cancellation()
    {
        var (sent, received) = (new List<int>(), new List<int>());
        var run = Source.Create<int>(async (next, token) =>
        {
            for (var i = 1; i < Numbers.Limit; i++)
            {
                await next.SendAsync(i);
                sent.Add(i);
            }
        }).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await Task.Yield();
                if (item == 50)
                {
                    _stop.Cancel();
                }

                received.Add(item);
            }
        }).To(Sink.Count<int>()).RunAsync(_stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.InRange(sent.Count, 49, 50);
        Assert.Equal(sent, received.Take(sent.Count));
        Assert.Equal(50, received.Count);
    }
}
