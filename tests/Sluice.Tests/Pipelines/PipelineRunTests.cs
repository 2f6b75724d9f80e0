using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>The handle of a run: looking at it, and stopping it.</summary>
public sealed class PipelineRunTests
{
    private readonly Channel<int> _items = Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true });
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _log = [];

    [Fact]
    public async Task A_started_run_completes_with_the_result()
    {
        var run = await Wait.For(Source.From([1, 2, 3]).To(Sink.ToList<int>()).StartAsync());

        Assert.Equal([1, 2, 3], await Wait.For(run.Completion));
        Assert.All(run.Nodes, node => Assert.True(node.HasEnded));
    }

    [Fact]
    public async Task A_stop_lets_what_is_under_way_go_through_and_completes_normally()
    {
        var run = await Wait.For(Source.From(_items.Reader).Through<int>(PassAndSayGoodbye).To(Sink.ToList<int>()).StartAsync());
        Assert.True(_items.Writer.TryWrite(1));
        Assert.True(_items.Writer.TryWrite(2));

        var outcome = await Wait.For(run.StopAsync(Wait.Limit));

        AssertClean(outcome);
        Assert.Equal(-1, (await Wait.For(run.Completion))[^1]);
    }

    [Fact]
    public async Task A_stop_ends_a_source_that_never_waits()
    {
        var run = await Wait.For(Source.From(Enumerable.Range(0, int.MaxValue)).To(Sink.Count<int>()).StartAsync());

        AssertClean(await Wait.For(run.StopAsync(Wait.Limit)));

        Assert.InRange(await Wait.For(run.Completion), 0, int.MaxValue);
    }

    [Fact]
    public async Task A_stop_while_a_stage_waits_in_the_middle_of_an_array_leaves_the_rest_and_completes_normally()
    {
        var io = new Signal();
        var run = await Wait.For(Source.From([1, 2, 3]).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await (item == 2 ? io.Task : Task.CompletedTask);
                await next.SendAsync(item);
            }

            await next.SendAsync(-1);
        }).To(Sink.ToList<int>()).StartAsync());

        var stop = run.StopAsync(Wait.Limit);
        io.Set();

        AssertClean(await Wait.For(stop));
        Assert.Equal([1, 2, -1], await Wait.For(run.Completion));
    }

    [Fact]
    public async Task What_has_not_ended_in_time_is_cancelled_and_reported()
    {
        var io = new Signal();
        var run = await Wait.For(Source.From([1, 2]).To(async items =>
        {
            try
            {
                await foreach (var item in items)
                {
                    await io.Task.WaitAsync(items.Cancellation);
                }
            }
            finally
            {
                _log.Add("finally");
            }
        }, "stuck").StartAsync(new() { TimeProvider = _time }));

        var stop = run.StopAsync(TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.False(stop.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var outcome = await Wait.For(stop);

        Assert.Contains("stuck", outcome.Abandoned.Select(node => node.Name));
        Assert.Empty(outcome.StillRunning);
        Assert.True(run.Completion.IsCanceled);
        Assert.Equal(["finally"], _log);
    }

    [Fact]
    public async Task A_failure_of_the_run_comes_out_of_the_stop_and_of_the_completion()
    {
        var run = await Wait.For(Source.From(_items.Reader).To(async items =>
        {
            await foreach (var item in items)
            {
            }

            throw new FormatException();
        }, "failing").StartAsync());

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run.StopAsync(Wait.Limit)));
        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run.Completion));
    }

    [Fact]
    public async Task A_run_that_has_ended_can_be_stopped()
    {
        var run = await Wait.For(Source.From([1]).To(Sink.Count<int>()).StartAsync());
        await Wait.For(run.Completion);

        AssertClean(await Wait.For(run.StopAsync(TimeSpan.Zero)));
    }

    [Fact]
    public async Task A_run_that_was_cancelled_can_be_stopped()
    {
        using var cancel = new CancellationTokenSource();
        var run = await Wait.For(Source.From(_items.Reader).To(Sink.Count<int>()).StartAsync(null, cancel.Token));
        await cancel.CancelAsync();

        AssertClean(await Wait.For(run.StopAsync(Wait.Limit)));
        Assert.True(run.Completion.IsCanceled);
    }

    [Fact]
    public async Task The_nodes_tell_what_they_do_and_count_if_that_is_wanted()
    {
        var io = new Signal();
        var reached = new Signal();
        var run = await Wait.For(Source.From([1, 2, 3, 4]).Where(item => item % 2 == 0).To(async items =>
        {
            await items.ReceiveAsync();
            reached.Set();
            await io.Task;
            await items.ReceiveAsync();
        }, "slow").StartAsync(new() { CountItems = true, TimeProvider = _time }));
        await Wait.For(reached.Task);

        Assert.Equal(["From", "Where", "slow"], run.Nodes.Select(node => node.Name));
        Assert.Equal([NodeKind.Source, NodeKind.Operator, NodeKind.Sink], run.Nodes.Select(node => node.Kind));
        Assert.Contains("From: ", run.Describe(), StringComparison.Ordinal);
        Assert.Contains("slow: ", run.Describe(), StringComparison.Ordinal);

        var blocked = await run.SeenBlocked(1, _time);
        _time.Advance(TimeSpan.FromSeconds(2));
        io.Set();
        await Wait.For(run.Completion);

        Assert.Equal([(0L, 4L), (4L, 2L), (2L, 0L)], run.Nodes.Select(node => (node.ItemsIn, node.ItemsOut)));
        Assert.All(run.Nodes, node => Assert.Equal(0, node.ItemsInFlight));
        Assert.Equal(blocked + TimeSpan.FromSeconds(2), run.Nodes[1].Blocked);
        Assert.Contains("in 2, out 0, in flight 0", run.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_starts_nothing()
    {
        var start = Source.From([1]).Tap(_ => _log.Add("ran")).To(Sink.Count<int>()).StartAsync(null, new CancellationToken(canceled: true));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(start));
        Assert.Empty(_log);
    }

    [Fact]
    public async Task A_negative_time_is_refused()
    {
        var run = await Wait.For(Source.From([1]).To(Sink.Count<int>()).StartAsync());

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => run.StopAsync(TimeSpan.FromSeconds(-2)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => run.StopAsync(TimeSpan.Zero, TimeSpan.FromSeconds(-2)));
    }

    private static void AssertClean(StopOutcome outcome)
    {
        Assert.True(outcome.IsClean);
        Assert.Empty(outcome.Abandoned);
        Assert.Empty(outcome.StillRunning);
        Assert.Equal("", outcome.ToString());
    }

    private static async Coroutine PassAndSayGoodbye(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
        }

        await next.SendAsync(-1);
    }
}
