namespace Sluice.Tests;

public sealed class TapTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Tap", "x => _ = x");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.Tap<int>(x => look(x));

    protected override Source<int> Extend(Source<int> source) => source.Tap(x => _ = x);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;

    [Fact]
    public async Task It_looks_at_each_item_before_it_passes_it_on()
    {
        var log = new List<string>();
        await Wait.For(Source.From([1, 2]).Tap(x => log.Add($"tap {x}")).To(Sink.ForEach<int>(x => log.Add($"sink {x}"))).RunAsync());

        Assert.Equal(["tap 1", "sink 1", "tap 2", "sink 2"], log);
    }

    [Fact]
    public void A_missing_action_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("action", () => Stage.Tap<int>(null!));
        Assert.Throws<ArgumentNullException>("action", () => Source.From([1]).Tap(null!));
    }
}
