namespace Sluice.Tests;

public sealed class WhereTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Where", "x => x % 2 == 0");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.Where<int>(x => look(x) % 2 == 0);

    protected override Source<int> Extend(Source<int> source) => source.Where(x => x % 2 == 0);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.Where(x => x % 2 == 0);

    protected override int ItemsFor(int outputs) => 2 * outputs;

    [Fact]
    public void A_missing_condition_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("predicate", () => Stage.Where<int>(null!));
        Assert.Throws<ArgumentNullException>("predicate", () => Source.From([1]).Where(null!));
    }
}
