namespace Sluice.Tests;

[Trait("Category", "Process")]
public sealed class LateItemsTests
{
    [Fact]
    public async Task Late_items_in_another_process_are_counted_at_the_node()
    {
        var time = new EventTime<int>(static x => DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(x)) { Scope = WatermarkScope.AllKeys };
        await using var run = await Source.From([10, 1, 12, 2, 3]).On(Env.Process(new ProcessOptions { StartupTimeout = Wait.Limit }))
            .ForEachKey(static x => x % 2, Stage.TumblingWindow(time, TimeSpan.FromSeconds(4))).Named("keyed")
            .On(Env.Caller).To(Sink.Count<KeyValuePair<int, Window<int>>>()).StartAsync();
        await Wait.For(run.Completion);

        Assert.Equal(3, run.Nodes.Single(static node => node.Name == "keyed").ItemsLate);
    }
}
