namespace Sluice.Tests;

public sealed class SampleOperatorTests : TimedOperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Sample", "00:00:01");

    protected override Source<int> Extend(Source<int> source) => source.Sample(TimeSpan.FromSeconds(1));

    [Fact]
    public async Task The_latest_item_comes_out_at_each_tick_that_has_a_new_one_and_at_the_end()
    {
        await NoContext.Enter();
        var run = new TimedRun<int>(Extend);

        run.Pass(0.7);
        run.Send(1, 2);
        run.Pass(0.25);
        Assert.Empty(run.Seen);
        run.Pass(0.05);
        Assert.Equal([2], run.Seen);
        run.Send(3); // exactly at a tick: it belongs to the next one
        run.Pass(0.95);
        Assert.Equal([2], run.Seen);
        run.Pass(0.05);
        Assert.Equal([2, 3], run.Seen);
        run.Pass(3.5);
        run.Send(4);
        run.Pass(0.5);
        Assert.Equal([2, 3, 4], run.Seen);
        run.Send(5, 6);
        await run.End();

        Assert.Equal([2, 3, 4, 6], run.Seen);
    }

    [Fact]
    public void A_time_of_nothing_is_refused_at_once() =>
        Assert.Throws<ArgumentOutOfRangeException>("interval", () => Source.From([1]).Sample(TimeSpan.Zero));
}
