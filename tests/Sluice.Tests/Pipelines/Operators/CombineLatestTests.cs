namespace Sluice.Tests;

public sealed class CombineLatestTests : FanInContract
{
    protected override Source<int> Of(Source<int> first, Source<int> second) => first.CombineLatest(second, (x, y) => (1000 * x) + y);

    protected override IEnumerable<int> Expected(int[] first, int[] second)
    {
        if (first.Length == 0 || second.Length == 0)
        {
            yield break;
        }

        for (var i = 0; i < Math.Max(first.Length, second.Length); i++)
        {
            if (i > 0 && i < first.Length)
            {
                yield return (1000 * first[i]) + second[Math.Min(i, second.Length) - 1];
            }

            if (i < second.Length)
            {
                yield return (1000 * first[Math.Min(i, first.Length - 1)]) + second[i];
            }
        }
    }

    [Fact]
    public async Task Each_item_goes_with_the_latest_of_the_other_side_and_what_ended_first_keeps_its_latest()
    {
        var run = Start();
        A.Push(1, 2);
        B.Push(5, 6);
        A.Push(3);
        A.End();
        B.Push(7);
        Assert.False(run.IsCompleted);
        B.End();

        Assert.Equal([2005, 2006, 3006, 3007], await Result(run));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_ends_when_one_source_has_ended_without_an_item(bool isFirst)
    {
        var (ended, other) = isFirst ? (A, B) : (B, A);
        var run = Start();
        other.Push(1);
        Assert.False(run.IsCompleted);
        ended.End();

        Assert.Empty(await Wait.For(run));
    }

    [Fact]
    public async Task Sources_that_wait_at_each_item_end_with_the_last_of_both()
    {
        var list = await ListOf(Of(Yielding([.. Enumerable.Range(1, 100)]), Yielding([.. Enumerable.Range(1, 100)])));

        Assert.Equal(100_100, list[^1]);
        Assert.InRange(list.Count, 100, 199);
        Assert.Equal(list.Order(), list.Distinct());
    }

    [Fact]
    public async Task An_error_of_the_selector_is_a_failure_of_this_node()
    {
        var cause = new FormatException();
        var run = A.Source.CombineLatest(B.Source, (x, y) => Stages.ThrowAt(y, 2, cause)).Named("latest").To(Sink.ToList<int>()).RunAsync();
        A.Push(1);
        B.Push(1, 2);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("latest", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public void A_graph_shows_it_and_missing_arguments_are_refused()
    {
        Assert.Equal("CombineLatest", Of(A.Source, B.Source).To(Sink.Count<int>()).Graph.Nodes[^2].Name);
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).CombineLatest(A.Source, (x, y) => x));
        Assert.Throws<ArgumentNullException>("other", () => A.Source.CombineLatest((Source<int>)null!, (x, y) => x));
        Assert.Throws<ArgumentNullException>("selector", () => A.Source.CombineLatest<int, int, int>(B.Source, null!));
    }
}
