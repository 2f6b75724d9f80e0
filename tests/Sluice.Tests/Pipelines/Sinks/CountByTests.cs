namespace Sluice.Tests;

public sealed class CountByTests : SinkWithCodeContract<Dictionary<int, long>>
{
    protected override (string Name, string? Detail) Shown => ("CountBy", "x => look(x) % 3");

    protected override Sink<int, Dictionary<int, long>> Create(Func<int, int> look) => Sink.CountBy<int, int>(x => look(x) % 3);

    protected override Dictionary<int, long> Expected(IReadOnlyList<int> items) => items.GroupBy(x => x % 3).ToDictionary(group => group.Key, group => group.LongCount());

    [Fact]
    public async Task Without_items_nothing_is_counted() => Assert.Empty(await ResultOf([], Create()));

    [Fact]
    public async Task A_comparer_tells_which_keys_are_the_same()
    {
        var counts = await ResultOf(["a", "b", "A"], Sink.CountBy((string text) => text, StringComparer.OrdinalIgnoreCase));

        Assert.Equal((2, 2, 1), (counts.Count, counts["A"], counts["B"]));
    }

    [Fact]
    public async Task A_key_that_is_null_fails_the_run()
    {
        var error = await Assert.ThrowsAsync<ArgumentNullException>(() => ResultOf([null], Sink.CountBy<string?, string>(text => text!).Named("bad")));

        Assert.Equal("bad", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public void A_missing_key_selector_is_refused_at_once() =>
        Assert.Throws<ArgumentNullException>("keySelector", () => Sink.CountBy<int, int>(null!));
}
