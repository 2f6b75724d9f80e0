namespace Sluice.Tests;

public sealed class DeadLetterTests
{
    private readonly Failing _failing = new Failing().At(2).At(4);

    [Fact]
    public async Task A_dead_letter_has_the_item_the_error_and_the_name_of_the_stage()
    {
        await Wait.For(Start(_failing.Stage().Named("mine").OnError(ErrorPolicy.Skip, _failing.Letters.Add)));

        Assert.Equal([(2, "item 2", "mine"), (4, "item 4", "mine")], _failing.Letters.Select(letter => (letter.Item, letter.Error.Message, letter.StageName)));
        Assert.All(_failing.Letters, letter => Assert.IsType<FormatException>(letter.Error));
    }

    [Fact]
    public async Task Each_item_either_comes_out_or_is_a_dead_letter_and_none_does_both()
    {
        var failing = new Failing();
        for (var item = 1; item <= 1000; item += 7)
        {
            failing.At(item, times: item % 5);
        }

        var stage = Stage.Select<int, int>(failing.Look).OnError(ErrorPolicy.Retry(2, thenSkip: true), failing.Letters.Add);
        var seen = await Wait.For(Source.From(Enumerable.Range(1, 1000)).Through(stage).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal(seen.Order(), seen);
        Assert.Equal(Enumerable.Range(1, 1000), seen.Concat(failing.DeadItems).Order());
        Assert.Equal(Enumerable.Range(1, 1000).Where(x => x % 7 == 1 && x % 5 > 2), failing.DeadItems);
    }

    [Fact]
    public async Task A_target_gets_the_letters_and_stays_open()
    {
        var letters = new List<DeadLetter<int>>();
        await using var target = Target.Start<DeadLetter<int>>(inbox => Stages.Collect(inbox, letters));

        await Wait.For(Start(_failing.Stage().OnError(ErrorPolicy.Skip, target)));

        Assert.Equal([2, 4], letters.Select(letter => letter.Item));
        Assert.False(target.IsClosed);
    }

    [Fact]
    public async Task Nothing_goes_on_until_a_letter_was_put_away()
    {
        var (put, numbers) = (new Signal(), new Numbers());
        var run = Source.From(numbers.Endless()).Through(_failing.Stage().OnError(ErrorPolicy.Skip, async (_, _) => await put.Task))
            .Take(3).To(Sink.ToList<int>()).RunAsync();
        Assert.Equal((2, false), (numbers.Produced, run.IsCompleted));

        put.Set();

        Assert.Equal([101, 301, 501], await Wait.For(run));
    }

    [Fact]
    public async Task A_letter_that_cannot_be_put_away_fails_the_stage_together_with_the_items_error()
    {
        var second = new NotSupportedException("full");
        var run = Start(_failing.Stage().OnError(ErrorPolicy.Skip, _ => throw second));

        var error = await Assert.ThrowsAsync<AggregateException>(() => Wait.For(run));
        Assert.Equal(["item 2", "full"], error.InnerExceptions.Select(inner => inner.Message));
        Assert.Equal("failing", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_letter_that_is_being_put_away_is_canceled_with_the_run()
    {
        using var stop = new CancellationTokenSource();
        var run = Source.From([1, 2, 3]).Through(_failing.Stage().OnError(ErrorPolicy.Skip, async (_, token) => await new Signal().Task.WaitAsync(token)))
            .To(Sink.ToList<int>()).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
    }

    private static Task<long> Start(Stage<int, int> stage) => Source.From([1, 2, 3, 4, 5]).Through(stage).To(Sink.Count<int>()).RunAsync();
}
