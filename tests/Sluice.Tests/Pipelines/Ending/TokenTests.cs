using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>The token of a node: what cancels it, and what the cancellation counts as.</summary>
public sealed class TokenTests
{
    private readonly Signal _io = new();

    [Fact]
    public async Task The_sender_to_a_stage_that_nobody_needs_learns_that_it_has_ended()
    {
        await NoContext.Enter();
        var trigger = Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true });
        Exception? seen = null;
        var run = Source.From([1]).Through<int>(async (items, next) =>
        {
            try
            {
                await next.SendAsync(await items.ReceiveAsync());
            }
            catch (Exception error)
            {
                seen = error;
                throw;
            }
        }).Through<int>(WaitWithToken, "waits").Merge(Source.From(trigger.Reader)).Take(1).To(Sink.ToList<int>()).RunAsync();

        Assert.True(trigger.Writer.TryWrite(7));

        Assert.Equal([7], await Wait.For(run));
        var ended = Assert.IsType<TargetClosedException>(seen);
        Assert.Contains("'waits'", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_token_of_a_stage_is_cancelled_when_its_outputs_have_ended_and_not_before()
    {
        await NoContext.Enter();
        var items = Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true });
        CancellationToken token = default;
        var run = Source.From(items.Reader).Through<int>((inbox, next) =>
        {
            token = inbox.Cancellation;
            return Stages.Pass(inbox, next);
        }).Take(2).To(Sink.ToList<int>()).RunAsync();

        Assert.True(items.Writer.TryWrite(1));
        Assert.False(token.IsCancellationRequested);
        Assert.True(items.Writer.TryWrite(2));

        Assert.Equal([1, 2], await Wait.For(run));
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public async Task The_token_is_not_cancelled_by_a_normal_end_of_the_input()
    {
        CancellationToken token = default;
        await Wait.For(Source.From([1, 2]).To(items =>
        {
            token = items.Cancellation;
            return Stages.Drain(items);
        }).RunAsync());

        Assert.False(token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_failure_of_its_own_after_another_one_is_reported_too()
    {
        await NoContext.Enter();
        var (first, second) = (new FormatException("first"), new IOException("second"));
        var run = Source.From([1]).Broadcast(
            Sink.ForEach<int>(async (_, token) =>
            {
                try
                {
                    await _io.Task.WaitAsync(token);
                }
                catch (OperationCanceledException)
                {
                    throw second;
                }
            }),
            Sink.Create<int>(async items =>
            {
                await _io.Task.WaitAsync(TimeSpan.FromMilliseconds(1)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw first;
            })).RunAsync();

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal([first, second], run.Exception!.InnerExceptions);
    }

    [Fact]
    public async Task A_callback_of_the_token_that_throws_fails_the_run()
    {
        await NoContext.Enter();
        var callback = new FormatException("The callback has failed.");
        var run = Source.From([1]).Through<int>(async (items, next) =>
        {
            items.Cancellation.UnsafeRegister(_ => throw callback, null);
            await Stages.Pass(items, next);
        }, "careless").Take(1).To(Sink.ToList<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Same(callback, error);
        Assert.Equal("careless", error.Data["Sluice.Stage"]);
    }

    [Theory]
    [InlineData("channel")]
    [InlineData("block")]
    public async Task Who_reads_what_a_sink_has_written_sees_the_failure_and_not_a_cancellation(string kind)
    {
        await NoContext.Enter();
        var failure = new FormatException("beside");
        var fail = new Signal();
        var (channel, block) = (Channel.CreateBounded<int>(1), new System.Threading.Tasks.Dataflow.BufferBlock<int>(new() { BoundedCapacity = 1 }));
        var run = Source.From([1, 2, 3]).Broadcast(
            kind == "channel" ? Sink.WriteTo(channel.Writer) : Sink.WriteTo(block),
            Sink.Create<int>(async items =>
            {
                while ((await items.TryReceiveAsync(fail.Task)).IsItem)
                {
                }

                await fail.Task;
            })).RunAsync();

        fail.Fail(failure);

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.True(kind == "block" || await channel.Reader.ReadAsync() == 1); // a block that has failed drops what it holds
        var seen = await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(kind == "channel" ? channel.Reader.Completion : block.Completion));
        Assert.Contains(failure, seen.SelfAndInner());
    }

    [Fact]
    public async Task A_key_that_is_idle_gets_the_failure_that_ended_another_one()
    {
        await NoContext.Enter();
        var items = Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true });
        var trigger = Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true });
        var seen = new List<(int, Exception)>();
        var failure = new FormatException("beside");
        var run = Source.From(items.Reader).ForEachKey<int, int, int>(x => x, async (key, inbox, next) =>
        {
            try
            {
                await inbox.ReceiveAsync();
                await (key == 2 ? _io.Task.WaitAsync(inbox.Cancellation) : Task.CompletedTask);
                await inbox.ReceiveAsync();
            }
            catch (Exception error)
            {
                seen.Add((key, error));
                throw;
            }
        }).Merge(Source.From(trigger.Reader)).To(Sink.ToList<int>()).RunAsync();
        Assert.True(items.Writer.TryWrite(1));
        Assert.True(items.Writer.TryWrite(2));

        trigger.Writer.Complete(failure);

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Single(run.Exception!.InnerExceptions);
        Assert.Collection(seen, one => Assert.IsAssignableFrom<OperationCanceledException>(one.Item2), other => Assert.Equal((1, failure), other));
    }

    private async Coroutine WaitWithToken(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await _io.Task.WaitAsync(items.Cancellation);
            await next.SendAsync(item);
        }
    }
}
