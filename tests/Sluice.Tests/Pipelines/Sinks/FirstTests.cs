namespace Sluice.Tests;

public sealed class FirstTests : SinkContract<int>
{
    protected override (string Name, string? Detail) Shown => ("First", null);

    protected override int ItemsTaken => 1;

    protected override Sink<int, int> Create() => Sink.First<int>();

    protected override int Expected(IReadOnlyList<int> items) => items[0];

    [Fact]
    public async Task The_source_ends_with_the_first_item()
    {
        var numbers = new Numbers();

        Assert.Equal(4, await Wait.For(Source.From(numbers.Endless()).Where(x => x > 3).To(Sink.First<int>()).RunAsync()));
        Assert.Equal((4, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task The_first_item_may_be_null() => Assert.Null(await ResultOf([null, "a"], Sink.First<string?>()));

    [Fact]
    public async Task Without_items_the_run_fails()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ResultOf([], Sink.First<int>().Named("bad")));

        Assert.Equal("bad", error.Data["Sluice.Stage"]);
    }
}
