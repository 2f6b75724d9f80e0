using System.Threading.Channels;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>Cancelling a run that has a part there.</summary>
public abstract partial class EnvironmentContract
{
    private readonly CancellationTokenSource _cancellation = new();

    [Fact]
    public async Task A_cancellation_ends_what_waits_for_items_and_finally_blocks_run_there()
    {
        var (post, items) = (Post, Channel.CreateUnbounded<int>());
        var run = await Wait.For(There(Source.From(items.Reader)).Through<int>((items, next) => Parts.PassSaying(items, next, post, "stage"))
            .To(items => Parts.DrainSaying(items, post, "sink")).StartAsync(cancellationToken: _cancellation.Token));

        await _cancellation.CancelAsync();

        await AssertCanceled(run.Completion);
        Assert.Equal(["sink", "stage"], _lookout.Heard.Order());
    }

    [Fact]
    public async Task A_cancellation_ends_a_run_whose_boundaries_are_full()
    {
        var post = Post;
        var lead = new Lead((_place.Boundaries * Few) + _place.RoomBack(Few));
        var run = Back(There(Source.From(lead.Count(Numbers.Limit)), Few).Through<int>((items, next) => Parts.PassSaying(items, next, post, "finally")))
            .To(items => Parts.Ask(items, post)).RunAsync(_cancellation.Token);
        await Wait.For(lead.IsAhead, "full boundaries");

        await _cancellation.CancelAsync();

        await AssertCanceled(run);
        Assert.Contains("finally", _lookout.Heard);
    }

    [Fact]
    public async Task A_cancellation_reaches_a_stage_there_while_it_computes()
    {
        var post = Post;
        var run = await Wait.For(There(Numbered(1000)).To(items => Parts.Compute(items, post)).StartAsync(cancellationToken: _cancellation.Token));
        await _lookout.Hears("computes");

        await _cancellation.CancelAsync();

        await AssertCanceled(run.Completion);
        Assert.Equal(["computes", "saw it"], _lookout.Heard);
    }

    [Fact]
    public async Task A_cancellation_ends_a_wait_there_for_something_outside()
    {
        var post = Post;
        var run = There(Numbered(1000)).To(items => Parts.Ask(items, post)).RunAsync(_cancellation.Token);
        await _lookout.Hears("item 0");

        await _cancellation.CancelAsync();

        await AssertCanceled(run);
        Assert.Equal(["item 0"], _lookout.Heard);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_before_starts_nothing_there()
    {
        var (post, numbers) = (Post, new Numbers());
        await _cancellation.CancelAsync();

        await AssertCanceled(There(Source.From(numbers.Endless())).To(items => Parts.DrainSaying(items, post, "sink")).RunAsync(_cancellation.Token));

        Assert.Equal(0, numbers.Produced);
        Assert.Empty(_lookout.Heard);
    }

    [Fact]
    public async Task A_run_that_is_cancelled_while_it_starts_ends()
    {
        var run = Last(There(Source.From(Channel.CreateUnbounded<int>().Reader))).To(Parts.CountInOrder).RunAsync(_cancellation.Token);

        await _cancellation.CancelAsync();

        await AssertCanceled(run);
    }

    private async Task AssertCanceled(Task run)
    {
        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal(_cancellation.Token, canceled.CancellationToken);
        Assert.True(run.IsCanceled);
    }
}
