using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class SelectAsyncTests : OperatorWithCodeContract<int>
{
    private readonly List<TaskCompletionSource<int>> _calls = [];
    private readonly List<CancellationToken> _tokens = [];
    private readonly List<int> _seen = [];
    private readonly TaskCompletionSource[] _sent = [.. Enumerable.Range(0, 5).Select(_ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously))];
    private readonly Channel<int> _begun = Channel.CreateUnbounded<int>();

    protected override (string Name, string? Detail) Shown => ("SelectAsync", "static (x, _) => Task.FromResult(x * 2)");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.SelectAsync<int, int>((x, _) => Task.FromResult(look(x) * 2), 3);

    protected override Source<int> Extend(Source<int> source) => source.SelectAsync(static (x, _) => Task.FromResult(x * 2), 3);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.Select(x => x * 2);

    [Theory]
    [InlineData(true, new[] { 1, 2, 3, 4, 5 })]
    [InlineData(false, new[] { 3, 1, 4, 5, 2 })]
    public async Task As_many_calls_as_may_run_at_once_and_their_results_come_in_the_order_asked_for(bool ordered, int[] expected)
    {
        await NoContext.Enter();
        var numbers = new Numbers();
        var run = Start(Source.From(numbers.Endless().Take(5)), ordered);
        Assert.Equal((3, 3), (numbers.Produced, _calls.Count)); // the third is not handled until a call ends

        EndCall(3);
        if (!ordered)
        {
            await Begun(4);
        }

        EndCall(1);
        await Begun(ordered ? 4 : 5);
        Assert.Equal(ordered ? 4 : 5, _calls.Count); // in order the result of 3 waits for that of 2
        if (ordered)
        {
            EndCall(2);
            await Begun(5);
        }

        EndCall(4);
        if (!ordered)
        {
            await Wait.For(Sent(3));
        }

        EndCall(5);
        if (!ordered)
        {
            await Wait.For(Sent(4));
            Assert.False(run.IsCompleted);
            EndCall(2);
        }

        await Wait.For(run);
        Assert.Equal(expected, _seen);
        Assert.All(_tokens, token => Assert.False(token.IsCancellationRequested));
    }

    [Fact]
    public async Task Results_that_wait_for_their_turn_count_too()
    {
        await NoContext.Enter();
        var numbers = new Numbers();
        var run = Start(Source.From(numbers.Endless().Take(5)), ordered: true);

        EndCall(2);
        EndCall(3);
        Assert.Equal(3, _calls.Count);
        EndCall(1);
        await Begun(5); // the results of 2 and 3 were sent with it: all five items are under way or done
        EndCall(5);
        EndCall(4);

        await Wait.For(run);
        Assert.Equal([1, 2, 3, 4, 5], _seen);
    }

    [Theory]
    [InlineData(true, new[] { 1 })]
    [InlineData(false, new int[0])]
    public async Task A_failed_call_stops_the_others_and_waits_for_them(bool ordered, int[] expected)
    {
        await NoContext.Enter();
        var (numbers, cause) = (new Numbers(), new FormatException());
        var run = Start(Source.From(numbers.Endless()), ordered);

        _calls[1].SetException(cause);
        if (ordered)
        {
            EndCall(1); // what is before the failed one is still sent, but nothing new begins
        }

        Assert.Equal(3, _calls.Count);
        await Wait.For(Canceled(_tokens[2]));
        Assert.False(run.IsCompleted);
        _calls[2].SetCanceled(_tokens[2]);
        _calls[0].TrySetResult(1);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Single(run.Exception!.InnerExceptions);
        Assert.Equal(expected, _seen);
        Assert.Equal((3, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task A_second_failed_call_is_a_failure_of_the_run_too()
    {
        await NoContext.Enter();
        var (first, second) = (new FormatException(), new InvalidDataException());
        var run = Start(Source.From(Items(5)), ordered: false);

        _calls[1].SetException(first);
        await Wait.For(Canceled(_tokens[2]));
        _calls[2].SetException(second);
        EndCall(1);

        Assert.Same(first, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal([first, second], run.Exception!.InnerExceptions);
    }

    [Fact]
    public async Task A_call_that_cancels_itself_is_a_failure()
    {
        await NoContext.Enter();
        var run = Start(Source.From(Items(1)), ordered: true);

        _calls[0].SetCanceled();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Empty(_seen);
    }

    [Fact]
    public async Task A_selector_that_throws_or_gives_no_task_fails_the_node()
    {
        await NoContext.Enter();
        await Assert.ThrowsAsync<FormatException>(() => Wait.For(Source.From([1]).SelectAsync<int, int>((_, _) => throw new FormatException(), 2).To(Sink.Count<int>()).RunAsync()));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(Source.From([1]).SelectAsync<int, int>((_, _) => null!, 2).To(Sink.Count<int>()).RunAsync()));
    }

    [Fact]
    public async Task An_early_end_behind_it_cancels_the_calls_and_waits_for_them()
    {
        await NoContext.Enter();
        var numbers = new Numbers();
        var run = Source.From(numbers.Endless()).Through(Stage.SelectAsync<int, int>(Call, 3)).Take(1).To(Sink.ForEach<int>(See)).RunAsync();

        EndCall(1);
        await Wait.For(Canceled(_tokens[1]));
        Assert.False(run.IsCompleted);
        _calls.ForEach(static call => call.TrySetCanceled());

        await Wait.For(run);
        Assert.Equal([1], _seen);
        Assert.Equal(1, numbers.Ended);
    }

    [Fact]
    public async Task A_failure_before_it_cancels_the_calls()
    {
        await NoContext.Enter();
        var (items, cause) = (Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true }), new FormatException());
        var run = Start(Source.From(items.Reader), ordered: true);
        items.Writer.TryWrite(1);

        items.Writer.Complete(cause);
        await Wait.For(Canceled(_tokens[0]));
        _calls[0].SetCanceled();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
    }

    [Fact]
    public async Task A_cancellation_reaches_the_calls_and_waits_for_them()
    {
        await NoContext.Enter();
        using var stop = new CancellationTokenSource();
        var run = Start(Source.From(new Numbers().Endless()), ordered: true, stop.Token);

        await stop.CancelAsync();
        Assert.All(_tokens, token => Assert.True(token.IsCancellationRequested));
        Assert.False(run.IsCompleted);
        _calls.ForEach(static call => call.SetCanceled());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Category", "Stress")]
    public async Task Nothing_is_lost_when_calls_end_on_many_threads(bool ordered)
    {
        await NoContext.Enter();
        const int Count = 2_000;
        var running = 0;
        var most = 0;
        var seen = await Wait.For(Source.From(Items(Count)).SelectAsync(
            async (x, _) =>
            {
                var now = Interlocked.Increment(ref running);
                most = Math.Max(most, now); // begins in the strand
                if (x % 3 != 0)
                {
                    await Task.Yield();
                }

                Interlocked.Decrement(ref running);
                return x;
            },
            4,
            ordered).To(Sink.ToList<int>()).RunAsync());

        Assert.InRange(most, 1, 4);
        Assert.Equal(Items(Count), ordered ? seen : seen.Order());
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("selector", () => Stage.SelectAsync<int, int>(null!, 1));
        Assert.Throws<ArgumentOutOfRangeException>("degree", () => Source.From([1]).SelectAsync((x, _) => Task.FromResult(x), 0));
    }

    private static Task Canceled(CancellationToken token)
    {
        var canceled = new TaskCompletionSource();
        token.Register(canceled.SetResult);
        return canceled.Task;
    }

    private Task Start(Source<int> source, bool ordered, CancellationToken cancellation = default) =>
        source.Through(Stage.SelectAsync<int, int>(Call, 3, ordered).Named("bad")).To(Sink.ForEach<int>(See)).RunAsync(cancellation);

    private void See(int item)
    {
        _seen.Add(item);
        if (_seen.Count <= _sent.Length)
        {
            _sent[_seen.Count - 1].SetResult();
        }
    }

    /// <summary>Completes when this many results have been sent.</summary>
    private Task Sent(int count) => _sent[count - 1].Task;

    private Task<int> Call(int item, CancellationToken token)
    {
        _calls.Add(new());
        _tokens.Add(token);
        Assert.True(_begun.Writer.TryWrite(item));
        return _calls[^1].Task;
    }

    /// <summary>Waits until the calls up to this one have begun.</summary>
    private async Task Begun(int item)
    {
        while (await Wait.For(_begun.Reader.ReadAsync().AsTask(), $"the beginning of call {item}") < item)
        {
        }
    }

    private void EndCall(int item) => _calls[item - 1].SetResult(item);
}
