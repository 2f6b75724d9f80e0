using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class Rule05EarlyEndTests
{
    private static readonly int[] s_firstFive = [1, 2, 3, 4, 5];

    private readonly Numbers _numbers = new();

    private Source<int> Endless => Source.From(_numbers.Endless());

    [Fact]
    public async Task Rule_05_Take_5_ends_an_enumerable_source_after_exactly_five_items()
    {
        var list = await Wait.For(Endless.Take(5).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal(s_firstFive, list);
        Assert.Equal((5, 1), (_numbers.Produced, _numbers.Ended));
    }

    [Fact]
    public async Task Rule_05_Take_5_ends_the_source_behind_a_filter_operator_that_never_matches_again()
    {
        var list = await Wait.For(Endless.Where(x => x <= 5).Take(5).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal(s_firstFive, list);
        Assert.Equal((5, 1), (_numbers.Produced, _numbers.Ended));
    }

    [Fact]
    public async Task Rule_05_Take_5_ends_the_source_behind_a_filter_coroutine_that_never_matches_again()
    {
        var list = await Wait.For(Endless
            .Through<int>((items, next) => Stages.Filter(items, next, x => x <= 5))
            .Take(5).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal(s_firstFive, list);
        Assert.Equal((5, 1), (_numbers.Produced, _numbers.Ended));
    }

    [Fact]
    public async Task Rule_05_the_end_passes_many_stages_of_both_kinds()
    {
        var source = Endless;
        for (var i = 0; i < 20; i++)
        {
            source = source.Where(x => x <= 5).Through<int>(Stages.Pass).Select(x => x);
        }

        Assert.Equal(s_firstFive, await Wait.For(source.Take(5).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal((5, 1), (_numbers.Produced, _numbers.Ended));
    }

    [Fact]
    public async Task Rule_05_Take_5_ends_an_array_source_quietly()
    {
        var seen = 0;
        var list = await Wait.For(Source.From(Enumerable.Range(1, 1000).ToArray())
            .Tap(_ => seen++).Take(5).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal(s_firstFive, list);
        Assert.Equal(5, seen);
    }

    [Fact]
    public async Task Rule_05_Take_0_takes_nothing_from_the_source()
    {
        var list = await Wait.For(Endless.Where(x => x > 0).Take(0).To(Sink.ToList<int>()).RunAsync());

        Assert.Empty(list);
        Assert.Equal(0, _numbers.Produced);
    }

    [Fact]
    public async Task Rule_05_a_sink_with_a_result_that_returns_early_ends_the_source_and_gives_its_result()
    {
        var sum = await Wait.For(Endless.Where(x => x % 2 == 0).To(AddThree).RunAsync());

        Assert.Equal(2 + 4 + 6, sum);
        Assert.Equal(6, _numbers.Produced);

        static async Coroutine<int> AddThree(Inbox<int> items)
        {
            var sum = await items.ReceiveAsync();
            sum += await items.ReceiveAsync();
            return sum + await items.ReceiveAsync();
        }
    }

    [Fact]
    public async Task Rule_05_the_end_of_the_inbox_that_escapes_a_sink_with_a_result_is_a_failure()
    {
        var run = Source.From([1, 2]).To(Sum3).RunAsync();

        var error = await Assert.ThrowsAsync<InboxClosedException>(() => Wait.For(run));
        Assert.Equal("Sum3", error.Data["Sluice.Stage"]);

        static async Coroutine<int> Sum3(Inbox<int> items) =>
            await items.ReceiveAsync() + await items.ReceiveAsync() + await items.ReceiveAsync();
    }

    [Fact]
    public async Task Rule_05_a_source_that_waits_for_a_channel_ends_when_its_sink_has_ended()
    {
        var channel = Channel.CreateUnbounded<int>();
        var run = Source.From(channel.Reader).Where(x => x < 10).Take(2).To(Sink.ToList<int>()).RunAsync();
        Assert.False(run.IsCompleted);

        channel.Writer.TryWrite(1);
        channel.Writer.TryWrite(2);

        Assert.Equal([1, 2], await Wait.For(run));
    }

    [Theory]
    [InlineData("channel")]
    [InlineData("asynchronous sequence")]
    [InlineData("created source")]
    public async Task Rule_05_a_source_that_waits_for_something_that_never_comes_ends_when_the_sink_has_ended(string kind)
    {
        var (channel, handled) = (Channel.CreateUnbounded<int>(), new Signal());
        var sends = new List<Task>();
        channel.Writer.TryWrite(1);
        var source = kind switch
        {
            "channel" => Source.From(channel.Reader),
            "asynchronous sequence" => Source.From(channel.Reader.ReadAllAsync()),
            _ => Source.Create<int>(async (next, token) =>
            {
                await next.SendAsync(await channel.Reader.ReadAsync(token));
                await channel.Reader.WaitToReadAsync(token);
            }),
        };
        var run = source.Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                sends.Add(next.SendAsync(item).AsTask()); // not awaited, so that the source goes on and waits
            }
        }).To(async items =>
        {
            var item = await items.ReceiveAsync();
            await handled.Task;
            return item;
        }).RunAsync();
        Assert.False(Assert.Single(sends).IsCompleted);
        Assert.False(channel.Reader.TryPeek(out _));

        handled.Set();

        Assert.Equal(1, await Wait.For(run));
        channel.Writer.TryWrite(2);
        Assert.True(channel.Reader.TryRead(out var next) && next == 2, "An item was taken after the end.");
    }

    [Fact]
    public async Task Rule_05_a_created_source_ends_normally_by_the_exception_of_its_send()
    {
        var sends = 0;
        TargetClosedException? seen = null;
        var list = await Wait.For(Source.Create<int>(Produce).Take(3).Named("three").To(Sink.ToList<int>()).RunAsync());

        Assert.Equal([1, 2, 3], list);
        Assert.Equal(4, sends);
        Assert.Equal(("three", false), (seen!.TargetName, seen.Failed));

        async Coroutine Produce(Target<int> next, CancellationToken token)
        {
            try
            {
                while (sends < Numbers.Limit)
                {
                    await next.SendAsync(++sends);
                }
            }
            catch (TargetClosedException ended)
            {
                seen = ended;
                throw;
            }
        }
    }

    [Fact]
    public async Task Rule_05_a_created_source_sees_that_its_target_has_ended_before_it_sends()
    {
        var sends = 0;
        var run = Source.Create<int>(async (next, _) =>
        {
            while (!next.IsClosed && sends < Numbers.Limit)
            {
                await next.SendAsync(++sends);
            }
        }).Where(x => x <= 3).Take(3).To(Sink.ToList<int>()).RunAsync();

        Assert.Equal([1, 2, 3], await Wait.For(run));
        Assert.Equal(3, sends);
    }

    [Fact]
    public async Task Rule_05_a_created_source_that_waits_for_its_token_ends_normally_when_nobody_takes_its_items()
    {
        var run = Source.Create<int>(async (next, token) =>
        {
            await next.SendAsync(1);
            await new Signal().Task.WaitAsync(token);
        }).Take(1).To(Sink.ToList<int>()).RunAsync();

        Assert.Equal([1], await Wait.For(run));
    }
}
