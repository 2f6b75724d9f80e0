using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class SourceTests
{
    [Fact]
    public async Task From_a_sequence_produces_its_items_anew_in_each_run()
    {
        var enumerations = 0;
        var pipeline = Source.From(Sequence()).To(Sink.ToList<int>());

        Assert.Equal([1, 2], await Wait.For(pipeline.RunAsync()));
        Assert.Equal([1, 2], await Wait.For(pipeline.RunAsync()));
        Assert.Equal(2, enumerations);

        IEnumerable<int> Sequence()
        {
            enumerations++;
            yield return 1;
            yield return 2;
        }
    }

    [Fact]
    public async Task From_an_array_sees_its_items_at_the_time_of_the_run()
    {
        int[] array = [1, 2, 3];
        var pipeline = Source.From(array).To(Sink.ToList<int>());
        array[1] = 20;

        Assert.Equal([1, 20, 3], await Wait.For(pipeline.RunAsync()));
    }

    [Fact]
    public async Task From_an_array_of_a_derived_type_produces_its_items()
    {
        IEnumerable<object> strings = new[] { "a", "b" };

        Assert.Equal(["a", "b"], await Wait.For(Source.From(strings).To(Sink.ToList<object>()).RunAsync()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5000)]
    public async Task From_arrays_and_sequences_of_any_length_produces_all_items(int count)
    {
        var items = Enumerable.Range(0, count).ToArray();

        Assert.Equal(items, await Wait.For(Source.From(items).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal(items, await Wait.For(Source.From(items.Select(x => x)).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal(items, await Wait.For(Source.From(Later(items, new())).To(Sink.ToList<int>()).RunAsync()));
    }

    [Fact]
    public async Task From_an_asynchronous_sequence_ends_it_after_exactly_the_items_that_are_taken()
    {
        var log = new List<string>();
        var list = await Wait.For(Source.From(Later(Enumerable.Range(1, 1000), log)).Where(x => x <= 3).Take(3).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal([1, 2, 3], list);
        Assert.Equal(["1", "2", "3", "disposed"], log);
    }

    [Fact]
    public async Task From_an_asynchronous_sequence_that_waits_ends_it_by_its_token_when_nobody_takes_its_items()
    {
        var disposed = false;
        var list = await Wait.For(Source.From(OneAndWait()).Take(1).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal([1], list);
        Assert.True(disposed);

        async IAsyncEnumerable<int> OneAndWait([EnumeratorCancellation] CancellationToken token = default)
        {
            try
            {
                yield return 1;
                await new Signal().Task.WaitAsync(token);
            }
            finally
            {
                disposed = true;
            }
        }
    }

    [Fact]
    public async Task From_an_asynchronous_sequence_that_fails_fails_the_run_after_the_items_before()
    {
        var seen = new List<int>();
        var run = Source.From(Later(Enumerable.Range(1, 5).Select(x => Stages.ThrowAt(x, 3, new FormatException())), [])).To(Sink.ForEach<int>(seen.Add)).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("From", error.Data["Sluice.Stage"]);
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task From_a_channel_produces_what_is_written_until_it_is_completed()
    {
        var channel = Channel.CreateUnbounded<int>();
        channel.Writer.TryWrite(1);
        var run = Source.From(channel.Reader).To(Sink.ToList<int>()).RunAsync();
        channel.Writer.TryWrite(2);
        channel.Writer.TryWrite(3);
        Assert.False(run.IsCompleted);

        channel.Writer.Complete();

        Assert.Equal([1, 2, 3], await Wait.For(run));
    }

    [Fact]
    public async Task From_a_channel_that_was_completed_with_an_error_fails_with_that_error_after_its_items()
    {
        var (channel, seen, cause) = (Channel.CreateUnbounded<int>(), new List<int>(), new FormatException());
        channel.Writer.TryWrite(1);
        channel.Writer.Complete(cause);

        var run = Source.From(channel.Reader).To(Sink.ForEach<int>(seen.Add)).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("From", cause.Data["Sluice.Stage"]);
        Assert.Equal([1], seen);
    }

    [Fact]
    public async Task From_a_channel_loses_nothing_when_the_pipeline_ends_early()
    {
        var channel = Channel.CreateUnbounded<int>();
        for (var i = 1; i <= 6; i++)
        {
            channel.Writer.TryWrite(i);
        }

        var pipeline = Source.From(channel.Reader).Where(x => x > 0).Through<int>(Stages.Pass).Take(2).To(Sink.ToList<int>());

        Assert.Equal([1, 2], await Wait.For(pipeline.RunAsync()));
        Assert.Equal([3, 4], await Wait.For(pipeline.RunAsync()));
        Assert.True(channel.Reader.TryRead(out var next));
        Assert.Equal(5, next);
    }

    [Fact]
    public async Task From_a_channel_loses_nothing_when_the_run_is_canceled()
    {
        using var stop = new CancellationTokenSource();
        var (channel, seen) = (Channel.CreateUnbounded<int>(), new List<int>());
        for (var i = 1; i <= 6; i++)
        {
            channel.Writer.TryWrite(i);
        }

        var run = Source.From(channel.Reader).To(Sink.ForEach<int>(x =>
        {
            seen.Add(x);
            if (x == 2)
            {
                stop.Cancel();
            }
        })).RunAsync(stop.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal([1, 2], seen);
        Assert.True(channel.Reader.TryRead(out var next));
        Assert.Equal(3, next);
    }

    [Fact]
    public async Task Create_produces_what_a_coroutine_sends_and_may_await_anything()
    {
        var signal = new Signal();
        var run = Source.Create<int>(async (next, token) =>
        {
            await next.SendAsync(1);
            await signal.Task;
            await next.SendAsync(2);
        }).To(Sink.ToList<int>()).RunAsync();
        Assert.False(run.IsCompleted);

        signal.Set();

        Assert.Equal([1, 2], await Wait.For(run));
    }

    [Fact]
    public void Sources_refuse_null_at_once()
    {
        Assert.Throws<ArgumentNullException>(() => Source.From((IEnumerable<int>)null!));
        Assert.Throws<ArgumentNullException>(() => Source.From((IAsyncEnumerable<int>)null!));
        Assert.Throws<ArgumentNullException>(() => Source.From((ChannelReader<int>)null!));
        Assert.Throws<ArgumentNullException>(() => Source.Create((Func<Target<int>, CancellationToken, Coroutine>)null!));
        Assert.Throws<ArgumentNullException>(() => Source.Lines((string)null!));
        Assert.Throws<ArgumentException>(() => Source.Lines(""));
    }

    private static async IAsyncEnumerable<int> Later(IEnumerable<int> items, List<string> log)
    {
        try
        {
            foreach (var item in items)
            {
                await Task.Yield();
                log.Add($"{item}");
                yield return item;
            }
        }
        finally
        {
            log.Add("disposed");
        }
    }
}
