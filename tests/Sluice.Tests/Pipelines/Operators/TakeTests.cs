namespace Sluice.Tests;

public sealed class TakeTests : OperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Take", "8");

    protected override Stage<int, int> Create() => Stage.Take<int>(8);

    protected override Source<int> Extend(Source<int> source) => source.Take(8);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.Take(8);

    [Theory]
    [InlineData(0, new int[0])]
    [InlineData(1, new[] { 1 })]
    [InlineData(6, new[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(7, new[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(long.MaxValue, new[] { 1, 2, 3, 4, 5, 6 })]
    public async Task It_passes_on_the_first_items(long count, int[] expected) =>
        Assert.Equal(expected, await ListOf(Source.From(Items(6)).Take(count)));

    [Fact]
    public void A_negative_count_is_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Stage.Take<int>(-1));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Source.From([1]).Take(-1));
    }
}
