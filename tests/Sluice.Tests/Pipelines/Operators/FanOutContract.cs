using System.Threading.Channels;
using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests;

/// <summary>The contract of every operator that gives its items to several sinks. Derived once for each; the tests use three
/// sinks and items from 0 on, of which a sink gets every third unless the operator gives all to all, or it is the
/// readiness that decides.</summary>
public abstract class FanOutContract : IContract
{
    protected const int Sinks = 3;

    protected abstract string Name { get; }

    protected abstract Sink<int> Create(params Sink<int>[] sinks);

    protected abstract Pipeline Extend(Source<int> source, params Sink<int>[] sinks);

    PipelineGraph IContract.Graph => Extend(From(1), Sink.Count<int>()).Graph;

    /// <summary>The items, of the first ones, that a sink gets if none waits.</summary>
    protected virtual IEnumerable<int> Share(int sink, int count) => Enumerable.Range(0, count).Where(x => x % Sinks == sink);

    /// <summary>The number of sinks that get the same item.</summary>
    protected virtual int Copies => 1;

    /// <summary>The number of items that a source has produced when each sink has taken one and ended.</summary>
    protected virtual int ProducedWhenAllTakeOne => Sinks;

    /// <summary>The number of items that a source has produced when it has to wait because no sink goes on.</summary>
    protected abstract int ProducedWhenAllWait { get; }

    /// <summary>The items that the second and the third sink get if the first one has ended with item 0.</summary>
    protected abstract IEnumerable<int> WithoutTheFirst(IEnumerable<int> items);

    protected static Source<int> From(int count) => Source.From(Enumerable.Range(0, count));

    [Fact]
    public async Task Each_sink_gets_its_share_if_none_of_them_waits()
    {
        var seen = NewLists();
        await Wait.For(From(10).To(Create([.. seen.Select(list => Sink.ForEach<int>(list.Add))])).RunAsync());

        Assert.Equal(Shares(10), seen);
    }

    [Fact]
    public async Task Whichever_sinks_wait_nothing_is_lost_or_doubled_and_each_sink_gets_its_items_in_order()
    {
        var cases = (from waits in Gen.Choose(0, 2).ArrayOf()
                     from sourceWaits in Gen.Choose(0, 1)
                     select (waits, sourceWaits)).ToArbitrary();
        var property = Prop.ForAll(cases, input =>
        {
            var seen = NewLists();
            var run = Source.From(Items()).To(Create([.. seen.Select(list => Sink.ForEach<int>(async (item, _) =>
            {
                for (var i = 0; i < input.waits[item]; i++)
                {
                    await Task.Yield();
                }

                list.Add(item);
            }))])).RunAsync();
            Wait.For(run).GetAwaiter().GetResult();

            Assert.Equal(Enumerable.Range(0, input.waits.Length).SelectMany(item => Enumerable.Repeat(item, Copies)), seen.SelectMany(list => list).Order());
            Assert.All(seen, list => Assert.Equal(list.Order(), list));
            return true;

            async IAsyncEnumerable<int> Items()
            {
                for (var i = 0; i < input.waits.Length; i++)
                {
                    if (input.sourceWaits == 1)
                    {
                        await Task.Yield();
                    }

                    yield return i;
                }
            }
        });

        await Wait.For(Task.Run(() => Seed.Check(200, property)), "all cases");
    }

    [Fact]
    public async Task Without_items_every_sink_is_closed()
    {
        var (seen, notes) = (NewLists(), new List<string>());
        await Wait.For(From(0).To(Create(Noting(seen, notes))).RunAsync());

        Assert.All(seen, Assert.Empty);
        Assert.Equal(["0", "1", "2"], notes);
    }

    [Fact]
    public async Task A_sink_that_ends_drops_out_and_the_others_go_on()
    {
        var seen = new List<int>();
        await Wait.For(From(10).To(Create(
            Sink.Create<int>(Stages.TakeOne, "one"),
            Sink.ForEach<int>(seen.Add),
            Sink.ForEach<int>(seen.Add))).RunAsync());

        Assert.Equal(WithoutTheFirst(Enumerable.Range(0, 10)), seen);
    }

    [Fact]
    public async Task A_sink_that_ends_in_the_middle_of_an_item_drops_out()
    {
        var (first, others) = (new List<int>(), new List<int>());
        await Wait.For(From(10).To(Create(
            Stage.SelectMany<int, int>(x => [x, x]) | Stage.Take<int>(1) | Sink.ForEach<int>(first.Add),
            Sink.ForEach<int>(others.Add),
            Sink.ForEach<int>(others.Add))).RunAsync());

        Assert.Equal([0], first);
        Assert.Equal(WithoutTheFirst(Enumerable.Range(0, 10)), others);
    }

    [Fact]
    public async Task When_all_sinks_have_ended_so_has_the_source()
    {
        var numbers = new Numbers();
        await Wait.For(Source.From(numbers.Endless().Select(x => x - 1)).To(Create(
            Sink.Create<int>(Stages.TakeOne, "a"),
            Sink.Create<int>(Stages.TakeOne, "b"),
            Sink.Create<int>(Stages.TakeOne, "c"))).RunAsync());

        Assert.Equal((ProducedWhenAllTakeOne, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task Also_if_they_wait_before_they_end()
    {
        var (numbers, signal) = (new Numbers(), new Signal());
        var run = Source.From(numbers.Endless().Select(x => x - 1)).To(Create([.. Enumerable.Range(0, Sinks).Select(_ => Sink.Create<int>(async items =>
        {
            await items.ReceiveAsync();
            await signal.Task;
        }))])).RunAsync();
        Assert.False(run.IsCompleted);

        signal.Set();

        await Wait.For(run);
        Assert.Equal(1, numbers.Ended);
        Assert.InRange(numbers.Produced, ProducedWhenAllTakeOne, ProducedWhenAllTakeOne + 1);
    }

    [Fact]
    public async Task A_sink_that_fails_stops_the_run_and_the_others_are_told()
    {
        var (cause, numbers, notes) = (new FormatException(), new Numbers(), new List<string>());
        var run = Source.From(numbers.Endless().Select(x => x - 1)).To(Create(
            Sink.Create<int>(items => Stages.CollectNoting(items, [], "a", notes)),
            Sink.ForEach<int>(x => Stages.ThrowAt(x, 4, cause)).Named("bad"),
            Sink.Create<int>(items => Stages.CollectNoting(items, [], "c", notes)))).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal((5, 1), (numbers.Produced, numbers.Ended));
        Assert.Equal(["a", "c"], notes);
    }

    [Fact]
    public async Task A_sink_that_fails_after_it_has_waited_stops_the_run()
    {
        var (cause, numbers, signal) = (new FormatException(), new Numbers(), new Signal());
        var run = Source.From(numbers.Endless().Select(x => x - 1)).To(Create([.. Enumerable.Range(0, Sinks).Select(
            sink => Sink.ForEach<int>(async (_, _) => await signal.Task).Named($"{sink}"))])).RunAsync();
        Assert.Equal(ProducedWhenAllWait, numbers.Produced);

        signal.Fail(cause);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal((ProducedWhenAllWait, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task A_failure_before_it_is_raised_in_every_sink_after_what_they_had_got()
    {
        var (cause, seen, notes) = (new FormatException(), NewLists(), new List<string>());
        var run = Source.From(Enumerable.Range(0, 10).Select(x => Stages.ThrowAt(x, 5, cause))).Named("bad").To(Create(Noting(seen, notes))).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal(Shares(5), seen);
        Assert.Equal(["0", "1", "2"], notes);
    }

    [Fact]
    public async Task A_run_that_waits_for_items_is_canceled_through_it()
    {
        using var stop = new CancellationTokenSource();
        var (channel, seen, notes) = (Channel.CreateUnbounded<int>(), NewLists(), new List<string>());
        Assert.True(channel.Writer.TryWrite(0));
        var run = Source.From(channel.Reader).To(Create(Noting(seen, notes))).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
        Assert.Equal(3, notes.Count);
    }

    [Fact]
    public async Task A_run_whose_sinks_wait_is_canceled_through_it()
    {
        using var stop = new CancellationTokenSource();
        var numbers = new Numbers();
        var run = Source.From(numbers.Endless()).To(Create([.. Enumerable.Range(0, Sinks).Select(
            _ => Sink.ForEach<int>(async (_, token) => await new Signal().Task.WaitAsync(token)))])).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
        Assert.Equal((ProducedWhenAllWait, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task The_end_waits_for_sinks_that_wait()
    {
        var (signal, seen) = (new Signal(), new List<int>());
        var run = From(1).To(Create([.. Enumerable.Range(0, Sinks).Select(_ => Sink.ForEach<int>(async (item, _) =>
        {
            await signal.Task;
            seen.Add(item);
        }))])).RunAsync();
        Assert.False(run.IsCompleted);

        signal.Set();

        await Wait.For(run);
        Assert.Equal(Enumerable.Repeat(0, Copies), seen);
    }

    [Fact]
    public async Task As_a_method_of_a_source_it_does_the_same()
    {
        var seen = NewLists();
        var pipeline = Extend(From(10), [.. seen.Select(list => Sink.ForEach<int>(list.Add))]);
        await Wait.For(pipeline.RunAsync());

        Assert.Equal(Shares(10), seen);
        Assert.Equal(Name, pipeline.Graph.Nodes[1].Name);
        Assert.Throws<ArgumentNullException>("source", () => Extend(null!, Sink.Count<int>()));
    }

    private IEnumerable<IEnumerable<int>> Shares(int count) => Enumerable.Range(0, Sinks).Select(sink => Share(sink, count));

    protected static List<int>[] NewLists() => [.. Enumerable.Range(0, Sinks).Select(_ => new List<int>())];

    private static Sink<int>[] Noting(List<int>[] seen, List<string> notes) =>
        [.. seen.Select((list, index) => Sink.Create<int>(items => Stages.CollectNoting(items, list, $"{index}", notes)))];
}
