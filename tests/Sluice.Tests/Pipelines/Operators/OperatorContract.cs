using System.Threading.Channels;
using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests;

/// <summary>The contract of every operator: how close, early end, failures, cancellation
/// and back-pressure pass it. Derived once for each operator; the items are 1, 2, 3 and so on.</summary>
public abstract class OperatorContract<TOut> : IContract
{
    /// <summary>Enough for what any operator here collects or leaves out before something comes out.</summary>
    private const int SomeItems = 20;

    /// <summary>The operator as a stage.</summary>
    protected abstract Stage<int, TOut> Create();

    /// <summary>The same operator as a method of a source.</summary>
    protected abstract Source<TOut> Extend(Source<int> source);

    PipelineGraph IContract.Graph => Extend(Source.From([1])).To(Sink.Count<TOut>()).Graph;

    /// <summary>The text that a graph shows for <see cref="Extend"/>.</summary>
    protected abstract (string Name, string? Detail) Shown { get; }

    /// <summary>The items that come out if these items come in and then end. Any items, not only those of the other tests.</summary>
    protected abstract IEnumerable<TOut> Expected(IReadOnlyList<int> items);

    /// <summary>The number of items of 1, 2, 3 and so on that have to come in before this many have come out.</summary>
    protected virtual int ItemsFor(int outputs) => outputs;

    /// <summary>The number of items that more it takes while its receiver waits.</summary>
    protected virtual int TakenAhead => 0;

    protected static int[] Items(int count) => [.. Enumerable.Range(1, count)];

    protected static Task<List<T>> ListOf<T>(Source<T> source) => Wait.For(source.To(Sink.ToList<T>()).RunAsync());

    /// <summary>The items that have come out, without an end, when this many items have come in.</summary>
    protected IEnumerable<TOut> OutputsOf(int items)
    {
        var outputs = Enumerable.Range(1, SomeItems).TakeWhile(n => ItemsFor(n) <= items).Count();
        return Expected(Items(items)).Take(outputs);
    }

    [Fact]
    public async Task However_many_items_come_what_they_give_comes_out_in_order_and_nothing_is_lost_at_the_end()
    {
        foreach (var count in Items(SomeItems).Append(1000))
        {
            Assert.Equal(Expected(Items(count)), await ListOf(Source.From(Items(count)).Through(Create())));
        }
    }

    [Fact]
    public async Task Any_items_give_what_they_should()
    {
        var items = Gen.Choose(0, 12).ArrayOf().ToArbitrary();
        var property = Prop.ForAll(items, some =>
        {
            Assert.Equal(Expected(some), ListOf(Source.From(some).Through(Create())).GetAwaiter().GetResult());
            return true;
        });

        await Wait.For(Task.Run(() => Seed.Check(200, property)), "all cases");
    }

    [Fact]
    public async Task Nothing_in_is_nothing_out_and_the_close_passes()
    {
        var (seen, notes) = (new List<TOut>(), new List<string>());
        await Wait.For(Source.From(Array.Empty<int>()).Through(Create()).To(items => Stages.CollectNoting(items, seen, "closed", notes)).RunAsync());

        Assert.Empty(seen);
        Assert.Equal(["closed"], notes);
    }

    [Fact]
    public async Task The_same_comes_out_when_source_and_receiver_wait_at_each_item()
    {
        var seen = new List<TOut>();
        await Wait.For(Source.From(Waiting()).Through(Create()).To(Sink.ForEach<TOut>(async (item, _) =>
        {
            await Task.Yield();
            seen.Add(item);
        })).RunAsync());

        Assert.Equal(Expected(Items(SomeItems)), seen);

        static async IAsyncEnumerable<int> Waiting()
        {
            foreach (var item in Items(SomeItems))
            {
                await Task.Yield();
                yield return item;
            }
        }
    }

    [Fact]
    public async Task A_stage_that_closes_it_goes_on_when_all_that_comes_out_has_been_handled()
    {
        var (signal, log) = (new Signal(), new List<TOut?>());
        var run = Source.From(Items(5)).Through<int>(async (items, next) =>
        {
            await Stages.Pass(items, next);
            await next.CloseAsync();
            log.Add(default);
        }).Through(Create()).To(Sink.ForEach<TOut>(async (item, _) =>
        {
            await signal.Task;
            log.Add(item);
        })).RunAsync();
        Assert.Empty(log);

        signal.Set();

        await Wait.For(run);
        Assert.Equal([.. Expected(Items(5)), default], log);
    }

    [Fact]
    public async Task Each_run_begins_anew()
    {
        var pipeline = Source.From(Items(SomeItems)).Through(Create()).To(Sink.ToList<TOut>());

        Assert.Equal(Expected(Items(SomeItems)), await Wait.For(pipeline.RunAsync()));
        Assert.Equal(Expected(Items(SomeItems)), await Wait.For(pipeline.RunAsync()));
    }

    [Fact]
    public async Task Branches_that_lead_to_it_are_one_stream_that_ends_with_the_last_of_them()
    {
        var seen = new List<TOut>();
        var shared = Create() | Sink.ForEach<TOut>(seen.Add);
        await Wait.For(Source.From(Items(SomeItems)).Broadcast(Stage.Where<int>(x => x % 2 == 0) | shared, Stage.Where<int>(x => x % 2 != 0) | shared).RunAsync());

        Assert.Equal(Expected(Items(SomeItems)), seen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task An_early_end_behind_it_ends_the_source_after_exactly_the_items_needed(int outputs)
    {
        var numbers = new Numbers();

        Assert.Equal(OutputsOf(ItemsFor(outputs)).Take(outputs), await ListOf(Source.From(numbers.Endless()).Through(Create()).Take(outputs)));
        Assert.Equal((ItemsFor(outputs), 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task A_failure_behind_it_is_that_of_the_stage_behind_it()
    {
        var (numbers, seen, cause) = (new Numbers(), new List<TOut>(), new FormatException());
        var run = Source.From(numbers.Endless()).Through(Create()).To(Sink.ForEach<TOut>(item =>
        {
            Stages.ThrowAt(seen.Count, 2, cause);
            seen.Add(item);
        }).Named("bad")).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal(OutputsOf(ItemsFor(3)).Take(2), seen);
        Assert.Equal((ItemsFor(3), 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task A_failure_before_it_is_thrown_in_behind_it_after_what_had_come_out()
    {
        var (seen, cause, thrownIn) = (new List<TOut>(), new FormatException(), (Exception?)null);
        var run = Source.From(Items(SomeItems).Select(x => Stages.ThrowAt(x, ItemsFor(3), cause))).Named("bad").Through(Create()).To(async items =>
        {
            try
            {
                await Stages.Collect(items, seen);
            }
            catch (FormatException error)
            {
                thrownIn = error;
                throw;
            }
        }).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Same(cause, thrownIn);
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal(OutputsOf(ItemsFor(3) - 1), seen);
    }

    [Fact]
    public async Task A_run_that_waits_for_items_is_canceled_through_it_and_nothing_more_comes_out()
    {
        using var stop = new CancellationTokenSource();
        var (channel, seen, notes) = (Channel.CreateUnbounded<int>(), new List<TOut>(), new List<string>());
        foreach (var item in Items(ItemsFor(3) - 1))
        {
            channel.Writer.TryWrite(item);
        }

        var run = Source.From(channel.Reader).Through(Create()).To(items => Stages.CollectNoting(items, seen, "closed", notes)).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal(stop.Token, error.CancellationToken);
        Assert.Equal(OutputsOf(ItemsFor(3) - 1), seen);
        Assert.Equal(["closed"], notes);
    }

    [Fact]
    public async Task A_run_whose_receiver_waits_is_canceled_through_it()
    {
        using var stop = new CancellationTokenSource();
        var numbers = new Numbers();
        var run = Source.From(numbers.Endless()).Through(Create())
            .To(Sink.ForEach<TOut>(async (_, token) => await new Signal().Task.WaitAsync(token))).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
        Assert.Equal((ItemsFor(1) + TakenAhead, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task A_receiver_that_waits_keeps_the_source_waiting()
    {
        var (numbers, signal) = (new Numbers(), new Signal());
        var run = Source.From(numbers.Endless()).Through(Create()).To(async items =>
        {
            await items.ReceiveAsync();
            await signal.Task;
            await items.ReceiveAsync();
        }).RunAsync();
        Assert.Equal(ItemsFor(1) + TakenAhead, numbers.Produced);

        signal.Set();

        await Wait.For(run);
        Assert.InRange(numbers.Produced, ItemsFor(2), ItemsFor(2) + TakenAhead);
        Assert.Equal(1, numbers.Ended);
    }

    [Fact]
    public async Task As_a_method_of_a_source_it_does_the_same_and_a_graph_shows_what_was_written()
    {
        var source = Extend(Source.From(Items(SomeItems)));
        var node = source.To(Sink.Count<TOut>()).Graph.Nodes[^2];

        Assert.Equal(Expected(Items(SomeItems)), await ListOf(source));
        Assert.Equal(Shown, (node.Name, node.Detail));
        Assert.Throws<ArgumentNullException>("source", () => Extend(null!));
    }
}

/// <summary>The same for an operator that calls code of its user.</summary>
public abstract class OperatorWithCodeContract<TOut> : OperatorContract<TOut>
{
    /// <summary>The operator as a stage, whose code looks at each item with <paramref name="look"/>: that gives back the
    /// item or throws.</summary>
    protected abstract Stage<int, TOut> Create(Func<int, int> look);

    protected sealed override Stage<int, TOut> Create() => Create(static item => item);

    /// <summary>The last of 1, 2, 3 and so on that the code is called with.</summary>
    protected virtual int LastItemLookedAt => int.MaxValue;

    [Fact]
    public async Task An_error_in_its_own_code_is_a_failure_of_the_operator()
    {
        var (numbers, seen, notes, cause) = (new Numbers(), new List<TOut>(), new List<string>(), new FormatException());
        var bad = Math.Min(ItemsFor(3), LastItemLookedAt);
        var run = Source.From(numbers.Endless())
            .Through(Create(item => Stages.ThrowAt(item, bad, cause)).Named("bad"))
            .To(items => Stages.CollectNoting(items, seen, "closed", notes)).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal(OutputsOf(bad - 1), seen);
        Assert.Equal((bad, 1), (numbers.Produced, numbers.Ended));
        Assert.Equal(["closed"], notes);
    }
}
