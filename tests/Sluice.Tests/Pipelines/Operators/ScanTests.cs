namespace Sluice.Tests;

public sealed class ScanTests : OperatorWithCodeContract<long>
{
    protected override (string Name, string? Detail) Shown => ("Scan", "(sum, x) => sum + x");

    protected override Stage<int, long> Create(Func<int, int> look) => Stage.Scan<int, long>(100, (sum, x) => sum + look(x));

    protected override Source<long> Extend(Source<int> source) => source.Scan(100L, (sum, x) => sum + x);

    protected override IEnumerable<long> Expected(IReadOnlyList<int> items)
    {
        var sum = 100L;
        return items.Select(x => sum += x);
    }

    [Fact]
    public async Task Each_state_comes_out_and_the_seed_does_not() =>
        Assert.Equal(["a1", "a12", "a123"], await ListOf(Source.From([1, 2, 3]).Scan("a", (text, x) => text + x)));

    [Fact]
    public async Task A_state_may_be_null() =>
        Assert.Equal([null, "2", null], await ListOf(Source.From([1, 2, 3]).Scan((string?)null, (_, x) => x % 2 == 0 ? $"{x}" : null)));

    [Fact]
    public void A_missing_accumulator_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("accumulator", () => Stage.Scan<int, int>(0, null!));
        Assert.Throws<ArgumentNullException>("accumulator", () => Source.From([1]).Scan(0, null!));
    }
}
