namespace Sluice.Tests;

public sealed class SelectTests : OperatorWithCodeContract<string>
{
    protected override (string Name, string? Detail) Shown => ("Select", "x => $\"<{x}>\"");

    protected override Stage<int, string> Create(Func<int, int> look) => Stage.Select<int, string>(x => $"<{look(x)}>");

    protected override Source<string> Extend(Source<int> source) => source.Select(x => $"<{x}>");

    protected override IEnumerable<string> Expected(IReadOnlyList<int> items) => items.Select(x => $"<{x}>");

    [Fact]
    public void A_missing_selector_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("selector", () => Stage.Select<int, int>(null!));
        Assert.Throws<ArgumentNullException>("selector", () => Source.From([1]).Select((Func<int, int>)null!));
    }
}
