namespace Sluice.Tests;

public sealed class ZipTests : FanInContract
{
    protected override bool TakesTurns => true;

    protected override bool HoldsBackSecond(int itemsBefore) => false;

    protected override Source<int> Of(Source<int> first, Source<int> second) => first.Zip(second, (x, y) => (1000 * x) + y);

    protected override IEnumerable<int> Expected(int[] first, int[] second) => first.Zip(second, (x, y) => (1000 * x) + y);

    [Fact]
    public async Task The_faster_source_waits_for_the_slower_one()
    {
        var (fast, seen) = (new Numbers(), new List<int>());
        var run = Of(Source.From(fast.Endless()), B.Source).To(items => Stages.Collect(items, seen)).RunAsync();
        Assert.Equal(1, fast.Produced);
        B.Push(5);
        Assert.Equal(2, fast.Produced);
        B.Push(6);
        Assert.Equal(3, fast.Produced);
        Assert.Equal([1005, 2006], seen);

        B.End();

        await Wait.For(run);
        Assert.Equal((3, 1), (fast.Produced, fast.Ended));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_ends_when_a_source_has_ended_and_its_items_are_used_up(bool isFirst)
    {
        var (ended, other) = isFirst ? (A, B) : (B, A);
        var run = Start();
        ended.Push(1);
        ended.End();
        other.Push(2);
        Assert.Single(await Wait.For(run));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 0)]
    [InlineData(true, 2)]
    [InlineData(false, 2)]
    public async Task It_ends_while_it_waits_for_the_other_source(bool isFirst, int pairs)
    {
        var (ended, other) = isFirst ? (A, B) : (B, A);
        var run = Start();
        for (var i = 0; i < pairs; i++)
        {
            ended.Push(i);
            other.Push(i);
        }

        Assert.False(run.IsCompleted);
        ended.End();

        Assert.Equal(pairs, (await Wait.For(run)).Count);
    }

    [Fact]
    public async Task An_item_that_waits_for_its_partner_gets_it_though_its_own_source_has_ended()
    {
        var run = Start();
        A.Push(1);
        A.End();
        Assert.False(run.IsCompleted);
        B.Push(2);

        Assert.Equal([1002], await Wait.For(run));
    }

    [Fact]
    public async Task Sources_that_wait_at_each_item_make_the_same_pairs()
    {
        int[] first = [.. Enumerable.Range(1, 200)];
        int[] second = [.. Enumerable.Range(1, 150)];

        Assert.Equal(Expected(first, second), await ListOf(Of(Yielding(first), Yielding(second))));
        Assert.Equal(Expected(first, second), await ListOf(Of(Source.From(first), Yielding(second))));
        Assert.Equal(Expected(first, second), await ListOf(Of(Yielding(first), Source.From(second))));
    }

    [Fact]
    public async Task An_error_of_the_selector_is_a_failure_of_this_node()
    {
        var cause = new FormatException();
        var run = A.Source.Zip(B.Source, (x, y) => Stages.ThrowAt(x, 2, cause)).Named("pairs").To(Sink.ToList<int>()).RunAsync();
        A.Push(1, 2);
        B.Push(1, 2);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("pairs", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task The_types_may_differ_and_it_may_be_nested()
    {
        var texts = Source.From(["a", "b", "c"]);
        var source = texts.Zip(Source.From([1, 2, 3]), (text, number) => text + number).Zip(texts.Zip(texts, (x, y) => x + y), (x, y) => $"{x}-{y}");

        Assert.Equal(["a1-aa", "b2-bb", "c3-cc"], await Wait.For(source.To(Sink.ToList<string>()).RunAsync()));
        Assert.Equal(NodeKind.FanIn, source.To(Sink.Count<string>()).Graph.Nodes[^2].Kind);
        Assert.Equal("Zip", Assert.Single(Of(A.Source, B.Source).To(Sink.Count<int>()).Graph.Nodes, node => node.Kind == NodeKind.FanIn).Name);
    }

    [Fact]
    public void A_missing_selector_is_refused_at_once() =>
        Assert.Throws<ArgumentNullException>("selector", () => A.Source.Zip<int, int, int>(B.Source, null!));
}
