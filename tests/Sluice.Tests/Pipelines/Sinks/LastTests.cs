namespace Sluice.Tests;

public sealed class LastTests : SinkContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Last", null);

    protected override Sink<int, int> Create() => Sink.Last<int>();

    protected override int Expected(IReadOnlyList<int> items) => items[^1];

    [Fact]
    public async Task The_last_item_may_be_null() => Assert.Null(await ResultOf(["a", null], Sink.Last<string?>()));

    [Fact]
    public async Task Without_items_the_run_fails()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ResultOf([], Sink.Last<int>().Named("bad")));

        Assert.Equal("bad", error.Data["Sluice.Stage"]);
    }
}
