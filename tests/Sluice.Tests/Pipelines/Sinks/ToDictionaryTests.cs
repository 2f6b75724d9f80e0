namespace Sluice.Tests;

public sealed class ToDictionaryTests : SinkWithCodeContract<Dictionary<string, int>>
{
    protected override (string Name, string? Detail) Shown => ("ToDictionary", "x => $\"{x}\"");

    protected override Sink<int, Dictionary<string, int>> Create(Func<int, int> look) => Sink.ToDictionary<int, string, int>(x => $"{x}", x => 10 * look(x));

    protected override Dictionary<string, int> Expected(IReadOnlyList<int> items) => items.ToDictionary(x => $"{x}", x => 10 * x);

    [Fact]
    public async Task Without_items_the_dictionary_is_empty() => Assert.Empty(await ResultOf([], Create()));

    [Fact]
    public async Task Each_run_makes_a_new_dictionary()
    {
        var pipeline = Source.From([1]).To(Create());

        Assert.NotSame(await Wait.For(pipeline.RunAsync()), await Wait.For(pipeline.RunAsync()));
    }

    [Fact]
    public async Task What_the_key_selector_throws_fails_the_run()
    {
        var cause = new FormatException();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => ResultOf([1, 2], Sink.ToDictionary<int, int, int>(x => Stages.ThrowAt(x, 2, cause), x => x))));
        Assert.Equal("ToDictionary", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_key_that_comes_twice_or_is_null_fails_the_run()
    {
        var sink = Sink.ToDictionary<string?, string, int>(text => text!, text => 0, StringComparer.OrdinalIgnoreCase).Named("bad");

        Assert.Equal("bad", (await Assert.ThrowsAsync<ArgumentException>(() => ResultOf(["a", "b", "A"], sink))).Data["Sluice.Stage"]);
        Assert.Equal("bad", (await Assert.ThrowsAsync<ArgumentNullException>(() => ResultOf([null], sink))).Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task A_comparer_tells_which_keys_are_the_same() =>
        Assert.Equal(1, (await ResultOf(["a"], Sink.ToDictionary((string text) => text, text => 1, StringComparer.OrdinalIgnoreCase)))["A"]);

    [Fact]
    public void A_missing_selector_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("keySelector", () => Sink.ToDictionary<int, int, int>(null!, x => x));
        Assert.Throws<ArgumentNullException>("valueSelector", () => Sink.ToDictionary<int, int, int>(x => x, null!));
    }
}
