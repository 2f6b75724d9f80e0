using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>The ends of a loop.</summary>
public sealed class FeedbackEndingTests
{
    private readonly List<string> _notes = [];

    /// <summary>Sends each item on and back, until it has come round a number of times.</summary>
    private async Coroutine Rounds(Inbox<int> items, Target<int> next, Target<int> back, int rounds = int.MaxValue, Action<int>? look = null)
    {
        try
        {
            while (true)
            {
                int item;
                try
                {
                    item = await items.ReceiveAsync();
                }
                catch (Exception raised)
                {
                    _notes.Add(raised.GetType().Name);
                    throw;
                }

                look?.Invoke(item);
                await next.SendAsync(item);
                await (item < rounds ? back.SendAsync(item + 1) : default);
            }
        }
        finally
        {
            _notes.Add("ends");
        }
    }

    [Fact]
    public async Task It_is_closed_when_its_input_has_ended_and_nothing_is_in_it_and_then_still_sends_on()
    {
        var (numbers, signal) = (Channel.CreateUnbounded<int>(), new Signal());
        numbers.Writer.TryWrite(1);
        numbers.Writer.Complete();
        var run = Source.From(numbers.Reader).Feedback<int, int>(async (items, next, back) =>
        {
            var sum = 0;
            await foreach (var item in items)
            {
                sum += item;
                if (item < 4)
                {
                    await signal.Task; // the input has ended since
                    await back.SendAsync(item + 1);
                }
            }

            Assert.True(back.IsClosed);
            await next.SendAsync(sum);
        }, 1, OnFull.Fail).To(Sink.ToList<int>()).RunAsync();
        Assert.False(run.IsCompleted);

        signal.Set();

        Assert.Equal([10], await Wait.For(run));
    }

    [Fact]
    public async Task What_is_sent_back_behind_the_end_of_the_loop_is_an_error_and_what_is_sent_on_arrives()
    {
        var seen = new List<int>();
        var run = Source.From([1]).Feedback<int, int>(async (items, next, back) =>
        {
            await Stages.Pass(items, next);
            await next.SendAsync(2);
            await back.SendAsync(3);
        }, 1, OnFull.Fail).Named("loop").To(items => Stages.Collect(items, seen)).RunAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Contains("nothing is in flight", error.Message, StringComparison.Ordinal);
        Assert.Equal("loop", error.Data["Sluice.Stage"]);
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task What_is_sent_back_while_the_stage_waits_for_an_item_is_an_error()
    {
        await NoContext.Enter();
        var (signal, sent, input) = (new Signal(), new Signal(), new Pushed("input", _notes));
        var run = input.Source.Feedback<int, int>(async (items, next, back) =>
        {
            _ = Later();
            await Stages.Pass(items, next);

            async Coroutine Later()
            {
                await signal.Task.ConfigureAwait(false);
                try
                {
                    await back.SendAsync(1);
                }
                finally
                {
                    sent.Set();
                }
            }
        }, 1, OnFull.Fail).To(Sink.ToList<int>()).RunAsync();
        input.Push(1);

        signal.Set();
        await Wait.For(sent.Task);
        input.End();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Contains("nothing is in flight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task To_close_the_way_back_does_nothing_and_an_error_sent_back_comes_back()
    {
        var cause = new FormatException();
        var run = Source.From([1]).Feedback<int, int>(async (items, next, back) =>
        {
            await using (back)
            {
                Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(async () => await back.ThrowAsync(cause)));
                await back.CloseAsync();
                await Rounds(items, next, back, 3);
            }
        }, 1, OnFull.Fail).To(Sink.ToList<int>()).RunAsync(new RunOptions { IncompleteInput = IncompleteInput.End });

        Assert.Equal([1, 2, 3], await Wait.For(run));
    }

    [Fact]
    public async Task A_stage_that_ends_by_itself_ends_its_source_and_what_waits_is_dropped()
    {
        var (numbers, dropped) = (new Numbers(), new List<int>());
        var run = Source.From(numbers.Endless()).Feedback<int, int>(async (items, next, back) =>
        {
            await next.SendAsync(await items.ReceiveAsync());
            await back.SendAsync(7);
        }, 1, OnFull.DropNewest, dropped.Add).To(Sink.ToList<int>()).RunAsync();

        Assert.Equal([1], await Wait.For(run));
        Assert.Empty(dropped);
        Assert.Equal((1, 1), (numbers.Produced, numbers.Ended));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_failure_of_its_stage_keeps_type_and_stack_and_carries_the_name(int round)
    {
        var numbers = new Numbers();
        var run = Source.From(numbers.Endless()).Feedback<int, int>((items, next, back) => Rounds(items, next, back, look: item => Broken(item, round)), 1, OnFull.Fail)
            .Named("bad").To(Sink.Count<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("bad", error.Data["Sluice.Stage"]);
        Assert.Contains(nameof(Rounds), error.StackTrace, StringComparison.Ordinal);
        Assert.Same(error, Assert.Single(run.Exception!.InnerExceptions));
        Assert.Equal(["ends"], _notes);
        Assert.Equal((1, 1), (numbers.Produced, numbers.Ended));

        static void Broken(int item, int bad) => _ = item == bad ? throw new FormatException() : item;
    }

    [Fact]
    public async Task A_stage_that_fails_before_its_first_receive_takes_nothing()
    {
        var (numbers, cause) = (new Numbers(), new FormatException());
        var run = Source.From(numbers.Endless()).Feedback<int, int>((items, next, back) => throw cause, 1, OnFull.Fail).Named("bad").To(Sink.Count<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal(0, numbers.Produced);
    }

    [Fact]
    public async Task A_failure_behind_the_end_of_its_loop_fails_the_run()
    {
        var cause = new FormatException();
        var run = Source.From([1]).Feedback<int, int>(async (items, next, back) =>
        {
            await Stages.Pass(items, next);
            throw cause;
        }, 1, OnFull.Fail).Named("bad").To(Sink.Count<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_failure_before_it_is_raised_in_the_stage_which_may_go_on_until_its_loop_ends()
    {
        var (cause, seen) = (new FormatException(), new List<int>());
        var run = Source.From(new[] { 1, 2 }.Select(x => Stages.ThrowAt(x, 2, cause))).Named("bad").Feedback<int, int>(async (items, next, back) =>
        {
            try
            {
                await Rounds(items, next, back, 3);
            }
            catch (FormatException)
            {
                await back.SendAsync(11);
                await Rounds(items, next, back, 13);
            }
        }, 1, OnFull.Fail).To(items => Stages.Collect(items, seen)).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal([1, 2, 3, 11, 12, 13], seen);
        Assert.Equal(["FormatException", "ends", "InboxClosedException", "ends"], _notes);
    }

    [Fact]
    public async Task An_early_end_behind_an_endless_loop_ends_it()
    {
        var run = Source.From([1]).Feedback<int, int>((items, next, back) => Rounds(items, next, back), 1, OnFull.Fail).Take(5).To(Sink.ToList<int>()).RunAsync();

        Assert.Equal([1, 2, 3, 4, 5], await Wait.For(run));
        Assert.Equal(["TargetClosedException", "ends"], _notes);
    }

    [Fact]
    public async Task An_early_end_behind_a_loop_that_sends_nothing_on_any_more_is_raised_in_it_and_what_waits_is_dropped()
    {
        var (numbers, rounds) = (new Numbers(), 0);
        var run = Source.From(numbers.Endless()).Feedback<int, int>(async (items, next, back) =>
        {
            await next.SendAsync(await items.ReceiveAsync());
            try
            {
                await back.SendAsync(0);
                for (; ; rounds++)
                {
                    await back.SendAsync(await items.ReceiveAsync());
                }
            }
            catch (TargetClosedException)
            {
                _notes.Add("caught");
            }
        }, 2, OnFull.Fail).Take(1).To(Sink.ToList<int>()).RunAsync();

        Assert.Equal([1], await Wait.For(run));
        Assert.Equal(["caught"], _notes);
        Assert.Equal(0, rounds);
        Assert.Equal((1, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task A_failure_behind_an_endless_loop_ends_it()
    {
        var cause = new FormatException();
        var run = Source.From([1]).Feedback<int, int>((items, next, back) => Rounds(items, next, back), 1, OnFull.Fail).Select(x => Stages.ThrowAt(x, 5, cause)).Named("bad").To(Sink.Count<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal(["ends"], _notes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_endless_loop_is_canceled_from_inside_and_from_outside(bool fromInside)
    {
        using var stop = new CancellationTokenSource();
        var round = new Signal();
        var run = Task.Run(() => Source.From([1]).Feedback<int, int>((items, next, back) => Rounds(items, next, back, look: Look), 1, OnFull.Fail).To(Sink.Count<int>()).RunAsync(stop.Token));
        if (!fromInside)
        {
            await Wait.For(round.Task);
            await stop.CancelAsync();
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
        Assert.Equal(["OperationCanceledException", "ends"], _notes);

        void Look(int item)
        {
            if (item == 5 && fromInside)
            {
                stop.Cancel();
            }
            else if (item == 5)
            {
                round.Set();
            }
        }
    }

    [Fact]
    public async Task No_item_of_the_input_takes_the_place_of_one_that_a_cancellation_drops()
    {
        using var stop = new CancellationTokenSource();
        var (numbers, handled) = (new Numbers(), new List<int>());
        var run = Source.From(numbers.Endless()).Merge(Source.From(numbers.Endless())).Feedback<int, int>(async (items, next, back) =>
        {
            await foreach (var item in items)
            {
                handled.Add(item);
                await back.SendAsync(item);
                await Task.Yield(); // in that time the other source comes to wait with its item
                await stop.CancelAsync();
            }
        }, 1, OnFull.Fail).To(Sink.Count<int>()).RunAsync(stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
        Assert.Equal([1], handled);
    }

    [Fact]
    public async Task Rule_09_a_stage_that_will_not_be_canceled_and_sends_back_is_abandoned()
    {
        using var stop = new CancellationTokenSource();
        var run = Source.From(new Numbers().Endless()).Feedback<int, int>(async (items, next, back) =>
        {
            while (true)
            {
                try
                {
                    await items.ReceiveAsync();
                    await stop.CancelAsync();
                }
                catch (OperationCanceledException)
                {
                }

                await back.SendAsync(1);
            }
        }, 1, OnFull.Fail).Named("stubborn").To(Sink.Count<int>()).RunAsync(stop.Token);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Contains("'stubborn' was abandoned", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stage_that_waits_is_canceled_and_what_waits_in_the_loop_is_dropped()
    {
        using var stop = new CancellationTokenSource();
        var handled = new List<int>();
        var run = Source.From([1]).Feedback<int, int>(async (items, next, back) =>
        {
            await foreach (var item in items)
            {
                handled.Add(item);
                await back.SendAsync(item + 1);
                await new Signal().Task.WaitAsync(items.Cancellation);
            }
        }, 1, OnFull.Fail).To(Sink.Count<int>()).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
        Assert.Equal([1], handled);
    }

    [Fact]
    public async Task An_endless_loop_does_not_keep_what_is_behind_it_from_its_turn()
    {
        var seen = await Wait.For(Source.From([1]).Feedback<int, int>((items, next, back) => Rounds(items, next, back), 1, OnFull.Fail).Buffer(1, OnFull.DropOldest).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await Task.Yield();
                await next.SendAsync(item);
            }
        }).Take(5).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal(5, seen.Count);
        Assert.Equal(seen.Order().Distinct(), seen);
    }

    [Fact]
    public async Task Rule_06_a_stage_that_sends_into_its_own_input_is_an_error_that_names_the_path()
    {
        Target<int>? captured = null;
        var run = Source.From([1]).Through<int>((items, next) => Stages.Pass(items, captured = next), "feeder").Feedback<int, int>(async (items, next, back) =>
        {
            await foreach (var item in items)
            {
                await captured!.SendAsync(item);
            }
        }, 1, OnFull.Fail).Named("loop").To(Sink.Count<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Contains(" -> ", error.Message, StringComparison.Ordinal);
        Assert.Contains("loop", error.Message, StringComparison.Ordinal);
    }
}
