namespace Sluice.Tests;

public sealed class ConcatTests : FanInContract
{
    protected override bool TakesTurns => true;

    protected override bool OpensInTurn => true;

    protected override Source<int> Of(Source<int> first, Source<int> second) => first.Concat(second);

    protected override IEnumerable<int> Expected(int[] first, int[] second) => [.. first, .. second];

    [Fact]
    public async Task The_second_starts_when_the_first_has_ended()
    {
        var (numbers, seen) = (new Numbers(), new List<int>());
        var run = A.Source.Concat(Source.From(numbers.Endless())).Take(3).To(items => Stages.Collect(items, seen)).RunAsync();
        A.Push(7, 8);
        Assert.Equal([7, 8], seen);
        Assert.Equal(0, numbers.Produced);

        A.End();

        await Wait.For(run);
        Assert.Equal([7, 8, 1], seen);
        Assert.Equal((1, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task Only_one_of_two_thousand_sources_is_open_at_a_time()
    {
        var (open, most) = (0, 0);
        var sources = Enumerable.Range(0, 2000).Select(_ => Source.From(One())).ToArray();

        Assert.Equal(2000, (await ListOf(sources[0].Concat(sources[1..]))).Count);
        Assert.Equal((0, 1), (open, most));

        IEnumerable<int> One()
        {
            most = Math.Max(most, ++open);
            try
            {
                yield return 1;
            }
            finally
            {
                open--;
            }
        }
    }

    [Fact]
    public async Task An_error_at_opening_the_second_does_not_lose_the_first()
    {
        var (seen, missing) = (new List<string>(), Path.Combine(Path.GetTempPath(), "Sluice.Missing.txt"));
        var run = Yielding([1, 2, 3]).Select(x => $"{x}").Concat(Source.Lines(missing)).To(items => Stages.Collect(items, seen)).RunAsync();

        await Assert.ThrowsAsync<FileNotFoundException>(() => Wait.For(run));
        Assert.Equal(["1", "2", "3"], seen);
    }

    [Theory]
    [InlineData("Take")]
    [InlineData("failure")]
    [InlineData("stop")]
    [InlineData("cancel")]
    public async Task A_source_whose_turn_never_comes_is_not_opened_and_does_not_keep_the_run_from_ending(string end)
    {
        using var cancel = new CancellationTokenSource();
        var numbers = new Numbers();
        var second = Source.From(numbers.Endless()).Through<int>(Stages.Pass).Concat(Source.From(numbers.Endless()).Where(x => true));
        var source = A.Source.Concat(second);
        var run = await Wait.For((end == "Take" ? source.Take(1) : source).To(Sink.Count<int>()).StartAsync(cancellationToken: cancel.Token));
        switch (end)
        {
            case "Take":
                A.Push(1);
                Assert.Equal(1, await Wait.For(run.Completion));
                break;
            case "failure":
                A.Fail(new FormatException());
                await Assert.ThrowsAsync<FormatException>(() => Wait.For(run.Completion));
                break;
            case "stop":
                Assert.Contains("waits for its turn", run.Describe(), StringComparison.Ordinal);
                Assert.True((await Wait.For(run.StopAsync(Wait.Limit))).IsClean);
                break;
            default:
                await cancel.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run.Completion));
                break;
        }

        Assert.Equal(0, numbers.Produced);
    }

    [Fact]
    public async Task A_part_that_comes_from_a_thread_has_its_turn_too()
    {
        var source = Yielding([1, 2]).Concat(Yielding([3, 4]).On(Env.Thread(2)).Select(x => x).On(Env.Caller), Yielding([5]));

        Assert.Equal([1, 2, 3, 4, 5], await ListOf(source));
        Assert.Equal([1, 2, 3, 4, 5], await ListOf(source.On(Env.Thread(2)).Select(x => x)));
    }

    [Fact]
    public async Task A_second_source_that_ended_long_ago_has_its_turn()
    {
        var run = Start();
        B.Push(5);
        B.End();
        A.Push(1, 2);
        Assert.False(run.IsCompleted);
        A.End();

        Assert.Equal([1, 2, 5], await Result(run));
    }

    [Fact]
    public async Task Sources_that_wait_at_each_item_keep_their_order()
    {
        var source = Yielding([.. Enumerable.Range(1, 100)]).Concat(Source.From(Enumerable.Range(101, 100)), Yielding(), Yielding([.. Enumerable.Range(201, 100)]));

        Assert.Equal(Enumerable.Range(1, 300), await ListOf(source));
    }

    [Fact]
    public async Task It_may_have_one_source_or_be_nested()
    {
        var (x, y) = (Source.From([1, 2]), Source.From([3]));
        Assert.Equal([1, 2], await ListOf(x.Concat()));
        Assert.Equal([3, 1, 2, 1, 2, 3, 1, 2], await ListOf(y.Concat(x.Concat(x, y.Concat(x)))));
        Assert.Equal([1, 2, 3, 3], await ListOf(x.Concat(y.Merge(y))));
    }

    [Fact]
    public async Task An_array_is_not_handed_over_as_a_chunk_so_the_error_of_another_source_has_no_index_of_it()
    {
        int[] items = [1, 2, 3];
        var failing = Source.From(items.Select(x => Stages.ThrowAt(x, 2, new FormatException())));
        var error = await Assert.ThrowsAsync<FormatException>(() => ListOf(Source.From(items).Zip(failing, (x, y) => x + y)));

        Assert.False(error.Data.Contains("Sluice.Item"));
    }

    [Fact]
    public void A_graph_shows_it_and_a_missing_source_is_refused()
    {
        var graph = A.Source.Concat(B.Source).To(Sink.Count<int>()).Graph;

        Assert.Equal(("Concat", NodeKind.FanIn), (graph.Nodes[^2].Name, graph.Nodes[^2].Kind));
        Assert.Equal("joined", A.Source.Concat(B.Source).Named("joined").To(Sink.Count<int>()).Graph.Nodes[^2].Name);
        Assert.Throws<ArgumentNullException>("others", () => A.Source.Concat(null!));
    }
}
