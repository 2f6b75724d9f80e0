namespace Sluice.Tests;

public sealed class DistinctUntilChangedTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("DistinctUntilChanged", "x => x / 2");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.DistinctUntilChanged<int, int>(x => look(x) / 2);

    protected override Source<int> Extend(Source<int> source) => source.DistinctUntilChanged(x => x / 2);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.Where((x, i) => i == 0 || items[i - 1] / 2 != x / 2);

    protected override int ItemsFor(int outputs) => Math.Max(1, 2 * (outputs - 1));

    [Fact]
    public async Task Without_a_key_selector_the_items_are_compared() =>
        Assert.Equal([0, 1, 0, 2], await ListOf(Source.From([0, 0, 1, 1, 0, 2, 2]).DistinctUntilChanged()));

    [Fact]
    public async Task A_comparer_tells_what_is_the_same()
    {
        var source = Source.From(["a", "A", "b", "B", "a"]);

        Assert.Equal(["a", "b", "a"], await ListOf(source.DistinctUntilChanged(StringComparer.OrdinalIgnoreCase)));
        Assert.Equal(["a", "b", "a"], await ListOf(source.DistinctUntilChanged(text => text, StringComparer.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task An_item_is_compared_with_the_last_that_was_passed_on()
    {
        var near = EqualityComparer<int>.Create((x, y) => Math.Abs(x - y) < 3, _ => 0);

        Assert.Equal([1, 4, 7], await ListOf(Source.From([1, 2, 3, 4, 5, 7, 8]).DistinctUntilChanged(near)));
    }

    [Fact]
    public async Task A_key_may_be_null() =>
        Assert.Equal([null, "a", null], await ListOf(Source.From([null, null, "a", "a", null]).DistinctUntilChanged()));

    [Fact]
    public async Task What_the_comparer_throws_is_a_failure_of_the_operator()
    {
        var cause = new FormatException();
        var comparer = EqualityComparer<int>.Create((_, _) => throw cause, _ => 0);
        var run = Source.From([1, 2]).DistinctUntilChanged(comparer).Named("bad").To(Sink.ToList<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public void A_missing_key_selector_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("keySelector", () => Stage.DistinctUntilChanged<int, int>(null!));
        Assert.Throws<ArgumentNullException>("keySelector", () => Source.From([1]).DistinctUntilChanged((Func<int, int>)null!));
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).DistinctUntilChanged());
    }
}
