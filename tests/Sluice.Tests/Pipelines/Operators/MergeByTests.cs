namespace Sluice.Tests;

public sealed class MergeByTests : FanInContract
{
    private static readonly DateTimeOffset s_zero = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    protected override bool TakesTurns => true;

    protected override Source<int> Of(Source<int> first, Source<int> second) => first.MergeBy(x => x, second);

    protected override IEnumerable<int> Expected(int[] first, int[] second) => first.Concat(second).Order();

    [Fact]
    public async Task Any_sources_that_are_in_order_give_one_that_is()
    {
        await Seed.Each(50, async random =>
        {
            var items = Enumerable.Range(0, random.Next(1, 6)).Select(_ => Enumerable.Range(0, random.Next(30)).Select(_ => random.Next(50)).Order().ToArray()).ToArray();
            Source<int>[] sources = [.. items.Select(some => random.Next(2) == 0 ? Source.From(some) : Yielding(some))];

            Assert.Equal(items.SelectMany(some => some).Order(), await ListOf(sources[0].MergeBy(x => x, sources[1..])));
        });
    }

    [Fact]
    public async Task Times_are_compared_by_their_instant_and_of_equal_items_those_of_the_earlier_source_go_first()
    {
        (int Hour, int Offset, string Name) a1 = (10, 0, "a1"), b1 = (12, 2, "b1"), c1 = (9, -1, "c1"), a2 = (11, 0, "a2"), b2 = (11, 1, "b2");
        var source = Source.From([a1, a2]).MergeByTime(
            item => new DateTimeOffset(2024, 1, 1, item.Hour, 0, 0, TimeSpan.FromHours(item.Offset)),
            Source.From([b1]),
            Source.From([c1]),
            Source.From([b2]));

        Assert.Equal(["a1", "b1", "c1", "b2", "a2"], await Wait.For(source.Select(item => item.Name).To(Sink.ToList<string>()).RunAsync()));
    }

    [Fact]
    public async Task A_comparer_tells_the_order()
    {
        var source = Source.From(["C", "b"]).MergeBy(text => text, Comparer<string>.Create((x, y) => StringComparer.OrdinalIgnoreCase.Compare(y, x)), Source.From(["d", "A"]));

        Assert.Equal(["d", "C", "b", "A"], await Wait.For(source.To(Sink.ToList<string>()).RunAsync()));
    }

    [Fact]
    public async Task It_waits_until_each_source_that_has_not_ended_has_given_an_item()
    {
        var seen = new List<int>();
        var run = Of(A.Source, B.Source).To(items => Stages.Collect(items, seen)).RunAsync();
        A.Push(1, 2);
        Assert.Empty(seen);
        B.Push(5);
        Assert.Equal([1, 2], seen);
        A.Push(6);
        Assert.Equal([1, 2, 5], seen);
        B.End();
        Assert.Equal([1, 2, 5, 6], seen);
        A.Push(7);
        Assert.Equal([1, 2, 5, 6, 7], seen);
        Assert.False(run.IsCompleted);
        A.End();

        await Wait.For(run);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_source_that_is_out_of_order_is_an_error_that_says_which(bool isFirst)
    {
        var (wrong, right) = (Source.From([1, 5, 3]), Source.From([1, 2, 9]));
        var seen = new List<int>();
        var run = (isFirst ? wrong.MergeByTime(At, right) : right.MergeByTime(At, wrong)).Named("merged").To(items => Stages.Collect(items, seen)).RunAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.StartsWith($"Input {(isFirst ? 1 : 2)} of the MergeByTime is not in order: {At(3)} came after {At(5)}.", error.Message, StringComparison.Ordinal);
        Assert.Equal("merged", error.Data["Sluice.Stage"]);
        Assert.Equal([1, 1, 2, 5], seen);
    }

    [Fact]
    public async Task An_error_of_the_selector_is_a_failure_of_this_node()
    {
        var cause = new FormatException();
        var run = A.Source.MergeBy(x => Stages.ThrowAt(x, 2, cause), B.Source).Named("merged").To(Sink.ToList<int>()).RunAsync();
        A.Push(1);
        B.Push(1, 2);
        A.Push(3);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("merged", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task It_may_have_one_source_or_be_merged_again()
    {
        Assert.Equal([1, 2], await ListOf(Source.From([1, 2]).MergeBy(x => x)));
        Assert.Equal([1, 2, 3, 4, 5], await ListOf(Source.From([1, 5]).MergeBy(x => x, Source.From([2, 4]).MergeByTime(At, Source.From([3])))));
    }

    [Fact]
    public void A_graph_shows_it_and_missing_arguments_are_refused()
    {
        Assert.Equal("MergeBy", Of(A.Source, B.Source).To(Sink.Count<int>()).Graph.Nodes[^2].Name);
        Assert.Equal("MergeByTime", A.Source.MergeByTime(At, B.Source).To(Sink.Count<int>()).Graph.Nodes[^2].Name);
        Assert.Throws<ArgumentNullException>("timestamp", () => A.Source.MergeByTime(null!, B.Source));
        Assert.Throws<ArgumentNullException>("keySelector", () => A.Source.MergeBy<int, int>(null!, B.Source));
        Assert.Throws<ArgumentNullException>("comparer", () => A.Source.MergeBy(x => x, (IComparer<int>)null!, B.Source));
        Assert.Throws<ArgumentNullException>("others", () => A.Source.MergeBy(x => x, (Source<int>[])null!));
    }

    private static DateTimeOffset At(int seconds) => s_zero + TimeSpan.FromSeconds(seconds);
}
