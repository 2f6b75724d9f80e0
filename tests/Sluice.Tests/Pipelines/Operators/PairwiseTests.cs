namespace Sluice.Tests;

public sealed class PairwiseTests : OperatorWithCodeContract<string>
{
    protected override (string Name, string? Detail) Shown => ("Pairwise", "(a, b) => $\"{a}-{b}\"");

    protected override Stage<int, string> Create(Func<int, int> look) => Stage.Pairwise<int, string>((a, b) => $"{a}-{look(b)}");

    protected override Source<string> Extend(Source<int> source) => source.Pairwise((a, b) => $"{a}-{b}");

    protected override IEnumerable<string> Expected(IReadOnlyList<int> items) => items.Zip(items.Skip(1), (a, b) => $"{a}-{b}");

    protected override int ItemsFor(int outputs) => outputs + 1;

    [Fact]
    public async Task Without_a_selector_it_gives_tuples()
    {
        Assert.Equal([(Previous: 3, Current: 1), (1, 2)], await ListOf(Source.From([3, 1, 2]).Pairwise()));
        Assert.Equal([-2, 1], await ListOf(Source.From([3, 1, 2]).Pairwise().Select(pair => pair.Current - pair.Previous)));
    }

    [Fact]
    public async Task An_item_may_be_null() =>
        Assert.Equal([(null, "a"), ("a", null)], await ListOf(Source.From([null, "a", null]).Pairwise()));

    [Fact]
    public void A_missing_selector_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("selector", () => Stage.Pairwise<int, int>(null!));
        Assert.Throws<ArgumentNullException>("selector", () => Source.From([1]).Pairwise((Func<int, int, int>)null!));
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).Pairwise());
    }
}
