namespace Sluice.Tests;

public sealed class TumblingWindowTests : TimedOperatorContract<Window<int>>
{
    protected override (string Name, string? Detail) Shown => ("TumblingWindow", "00:00:01");

    protected override Source<Window<int>> Extend(Source<int> source) => source.TumblingWindow(TimeSpan.FromSeconds(1));

    [Fact]
    public async Task A_window_has_what_came_in_its_time_and_goes_out_when_that_is_over_or_at_the_end()
    {
        await NoContext.Enter();
        var run = new TimedRun<Window<int>>(Extend); // starts at a whole second

        run.Pass(0.3);
        run.Send(1, 2);
        run.Pass(0.65);
        run.Send(3);
        Assert.Empty(run.Seen);
        run.Pass(0.05);
        Assert.Single(run.Seen);
        run.Send(4); // exactly at the end of the first: it belongs to the next one
        run.Pass(3.5);
        run.Send(5);
        await run.End();

        Assert.Equal([(0, 1, "1 2 3"), (1, 2, "4"), (4, 5, "5")], run.Seen.Select(window => (
            (window.Start - TimedRun<int>.Start).TotalSeconds, (window.End - TimedRun<int>.Start).TotalSeconds, string.Join(' ', window.Items))));
    }

    [Fact]
    public void A_time_of_nothing_is_refused_at_once() =>
        Assert.Throws<ArgumentOutOfRangeException>("size", () => Source.From([1]).TumblingWindow(TimeSpan.Zero));
}
