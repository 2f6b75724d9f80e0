namespace Sluice.Tests;

public sealed class SelectManyTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("SelectMany", "x => new[] { x, -x }");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.SelectMany<int, int>(x => [look(x), -x]);

    protected override Source<int> Extend(Source<int> source) => source.SelectMany(x => new[] { x, -x });

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.SelectMany(x => new[] { x, -x });

    protected override int ItemsFor(int outputs) => (outputs + 1) / 2;

    [Fact]
    public async Task An_item_may_become_none_or_many() =>
        Assert.Equal([2, 2, 3, 3, 3], await ListOf(Source.From([0, 2, 3]).SelectMany(x => Enumerable.Repeat(x, x))));

    [Fact]
    public async Task Results_are_enumerated_only_as_far_as_they_are_taken()
    {
        var numbers = new Numbers();

        Assert.Equal([1, 2, 3], await ListOf(Source.From([0]).SelectMany(_ => numbers.Endless()).Take(3)));
        Assert.InRange(numbers.Produced, 3, 4);
        Assert.Equal(1, numbers.Ended);
    }

    [Fact]
    public void A_missing_selector_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("selector", () => Stage.SelectMany<int, int>(null!));
        Assert.Throws<ArgumentNullException>("selector", () => Source.From([1]).SelectMany((Func<int, IEnumerable<int>>)null!));
    }
}
