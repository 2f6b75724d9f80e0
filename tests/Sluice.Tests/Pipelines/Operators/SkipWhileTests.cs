namespace Sluice.Tests;

public sealed class SkipWhileTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("SkipWhile", "x => x < 3");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.SkipWhile<int>(x => look(x) < 3);

    protected override Source<int> Extend(Source<int> source) => source.SkipWhile(x => x < 3);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.SkipWhile(x => x < 3);

    protected override int ItemsFor(int outputs) => outputs + 2;

    protected override int LastItemLookedAt => 3;

    [Fact]
    public async Task The_condition_is_not_asked_again_once_it_did_not_hold()
    {
        var asked = new List<int>();
        var source = Source.From([1, 2, 3, 1, 2]).SkipWhile(x =>
        {
            asked.Add(x);
            return x < 3;
        });

        Assert.Equal([3, 1, 2], await ListOf(source));
        Assert.Equal([1, 2, 3], asked);
    }

    [Theory]
    [InlineData(true, new int[0])]
    [InlineData(false, new[] { 1, 2, 3 })]
    public async Task The_condition_may_hold_always_or_never(bool holds, int[] expected) =>
        Assert.Equal(expected, await ListOf(Source.From([1, 2, 3]).SkipWhile(_ => holds)));

    [Fact]
    public void A_missing_condition_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("predicate", () => Stage.SkipWhile<int>(null!));
        Assert.Throws<ArgumentNullException>("predicate", () => Source.From([1]).SkipWhile(null!));
    }
}
