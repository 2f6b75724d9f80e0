using System.Threading.Channels;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>Rules 5, 8 and 11: how the ends of either side come to the other.</summary>
public abstract partial class EnvironmentContract
{
    /// <summary>The items that may be sent to an end that is not known here yet: those under way, and those a receiver has at hand.</summary>
    private int MostInVain => 2 * Few * (_place.Boundaries + _place.BoundariesBack);

    [Fact]
    public async Task Rule_8_A_close_ends_the_loop_there_and_what_is_sent_behind_it_arrives()
    {
        Assert.Equal([1, 3, 6, -1], await ListOf(Back(There(Source.From([1, 2, 3])).Through<long>(Parts.Totals))));
    }

    [Fact]
    public async Task Rule_11_Finally_blocks_there_run_in_order_once_and_before_the_run_ends()
    {
        var post = Post;
        await Wait.For(There(Numbered(10))
            .Through<int>((items, next) => Parts.PassSaying(items, next, post, "first"))
            .Through<int>((items, next) => Parts.PassSaying(items, next, post, "second"))
            .To(items => Parts.DrainSaying(items, post, "sink")).RunAsync());

        Assert.Equal(["first", "second", "sink"], _lookout.Heard);
    }

    [Fact]
    public async Task Rule_8_A_close_by_a_stage_here_completes_when_everything_behind_it_there_has_finished()
    {
        var (post, notes) = (Post, new List<string>());
        await Wait.For(There(Numbered(10).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item);
            }

            await next.CloseAsync();
            notes.AddRange(_lookout.Heard);
            await next.CloseAsync();
        })).Through<int>((items, next) => Parts.PassSaying(items, next, post, "stage")).To(items => Parts.DrainSaying(items, post, "sink")).RunAsync());

        Assert.Equal(["stage", "sink"], notes);
    }

    [Fact]
    public async Task Rule_8_A_close_by_a_stage_there_completes_when_everything_behind_it_here_has_finished()
    {
        var post = Post;
        await Wait.For(Back(There(Numbered(10)).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item);
            }

            await next.CloseAsync();
            post.Say("closed");
        })).To(items => Parts.DrainSaying(items, post, "sink")).RunAsync());

        Assert.Equal(["sink", "closed"], _lookout.Heard);
    }

    [Fact]
    public async Task Rule_8_A_send_behind_a_close_is_refused_though_the_target_is_there()
    {
        var refused = (Exception?)null;
        await Wait.For(Last(There(Numbered(1).Through<int>(async (items, next) =>
        {
            await next.CloseAsync();
            refused = await Record.ExceptionAsync(async () => await next.SendAsync(1));
        }))).To(Parts.CountInOrder).RunAsync());

        Assert.IsType<TargetClosedException>(refused);
    }

    [Fact]
    public async Task Rule_5_A_Take_there_ends_the_source_here_quietly_after_few_items()
    {
        var numbers = new Numbers();
        Assert.Equal([1, 2, 3, 4, 5], await Wait.For(Last(There(Source.From(numbers.Endless()), Few).Take(5)).To(Sink.ToList<int>()).RunAsync()));
        Assert.InRange(numbers.Produced, 5, 5 + MostInVain);
        Assert.Equal(1, numbers.Ended);
    }

    [Fact]
    public async Task Rule_5_A_Take_here_ends_the_source_quietly_after_few_items_past_a_stage_there()
    {
        var (post, numbers) = (Post, new Numbers());
        var source = There(Source.From(numbers.Endless()), Few).Through<int>((items, next) => Parts.PassSaying(items, next, post, "finally"));
        Assert.Equal([1, 2, 3, 4, 5], await ListOf(Back(source).Take(5)));
        Assert.InRange(numbers.Produced, 5, 5 + MostInVain);
        Assert.Equal(1, numbers.Ended);
        Assert.Equal(["finally"], _lookout.Heard);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rule_5_A_Take_ends_a_source_that_waits_for_ever_past_filters_that_never_match_again(bool isTakenThere)
    {
        var (post, items) = (Post, Channel.CreateUnbounded<int>());
        for (var i = 1; i <= 100; i++)
        {
            Assert.True(items.Writer.TryWrite(i));
        }

        var there = There(Source.From(items.Reader).Where(static item => item <= 5))
            .Through<int>((items, next) => Parts.PassSaying(items, next, post, "finally"))
            .Where(static item => item <= 5);
        Assert.Equal([1, 2, 3, 4, 5], await ListOf(isTakenThere ? Back(there.Take(5)) : Back(there).Where(static _ => true).Take(5)));
        Assert.Equal(["finally"], _lookout.Heard);
    }

    [Fact]
    public async Task A_stage_there_that_waits_with_its_token_ends_when_an_input_of_its_fails()
    {
        var (post, trigger) = (Post, Channel.CreateUnbounded<int>());
        var run = There(Numbered(1000).Merge(Source.From(trigger.Reader))).To(items => Parts.Ask(items, post)).RunAsync();
        await AssertFails(run, trigger);
    }

    [Fact]
    public async Task A_stage_there_that_waits_with_its_token_ends_when_a_source_beside_it_fails()
    {
        var (post, trigger) = (Post, Channel.CreateUnbounded<int>());
        var run = Back(There(Numbered(1000), Few).Through<int>((items, next) => Parts.AskAndPass(items, next, post)))
            .Merge(Source.From(trigger.Reader)).To(Sink.ToList<int>()).RunAsync();
        await AssertFails(run, trigger);
    }

    [Fact]
    public async Task A_stage_there_that_waits_with_its_token_ends_when_nobody_takes_its_items()
    {
        var (post, trigger) = (Post, Channel.CreateUnbounded<int>());
        var run = Back(There(Numbered(1000), Few).Through<int>((items, next) => Parts.AskAndPass(items, next, post)))
            .Merge(Source.From(trigger.Reader)).Take(1).To(Sink.ToList<int>()).RunAsync();
        await _lookout.Hears("item 0");

        Assert.True(trigger.Writer.TryWrite(7));

        Assert.Equal([7], await Wait.For(run));
    }

    private async Task AssertFails(Task run, Channel<int> trigger)
    {
        await _lookout.Hears("item 0");
        trigger.Writer.Complete(new FormatException("beside"));
        Assert.Equal("beside", (await Assert.ThrowsAsync<FormatException>(() => Wait.For(run))).Message);
        Assert.Single(run.Exception!.InnerExceptions);
    }

    [Fact]
    public async Task Rule_5_A_sink_there_that_returns_early_ends_the_source_here_while_it_waits()
    {
        var items = Channel.CreateUnbounded<int>();
        Assert.True(items.Writer.TryWrite(1));
        await Wait.For(There(Source.From(items.Reader)).To(Stages.TakeOne).RunAsync());
    }

    [Fact]
    public async Task Rule_5_A_stage_there_hears_once_at_its_receive_of_the_end_behind_it_here_and_may_go_on()
    {
        var post = Post;
        var source = There(Source.From(new Numbers().Endless()), Few).Through<int>((items, next) => Parts.GoOnPastTheEnd(items, next, post));
        Assert.Equal([1, 2], await ListOf(Back(source).Take(2)));
        Assert.Equal(["went on after 1"], _lookout.Heard);
    }

    [Fact]
    public async Task Rule_5_An_early_end_here_ends_a_source_that_was_placed_there()
    {
        var post = Post;
        var source = Source.Create<int>(async (next, _) =>
        {
            try
            {
                for (var i = 1; i <= Numbers.Limit; i++)
                {
                    await next.SendAsync(i);
                }

                throw new InvalidOperationException("Nobody stopped the source.");
            }
            finally
            {
                post.Say("finally");
            }
        }, "source");
        var options = new RunOptions { Placement = { ["source"] = _place.Make(Few) } };

        var pipeline = source.Take(3).To(Sink.ToList<int>());
        if (!_place.TakesEnds)
        {
            await AssertRefused(() => pipeline.RunAsync(options), "'source'");
            return;
        }

        Assert.Equal([1, 2, 3], await Wait.For(pipeline.RunAsync(options)));
        Assert.Equal(["finally"], _lookout.Heard);
    }

    [Fact]
    public async Task An_enumeration_that_is_left_early_ends_the_part_there_first()
    {
        var (post, numbers, seen) = (Post, new Numbers(), new List<int>());
        await foreach (var item in Back(There(Source.From(numbers.Endless()), Few).Through<int>((items, next) => Parts.PassSaying(items, next, post, "finally"))).ToAsyncEnumerable())
        {
            seen.Add(item);
            if (item == 3)
            {
                break;
            }
        }

        Assert.Equal([1, 2, 3], seen);
        Assert.Equal(["finally"], _lookout.Heard);
        Assert.Equal(1, numbers.Ended);
        Assert.InRange(numbers.Produced, 3, 4 + MostInVain);
    }
}
