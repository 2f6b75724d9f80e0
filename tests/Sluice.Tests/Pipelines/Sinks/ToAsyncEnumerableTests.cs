using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class ToAsyncEnumerableTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(1000, 0)]
    [InlineData(1000, 3)]
    public async Task Each_enumeration_runs_the_source_and_gives_its_items_in_order(int count, int capacity)
    {
        var sequence = Source.From(Enumerable.Range(1, count)).ToAsyncEnumerable(capacity);

        Assert.Equal(Enumerable.Range(1, count), await Wait.For(ListOf(sequence)));
        Assert.Equal(Enumerable.Range(1, count), await Wait.For(ListOf(sequence)));
    }

    [Fact]
    public async Task Items_that_are_waited_for_come_too()
    {
        var channel = Channel.CreateUnbounded<int>();
        var list = ListOf(Source.From(channel.Reader).ToAsyncEnumerable());
        for (var i = 1; i <= 100; i++)
        {
            channel.Writer.TryWrite(i);
        }

        Assert.False(list.IsCompleted);
        channel.Writer.Complete();

        Assert.Equal(Enumerable.Range(1, 100), await Wait.For(list));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public async Task The_source_produces_what_is_asked_for_and_the_capacity_ahead(int capacity)
    {
        var numbers = new Numbers();
        await using (var items = Source.From(numbers.Endless()).ToAsyncEnumerable(capacity).GetAsyncEnumerator())
        {
            Assert.Equal(0, numbers.Produced);
            Assert.True(await Wait.For(items.MoveNextAsync().AsTask()));
            Assert.Equal(1 + capacity, numbers.Produced);
            Assert.Equal((1, 0), (items.Current, numbers.Ended));
        }

        Assert.Equal((1 + capacity, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task Leaving_early_ends_the_source_after_exactly_the_items_taken()
    {
        var (numbers, seen) = (new Numbers(), new List<int>());
        await Wait.For(Task.Run(async () =>
        {
            await foreach (var item in Source.From(numbers.Endless()).ToAsyncEnumerable())
            {
                seen.Add(item);
                if (item == 3)
                {
                    break;
                }
            }
        }));

        Assert.Equal([1, 2, 3], seen);
        Assert.Equal((3, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task Leaving_early_waits_until_everything_has_ended_and_throws_what_fails_meanwhile()
    {
        var (signal, cause) = (new Signal(), new FormatException());
        var items = Source.From(new Numbers().Endless()).Through<int>(async (inbox, next) =>
        {
            try
            {
                await Stages.Pass(inbox, next);
            }
            finally
            {
                await signal.Task;
            }
        }).ToAsyncEnumerable().GetAsyncEnumerator();
        Assert.True(await Wait.For(items.MoveNextAsync().AsTask()));

        var leaving = items.DisposeAsync().AsTask();
        Assert.False(leaving.IsCompleted);
        signal.Fail(cause);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(leaving)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task A_failure_is_thrown_after_the_items_before(int capacity)
    {
        var (seen, cause) = (new List<int>(), new FormatException());
        var items = Source.From(Enumerable.Range(1, 5).Select(x => Stages.ThrowAt(x, 3, cause))).Named("bad").ToAsyncEnumerable(capacity);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(ListOf(items, seen))));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task The_callers_token_cancels_an_enumeration_that_waits()
    {
        using var stop = new CancellationTokenSource();
        var notes = new List<string>();
        var items = Source.From(Channel.CreateUnbounded<int>().Reader).Through<int>((inbox, next) => Stages.PassOnNoting(inbox, next, "ended", notes))
            .ToAsyncEnumerable().GetAsyncEnumerator(stop.Token);
        var next = items.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);

        await stop.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(next));
        Assert.Equal(stop.Token, error.CancellationToken);
        Assert.Equal(["ended"], notes);
        await Wait.For(items.DisposeAsync());
    }

    [Fact]
    public async Task A_token_that_is_canceled_already_starts_nothing_and_one_canceled_between_items_ends_the_run()
    {
        var numbers = new Numbers();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(ListOf(Source.From(numbers.Endless()).ToAsyncEnumerable(), token: new CancellationToken(true))));
        Assert.Equal(0, numbers.Produced);

        using var stop = new CancellationTokenSource();
        var items = Source.From(numbers.Endless()).ToAsyncEnumerable().GetAsyncEnumerator(stop.Token);
        Assert.True(await Wait.For(items.MoveNextAsync().AsTask()));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(items.MoveNextAsync().AsTask()));
        Assert.Equal((1, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task A_sequence_of_a_pipeline_feeds_another_one()
    {
        var sequence = Source.From(Enumerable.Range(1, 1000)).Where(x => x % 2 == 0).ToAsyncEnumerable(7);

        Assert.Equal([2, 4, 6], await Wait.For(Source.From(sequence).Take(3).To(Sink.ToList<int>()).RunAsync()));
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).ToAsyncEnumerable());
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => Source.From([1]).ToAsyncEnumerable(-1));
    }

    private static async Task<List<int>> ListOf(IAsyncEnumerable<int> items, List<int>? list = null, CancellationToken token = default)
    {
        list ??= [];
        await foreach (var item in items.WithCancellation(token))
        {
            list.Add(item);
        }

        return list;
    }
}
