namespace Sluice.Tests;

public sealed class DebounceTests : TimedOperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Debounce", "00:00:01");

    protected override Source<int> Extend(Source<int> source) => source.Debounce(TimeSpan.FromSeconds(1));

    [Fact]
    public async Task Only_items_that_a_pause_follows_or_the_end_come_out()
    {
        await NoContext.Enter();
        var run = new TimedRun<int>(Extend);

        run.Send(1, 2);
        run.Pass(0.9);
        run.Send(3);
        run.Pass(0.9);
        Assert.Empty(run.Seen);
        run.Pass(0.1);
        Assert.Equal([3], run.Seen);
        run.Pass(10);
        run.Send(4, 5);
        await run.End();

        Assert.Equal([3, 5], run.Seen);
    }

    [Fact]
    public void A_time_of_nothing_is_refused_at_once() =>
        Assert.Throws<ArgumentOutOfRangeException>("quiet", () => Source.From([1]).Debounce(TimeSpan.Zero));
}
