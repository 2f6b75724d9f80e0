namespace Sluice.Tests;

public sealed class RateLimitOfManyTests : OperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("RateLimit", "1000000, 00:00:01");

    protected override Stage<int, int> Create() => Stage.RateLimit<int>(1_000_000, TimeSpan.FromSeconds(1));

    protected override Source<int> Extend(Source<int> source) => source.RateLimit(1_000_000, TimeSpan.FromSeconds(1));

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;
}

public sealed class RateLimitTests : TimedOperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("RateLimit", "2, 00:00:01, 1");

    protected override double Needs => 0.5;

    protected override int SentWhenReceiverWaits => 1;

    protected override Source<int> Extend(Source<int> source) => source.RateLimit(2, TimeSpan.FromSeconds(1), 1);

    [Fact]
    public async Task Items_wait_for_their_permits_and_none_is_lost()
    {
        await NoContext.Enter();
        var taken = new List<int>();
        var run = new TimedRun<int>(source => Extend(source.Tap(taken.Add)));

        run.Send(1, 2, 3, 4);
        Assert.Equal([1], run.Seen);
        Assert.Equal([1, 2], taken); // what is before it waits too
        run.Pass(0.45);
        Assert.Equal([1], run.Seen);
        run.Pass(0.05);
        Assert.Equal([1, 2], run.Seen);
        run.Pass(0.5);
        Assert.Equal([1, 2, 3], run.Seen);
        var end = run.End();
        run.Pass(0.5);

        await end;
        Assert.Equal([1, 2, 3, 4], run.Seen);
    }

    [Fact]
    public async Task After_a_pause_as_many_as_the_bucket_holds_come_at_once()
    {
        await NoContext.Enter();
        var run = new TimedRun<int>(source => source.RateLimit(2, TimeSpan.FromSeconds(1), 3));

        run.Send(1, 2, 3, 4);
        Assert.Equal([1, 2, 3], run.Seen);
        run.Pass(0.5);
        Assert.Equal(4, run.Seen.Count);
        run.Pass(1);
        run.Send(5, 6, 7);
        Assert.Equal(6, run.Seen.Count); // two came back
        run.Pass(0.5);
        Assert.Equal(7, run.Seen.Count);
        run.Pass(100);
        run.Send(8, 9, 10, 11);
        Assert.Equal(10, run.Seen.Count);
        run.Pass(0.5);

        await run.End();
        Assert.Equal(Enumerable.Range(1, 11), run.Seen);
    }

    [Fact]
    public async Task A_rate_that_does_not_divide_evenly_is_kept_in_the_long_run()
    {
        await NoContext.Enter();
        var run = new TimedRun<int>(source => source.RateLimit(7, TimeSpan.FromSeconds(3), 1));
        run.Send([.. Enumerable.Range(1, 1000)]);

        run.Pass(300);

        Assert.InRange(run.Seen.Count, 1 + (7 * 100 * 9 / 10), 1 + (7 * 100)); // the clock of the test goes by 50 ms
        var end = run.End();
        run.Pass(300);
        await end;
        Assert.Equal(Enumerable.Range(1, 1000), run.Seen);
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>("permits", () => Stage.RateLimit<int>(0, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>("per", () => Stage.RateLimit<int>(1, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("burst", () => Source.From([1]).RateLimit(1, TimeSpan.FromSeconds(1), 0));
    }
}
