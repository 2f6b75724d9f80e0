namespace Sluice.Tests;

public sealed class SkipTests : OperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Skip", "2");

    protected override Stage<int, int> Create() => Stage.Skip<int>(2);

    protected override Source<int> Extend(Source<int> source) => source.Skip(2);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.Skip(2);

    protected override int ItemsFor(int outputs) => outputs + 2;

    [Theory]
    [InlineData(0, new[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(1, new[] { 2, 3, 4, 5, 6 })]
    [InlineData(6, new int[0])]
    [InlineData(long.MaxValue, new int[0])]
    public async Task It_leaves_out_the_first_items(long count, int[] expected) =>
        Assert.Equal(expected, await ListOf(Source.From(Items(6)).Skip(count)));

    [Fact]
    public void A_negative_count_is_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Stage.Skip<int>(-1));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Source.From([1]).Skip(-1));
    }
}
