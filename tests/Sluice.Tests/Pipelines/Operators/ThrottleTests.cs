namespace Sluice.Tests;

public sealed class ThrottleTests : TimedOperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Throttle", "00:00:01");

    protected override int SentWhenReceiverWaits => 1;

    protected override Source<int> Extend(Source<int> source) => source.Throttle(TimeSpan.FromSeconds(1));

    [Fact]
    public async Task The_first_item_comes_out_at_once_and_then_none_for_the_time()
    {
        await NoContext.Enter();
        var run = new TimedRun<int>(Extend);

        run.Send(1, 2);
        Assert.Equal([1], run.Seen);
        run.Pass(0.95);
        run.Send(3);
        run.Pass(0.05);
        Assert.Equal([1], run.Seen);
        run.Send(4, 5);
        run.Pass(10);
        run.Send(6, 7);
        await run.End();

        Assert.Equal([1, 4, 6], run.Seen);
    }

    [Fact]
    public void A_time_of_nothing_is_refused_at_once() =>
        Assert.Throws<ArgumentOutOfRangeException>("interval", () => Source.From([1]).Throttle(TimeSpan.Zero));
}
