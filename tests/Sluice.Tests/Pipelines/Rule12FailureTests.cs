namespace Sluice.Tests;

public sealed class Rule12FailureTests
{
    private readonly FormatException _failure = new("the first failure");

    [Theory]
    [InlineData("enumerable source")]
    [InlineData("created source")]
    [InlineData("operator")]
    [InlineData("stage")]
    [InlineData("sink")]
    [InlineData("sink with a result")]
    public async Task Rule_12_a_run_throws_the_first_failure_itself_with_its_stack_and_the_name_of_the_stage(string place)
    {
        Source<int> source = place == "created source" ? Source.Create<int>(Produce) : Source.From(Sequence());
        source = source.Named(place.EndsWith("source", StringComparison.Ordinal) ? "failing" : "source").Select(x => x);
        source = source.Select(x => place == "operator" ? Fail(x) : x).Named(place == "operator" ? "failing" : "operator");
        source = source.Through<int>(Transform, place == "stage" ? "failing" : "stage");
        var run = place == "sink with a result"
            ? source.To(Sum, "failing").RunAsync()
            : source.To(Consume, place == "sink" ? "failing" : "sink").RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Same(_failure, error);
        Assert.Equal("failing", error.Data["Sluice.Stage"]);
        Assert.Contains(nameof(Fail), error.StackTrace, StringComparison.Ordinal);
        Assert.True(run.IsFaulted);
        Assert.Same(error, Assert.Single(run.Exception!.InnerExceptions));

        IEnumerable<int> Sequence()
        {
            yield return 1;
            yield return place == "enumerable source" ? Fail(2) : 2;
        }

        async Coroutine Produce(Target<int> next, CancellationToken token)
        {
            await next.SendAsync(1);
            Fail(2);
        }

        async Coroutine Transform(Inbox<int> items, Target<int> next)
        {
            await foreach (var item in items)
            {
                await next.SendAsync(place == "stage" ? Fail(item) : item);
            }
        }

        async Coroutine Consume(Inbox<int> items)
        {
            await foreach (var item in items)
            {
                _ = place == "sink" ? Fail(item) : item;
            }
        }

        async Coroutine<int> Sum(Inbox<int> items)
        {
            var sum = 0;
            await foreach (var item in items)
            {
                sum += Fail(item);
            }

            return sum;
        }
    }

    [Fact]
    public async Task Rule_12_a_failed_node_fails_the_run_even_if_its_sender_caught_the_error()
    {
        var caught = false;
        var run = Source.From([2]).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                try
                {
                    await next.SendAsync(item);
                }
                catch (FormatException)
                {
                    caught = true;
                }
            }
        }).To(FailingSink, "failing").RunAsync();

        Assert.Same(_failure, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.True(caught);
    }

    [Fact]
    public async Task Rule_12_the_failure_of_a_stage_comes_out_of_the_send_of_its_sender()
    {
        Exception? seen = null;
        var run = Source.Create<int>(async (next, _) =>
        {
            try
            {
                await next.SendAsync(2);
            }
            catch (Exception error)
            {
                seen = error;
                throw;
            }
        }).Through<int>(Stages.Pass).Select(x => x).To(FailingSink, "failing").RunAsync();

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Same(_failure, seen);
        Assert.Equal("failing", _failure.Data["Sluice.Stage"]);
    }

    [Theory]
    [InlineData("in the coroutine")]
    [InlineData("in the method")]
    [InlineData("null")]
    public async Task Rule_12_a_sink_that_fails_before_its_first_receive_fails_the_run_and_nothing_is_produced(string how)
    {
        var numbers = new Numbers();
        var run = Source.From(numbers.Endless()).Through<int>(Stages.Pass).To(items => how switch
        {
            "in the coroutine" => FailAtOnce(),
            "in the method" => throw _failure,
            _ => null!,
        }, "broken").RunAsync();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(run));
        Assert.Equal("broken", error.Data["Sluice.Stage"]);
        Assert.Equal(how == "null" ? typeof(InvalidOperationException) : typeof(FormatException), error.GetType());
        Assert.Equal(0, numbers.Produced);

        async Coroutine FailAtOnce()
        {
            await ValueTask.CompletedTask;
            throw _failure;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rule_12_a_sink_that_fails_while_nothing_comes_ends_a_source_that_waits_behind_a_stage_or_an_operator(bool isOperator)
    {
        var (signal, source) = (new Signal(), Source.From(System.Threading.Channels.Channel.CreateUnbounded<int>().Reader));
        var run = (isOperator ? source.Where(_ => true) : source.Through<int>(Stages.Pass)).To(async items =>
        {
            await items.TryReceiveAsync(signal.Task);
            throw _failure;
        }, "failing").RunAsync();
        Assert.False(run.IsCompleted);

        signal.Set();

        Assert.Same(_failure, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("failing", _failure.Data["Sluice.Stage"]);
        Assert.Same(_failure, Assert.Single(run.Exception!.InnerExceptions));
    }

    [Fact]
    public async Task Rule_12_RunAsync_never_throws_by_itself_what_a_stage_raises()
    {
        var run = Source.From([2]).To(FailingSink).RunAsync();

        Assert.True(run.IsFaulted);
        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
    }

    [Fact]
    public async Task Rule_12_a_run_ends_only_when_every_node_has_ended()
    {
        var (cleaning, clean) = (new Signal(), new Signal());
        var run = Source.From([1, 2]).Broadcast(
            Sink.Create<int>(async items =>
            {
                try
                {
                    await Stages.Collect(items, []);
                }
                finally
                {
                    cleaning.Set();
                    await clean.Task;
                }
            }),
            Sink.Create<int>(FailingSink)).RunAsync();
        await Wait.For(cleaning.Task);
        Assert.False(run.IsCompleted);

        clean.Set();

        Assert.Same(_failure, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
    }

    private int Fail(int item) => Stages.ThrowAt(item, 2, _failure);

    private async Coroutine FailingSink(Inbox<int> items)
    {
        await foreach (var item in items)
        {
            Fail(item);
        }
    }
}
