using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class SelectManySequencesTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("SelectMany", "x => Both(x)");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.SelectMany<int, int>(x => Both(look(x)));

    protected override Source<int> Extend(Source<int> source) => source.SelectMany(x => Both(x));

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.SelectMany(x => new[] { x, -x });

    protected override int ItemsFor(int outputs) => (outputs + 1) / 2;

    private static async IAsyncEnumerable<int> Both(int item)
    {
        yield return item;
        await default(ValueTask);
        yield return -item;
    }
}

public sealed class SelectManyToSourcesTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("SelectMany", "x => Source.From([x, -x])");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.SelectMany<int, int>(x => Source.From([look(x), -x]));

    protected override Source<int> Extend(Source<int> source) => source.SelectMany(x => Source.From([x, -x]));

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.SelectMany(x => new[] { x, -x });

    protected override int ItemsFor(int outputs) => (outputs + 1) / 2;
}

public sealed class SelectManySourcesTests
{
    private readonly List<string> _notes = [];
    private readonly List<Channel<int>> _inner = [];
    private readonly List<int> _seen = [];

    [Fact]
    public async Task One_source_after_the_other_each_to_its_end()
    {
        await NoContext.Enter();
        var numbers = new Numbers();
        var run = Start(numbers.Endless().Take(3), degree: 1);
        Assert.Equal((1, 1), (numbers.Produced, _inner.Count));

        Push(0, 11, 12);
        End(0);
        Assert.Equal((2, 2), (numbers.Produced, _inner.Count));
        End(1);
        Push(2, 31);
        End(2);

        await Wait.For(run);
        Assert.Equal([11, 12, 31], _seen);
        Assert.Equal(["end 1", "end 2", "end 3"], _notes);
    }

    [Fact]
    public async Task Several_at_once_come_as_they_come_and_never_more_than_the_degree_are_open()
    {
        await NoContext.Enter();
        var numbers = new Numbers();
        var run = Start(numbers.Endless().Take(4), degree: 2);
        Assert.Equal((2, 2), (numbers.Produced, _inner.Count)); // the second is not handled until one of them ends

        Push(1, 21);
        Push(0, 11);
        Push(1, 22);
        End(1);
        Assert.Equal(3, _inner.Count);
        Push(2, 31);
        Push(0, 12);
        End(0);
        End(2);
        Push(3, 41);
        Assert.False(run.IsCompleted);
        End(3);

        await Wait.For(run);
        Assert.Equal([21, 11, 22, 31, 12, 41], _seen);
    }

    [Fact]
    public async Task Sources_that_never_wait_take_turns()
    {
        var seen = await Wait.For(Source.From([1, 2]).SelectMany(x => Source.From(Enumerable.Repeat(x, 50)), degree: 2).To(Sink.ToList<int>()).RunAsync());

        Assert.Equal((50, 50), (seen.Count(x => x == 1), seen.Count(x => x == 2)));
        Assert.True(seen.IndexOf(2) < 50, "The second source began when the first had ended.");
    }

    [Fact]
    public async Task A_receiver_that_waits_keeps_each_source_waiting()
    {
        await NoContext.Enter();
        Numbers[] numbers = [new(), new()];
        var signal = new Signal();
        var run = Source.From([0, 1]).SelectMany(x => Source.From(numbers[x].Endless()), degree: 2).To(async items =>
        {
            await items.ReceiveAsync();
            await signal.Task;
        }).RunAsync();
        Assert.All(numbers, one => Assert.Equal(1, one.Produced));

        signal.Set();

        await Wait.For(run);
        Assert.All(numbers, one => Assert.Equal((1, 1), (one.Produced, one.Ended)));
    }

    [Fact]
    public async Task A_source_that_fails_fails_the_run_when_the_others_have_ended()
    {
        await NoContext.Enter();
        var (numbers, cause) = (new Numbers(), new FormatException());
        var run = Start(numbers.Endless(), degree: 2);
        Push(0, 11);

        _inner[1].Writer.Complete(cause);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal(("SelectMany", "inner"), (cause.Data["Sluice.Stage"], cause.Data["Sluice.InnerStage"]));
        Assert.Single(run.Exception!.InnerExceptions);
        Assert.Equal(["end 1", "end 2"], _notes.Order());
        Assert.Equal(1, numbers.Ended);
        Assert.Equal([11], _seen);
    }

    [Fact]
    public async Task A_second_failure_is_one_of_the_run_too()
    {
        await NoContext.Enter();
        var (first, second) = (new FormatException(), new InvalidDataException());
        var channel = Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true });
        var run = Source.From([0, 1]).SelectMany(x => x == 0 ? Source.From(FailAtEnd()) : Source.From(channel.Reader), degree: 2).To(Sink.Count<int>()).RunAsync();

        channel.Writer.Complete(first);

        Assert.Same(first, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal([first, second], run.Exception!.InnerExceptions);

        async IAsyncEnumerable<int> FailAtEnd([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
                yield return 0;
            }
            finally
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(second);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_early_end_behind_it_disposes_of_sequences_that_wait(int degree)
    {
        await NoContext.Enter();
        var run = Source.From([1, 2, 3]).SelectMany(x => Waiting(x), degree).Take(degree).To(Sink.ForEach<int>(_seen.Add)).RunAsync();

        await Wait.For(run);
        Assert.Equal(Enumerable.Range(1, degree), _seen);
        Assert.Equal(Enumerable.Range(1, degree).Select(x => $"end {x}"), _notes.Order());
    }

    [Fact]
    public async Task A_cancellation_disposes_of_sequences_before_the_run_has_ended()
    {
        await NoContext.Enter();
        using var stop = new CancellationTokenSource();
        var run = Source.From([1, 2, 3]).SelectMany(x => Waiting(x), degree: 2).To(Sink.ForEach<int>(_seen.Add)).RunAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal([1, 2], _seen);
        Assert.Equal(["end 1", "end 2"], _notes.Order());
    }

    [Fact]
    public async Task A_source_has_stages_and_sources_that_come_together_and_the_stages_of_the_run_in_its_clock()
    {
        var seen = await Wait.For(Source.From([1, 2])
            .SelectMany(x => Source.From([x]).Merge(Source.From([10 * x])).Chunk(2).SelectMany(pair => Source.From(pair).Select(y => y + 1)))
            .To(Sink.ToList<int>()).RunAsync());

        Assert.Equal([2, 11, 3, 21], seen);
    }

    [Fact]
    public async Task A_place_within_a_source_is_refused_and_one_of_the_stage_is_not()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(
            Source.From([1]).SelectMany(x => Source.From([x]).Named("pages").On(Env.Thread()).Select(y => y)).To(Sink.Count<int>()).RunAsync()));
        Assert.Contains("has a part with a place of its own (On), and a source inside 'SelectMany' runs where 'SelectMany' does", error.Message, StringComparison.Ordinal);

        Assert.Equal([1, 1, 2, 2], await Wait.For(Source.From([1, 2]).On(Env.Thread()).SelectMany(x => Source.From([x, x])).On(Env.ThreadPool()).To(Sink.ToList<int>()).RunAsync()));
    }

    [Fact]
    public async Task A_selector_that_throws_or_gives_nothing_fails_the_node()
    {
        await Fails<FormatException>(source => source.SelectMany<int, int>((Func<int, Source<int>>)(_ => throw new FormatException())));
        await Fails<InvalidOperationException>(source => source.SelectMany<int, int>((Func<int, Source<int>>)(_ => null!)));
        await Fails<InvalidOperationException>(source => source.SelectMany<int, int>((Func<int, IAsyncEnumerable<int>>)(_ => null!)));

        static async Task Fails<T>(Func<Source<int>, Source<int>> build)
            where T : Exception
        {
            var error = await Assert.ThrowsAsync<T>(() => Wait.For(build(Source.From([1])).To(Sink.Count<int>()).RunAsync()));
            Assert.Equal("SelectMany", error.Data["Sluice.Stage"]);
        }
    }

    [Fact]
    public async Task The_overload_of_a_lambda_is_that_of_what_it_gives()
    {
        Assert.Equal("ab", string.Concat(await ListOf(Source.From(["ab"]).SelectMany(x => x))));
        Assert.Equal([1, 1], await ListOf(Source.From([1]).SelectMany(x => new[] { x, x })));
        Assert.Equal([1, 1], await ListOf(Source.From([1]).SelectMany(x => new List<int> { x, x })));
        Assert.Equal([1], await ListOf(Source.From([1]).SelectMany(x => new BothKinds(x))));
        Assert.Equal([1, 2], await ListOf(Source.From(new[] { Source.From([1]), Source.From([2]) }).SelectMany(x => x)));
        Assert.Empty(await ListOf(Source.From([1]).SelectMany<int, int>(_ => [])));
        Assert.Throws<ArgumentNullException>("selector", () => Stage.SelectMany<int, int>(null!));
        Assert.Throws<ArgumentNullException>("selector", () => Stage.SelectMany((Func<int, Source<int>>)null!));
        Assert.Throws<ArgumentNullException>("selector", () => Stage.SelectMany((Func<int, IAsyncEnumerable<int>>)null!));
        Assert.Throws<ArgumentOutOfRangeException>("degree", () => Stage.SelectMany<int, int>(x => Source.From([x]), 0));
        Assert.Throws<ArgumentOutOfRangeException>("degree", () => Stage.SelectMany<int, int>(x => Waiting(x), 0));
    }

    [Fact]
    public async Task A_source_starts_in_the_context_of_its_item()
    {
        var local = new AsyncLocal<string>();
        var seen = await ListOf(Source.From([1, 2]).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                local.Value = $"item {item}";
                await next.SendAsync(item);
            }
        }).SelectMany(_ => Source.Create<string>(async (next, _) => await next.SendAsync(local.Value ?? "none"))));

        Assert.Equal(["item 1", "item 2"], seen);
    }

    [Fact]
    public async Task A_policy_is_for_one_item_and_its_source()
    {
        var attempts = new List<int>();
        var stage = Stage.SelectMany<int, int>(x => Source.From(Once(x))).OnError(ErrorPolicy.Retry(1));
        Assert.Equal([1, 2, 2, 3], await ListOf(Source.From([1, 2, 3]).Through(stage)));
        Assert.Equal([1, 2, 2, 3], attempts);

        Assert.Throws<ArgumentException>("policy", () => Stage.SelectMany<int, int>(x => Source.From([x]), 2).OnError(ErrorPolicy.Skip));
        Assert.Throws<ArgumentException>("policy", () => Stage.Switch<int, int>(x => Source.From([x])).OnError(ErrorPolicy.Skip));

        IEnumerable<int> Once(int item)
        {
            attempts.Add(item);
            yield return item;
            if (item == 2 && attempts.Count == 2)
            {
                throw new FormatException();
            }
        }
    }

    [Fact]
    public async Task By_hand_it_does_the_same()
    {
        await NoContext.Enter();
        var target = Stage.SelectMany<int, int>(x => Source.From([x, -x]), degree: 2).Start(Target.Start<int>(items => Stages.Collect(items, _seen)));
        await Wait.For(target.SendAsync(1));
        await Wait.For(target.SendAsync(2));
        await Wait.For(target.CloseAsync());

        Assert.Equal([-2, -1, 1, 2], _seen.Order());
    }

    private static Task<List<T>> ListOf<T>(Source<T> source) => Wait.For(source.To(Sink.ToList<T>()).RunAsync());

    private Task Start(IEnumerable<int> items, int degree) =>
        Source.From(items).SelectMany(Inner, degree).To(Sink.ForEach<int>(_seen.Add)).RunAsync();

    private Source<int> Inner(int item)
    {
        var channel = Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true });
        _inner.Add(channel);
        return Source.From(channel.Reader).Named("inner").Through<int>((items, next) => Stages.PassOnNoting(items, next, $"end {item}", _notes));
    }

    private void Push(int source, params int[] items) => Array.ForEach(items, item => Assert.True(_inner[source].Writer.TryWrite(item)));

    private void End(int source) => _inner[source].Writer.Complete();

    private async IAsyncEnumerable<int> Waiting(int item, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
    {
        try
        {
            yield return item;
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        }
        finally
        {
            lock (_notes)
            {
                _notes.Add($"end {item}");
            }
        }
    }

    private sealed class BothKinds(int item) : IEnumerable<int>, IAsyncEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator() => Enumerable.Repeat(item, 1).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        public IAsyncEnumerator<int> GetAsyncEnumerator(CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
