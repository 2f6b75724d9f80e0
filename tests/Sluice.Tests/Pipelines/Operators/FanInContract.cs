namespace Sluice.Tests;

/// <summary>The contract of every source of two sources, in all ways of combining their items: end, failure, early end,
/// cancellation, back-pressure. Derived once for each. One item of each source must give at least one item.</summary>
public abstract class FanInContract : IContract
{
    private readonly List<string> _notes = [];
    private readonly List<int> _seen = [];

    protected FanInContract() => (A, B) = (new("a", _notes), new("b", _notes));

    private protected Pushed A { get; }

    private protected Pushed B { get; }

    protected abstract Source<int> Of(Source<int> first, Source<int> second);

    PipelineGraph IContract.Graph => Of(Source.From([1]), Source.From([1])).To(Sink.Count<int>()).Graph;

    /// <summary>The items that come out of two sources that have theirs at hand.</summary>
    protected abstract IEnumerable<int> Expected(int[] first, int[] second);

    /// <summary>Gets whether it looks at one inbox at a time, so that the second source waits with its item in that time.</summary>
    protected virtual bool TakesTurns => false;

    /// <summary>Gets whether the second source starts when the first has ended.</summary>
    protected virtual bool OpensInTurn => false;

    /// <summary>Returns whether the second source does not go on, having sent so many items, before the first does.</summary>
    protected virtual bool HoldsBackSecond(int itemsBefore) => OpensInTurn || (TakesTurns && itemsBefore > 0);

    protected static Source<int> Yielding(params int[] items)
    {
        return Source.From(Sequence());

        async IAsyncEnumerable<int> Sequence()
        {
            foreach (var item in items)
            {
                await Task.Yield();
                yield return item;
            }
        }
    }

    protected static Task<List<int>> ListOf(Source<int> source) => Wait.For(source.To(Sink.ToList<int>()).RunAsync());

    private protected Task<List<int>> Start() => Of(A.Source, B.Source).To(Sink.ToList<int>()).RunAsync();

    private protected static async Task<List<int>> Result(Task<List<int>> run)
    {
        Assert.True(run.IsCompleted);
        return await Wait.For(run);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 3)]
    [InlineData(3, 0)]
    [InlineData(3, 3)]
    [InlineData(5, 2)]
    [InlineData(2, 5)]
    public async Task Whatever_the_sources_have_comes_out_as_it_should(int first, int second)
    {
        var (a, b) = (Enumerable.Range(1, first).ToArray(), Enumerable.Range(101, second).ToArray());
        Assert.Equal(Expected(a, b), await ListOf(Of(Source.From(a), Source.From(b))));
        Assert.Equal(Expected(a, b), await ListOf(Of(Source.From(a.Select(x => x)), Source.From(b.Select(x => x)))));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    [InlineData(false, 1)]
    public async Task A_source_that_fails_fails_it_at_once_though_the_other_waits_for_ever_behind_a_stage(bool isFirst, int itemsBefore)
    {
        var (cause, seen) = (new FormatException(), (Exception?)null);
        var run = Of(A.Source, B.Source).To(async items =>
        {
            try
            {
                await Stages.CollectNoting(items, _seen, "sink", _notes);
            }
            catch (FormatException error)
            {
                seen = error;
                throw;
            }
        }).RunAsync();
        A.Push(Enumerable.Range(1, itemsBefore).ToArray());
        B.Push(Enumerable.Range(101, itemsBefore).ToArray());
        (isFirst ? A : B).Fail(cause);
        if (!isFirst && HoldsBackSecond(itemsBefore))
        {
            Assert.False(run.IsCompleted); // what is before the second inbox waits with its item, or for its turn, and so does the failure
            A.Push(2);
            A.End();
        }

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Same(cause, seen);
        Assert.Equal(isFirst ? "a" : "b", cause.Data["Sluice.Stage"]);
        Assert.False(cause.Data.Contains("Sluice.Item"));
        Assert.Same(cause, Assert.Single(run.Exception!.InnerExceptions));
        Assert.Equal(["a", "b", "sink"], _notes.Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_behind_it_ends_both_sources_though_they_wait_for_ever_behind_stages(bool isFirst)
    {
        var cause = new FormatException();
        var run = Of(A.Source, B.Source).Select(x => Stages.ThrowAt(0, 0, cause)).Named("bad").To(Sink.ToList<int>()).RunAsync();
        (isFirst ? A : B).Push(1);
        (isFirst ? B : A).Push(2);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal(["a", "b"], _notes.Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_early_end_behind_it_ends_both_sources_though_they_wait_for_ever(bool isFirst)
    {
        var run = Of(A.Source, B.Source).Take(1).To(Sink.ToList<int>()).RunAsync();
        (isFirst ? A : B).Push(1);
        (isFirst ? B : A).Push(2);

        Assert.Single(await Wait.For(run));
        Assert.Equal(["a", "b"], _notes.Order());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Senders_that_wait_when_it_ends_early_end_normally(bool throughOperator)
    {
        var signal = new Signal();
        var (a, b) = (Source.From(new Numbers().Endless()).Through<int>(Stages.Pass), Source.From(new Numbers().Endless()).Through<int>(Stages.Pass));
        var source = throughOperator ? Of(a.Select(x => x), b.Where(_ => true)).Select(x => x) : Of(a, b);
        var run = source.To(async items =>
        {
            await items.ReceiveAsync();
            await signal.Task;
        }).RunAsync();
        Assert.False(run.IsCompleted);

        signal.Set();

        await Wait.For(run);
    }

    [Fact]
    public async Task Take_0_behind_it_takes_nothing_from_either_source()
    {
        var (a, b) = (new Numbers(), new Numbers());

        Assert.Empty(await ListOf(Of(Source.From(a.Endless()), Source.From(b.Endless())).Take(0)));
        Assert.Equal((0, 0), (a.Produced, b.Produced));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public async Task A_run_that_waits_at_either_inbox_is_canceled(int first, int second)
    {
        using var stop = new CancellationTokenSource();
        var run = Of(A.Source, B.Source).To(items => Stages.CollectNoting(items, _seen, "sink", _notes)).RunAsync(stop.Token);
        A.Push(Enumerable.Range(1, first).ToArray());
        B.Push(Enumerable.Range(1, second).ToArray());
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
        Assert.Equal(["a", "b", "sink"], _notes.Order());
    }

    [Fact]
    public async Task A_receiver_that_waits_keeps_both_sources_waiting_with_one_item_ahead_at_the_most()
    {
        var (a, b, signal) = (new Numbers(), new Numbers(), new Signal());
        var run = Of(Source.From(a.Endless()), Source.From(b.Endless())).To(async items =>
        {
            await items.ReceiveAsync();
            await signal.Task;
            await items.ReceiveAsync();
        }).RunAsync();
        Assert.InRange(a.Produced, 1, 2);
        Assert.InRange(b.Produced, OpensInTurn ? 0 : 1, OpensInTurn ? 0 : 2);
        Assert.False(run.IsCompleted);

        signal.Set();

        await Wait.For(run);
        Assert.InRange(a.Produced, 1, 3);
        Assert.InRange(b.Produced, OpensInTurn ? 0 : 1, OpensInTurn ? 0 : 3);
        Assert.Equal((1, OpensInTurn ? 0 : 1), (a.Ended, b.Ended));
    }

    [Fact]
    public async Task A_blueprint_runs_twice_at_once()
    {
        var (signal, lists) = (new Signal(), new List<List<int>>());
        var pipeline = Of(Source.From([1, 2]), Source.From([101, 102])).To<List<int>>(async items =>
        {
            var list = new List<int> { await items.ReceiveAsync() };
            await signal.Task;
            await Stages.Collect(items, list);
            return list;
        });
        var runs = new[] { pipeline.RunAsync(), pipeline.RunAsync() };
        signal.Set();

        foreach (var run in runs)
        {
            Assert.Equal(Expected([1, 2], [101, 102]), await Wait.For(run));
        }
    }

    [Fact]
    public async Task A_source_that_is_there_twice_runs_twice()
    {
        var source = Source.From([1, 2, 3]).Named("numbers");
        var pipeline = Of(source, source).To(Sink.ToList<int>());

        Assert.Equal(Expected([1, 2, 3], [1, 2, 3]), await Wait.For(pipeline.RunAsync()));
        Assert.Equal(["numbers", "numbers-2"], pipeline.Graph.Nodes.Where(node => node.Kind == NodeKind.Source).Select(node => node.Name));
        Assert.Contains(pipeline.Graph.Nodes, node => node.Kind == NodeKind.FanIn);
    }

    [Fact]
    public void A_missing_source_is_refused_at_once()
    {
        Assert.ThrowsAny<ArgumentException>(() => Of(null!, A.Source));
        Assert.ThrowsAny<ArgumentException>(() => Of(A.Source, null!));
    }
}
