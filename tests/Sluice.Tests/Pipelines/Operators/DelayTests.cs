namespace Sluice.Tests;

public sealed class DelayOfNothingTests : OperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Delay", "00:00:00, 4");

    protected override Stage<int, int> Create() => Stage.Delay<int>(TimeSpan.Zero, 4);

    protected override Source<int> Extend(Source<int> source) => source.Delay(TimeSpan.Zero, 4);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;
}

public sealed class DelayTests : TimedOperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Delay", "00:00:01, 4");

    protected override Source<int> Extend(Source<int> source) => source.Delay(TimeSpan.FromSeconds(1), 4);

    [Fact]
    public async Task Items_come_out_at_their_distances_and_the_last_ones_after_the_end()
    {
        await NoContext.Enter();
        var run = new TimedRun<int>(Extend);

        run.Send(1);
        run.Pass(0.6);
        run.Send(2);
        run.Pass(0.3);
        Assert.Empty(run.Seen);
        run.Pass(0.1);
        Assert.Equal([1], run.Seen);
        var end = run.End();
        run.Pass(0.5);
        Assert.Equal([1], run.Seen);
        Assert.False(run.Task.IsCompleted);
        run.Pass(0.1);

        await end;
        Assert.Equal([1, 2], run.Seen);
    }

    [Fact]
    public async Task When_as_many_wait_as_may_no_more_are_taken()
    {
        await NoContext.Enter();
        var taken = new List<int>();
        var run = new TimedRun<int>(source => Extend(source.Tap(taken.Add)));

        run.Send(1, 2, 3, 4);
        run.Pass(0.5);
        run.Send(5, 6, 7, 8, 9);
        run.Pass(0.45);
        Assert.Equal([1, 2, 3, 4], taken);
        run.Pass(0.05);
        Assert.Equal([1, 2, 3, 4], run.Seen);
        Assert.Equal([5, 6, 7, 8], taken[4..]); // their time begins now
        var end = run.End();
        run.Pass(2);

        await end;
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], run.Seen);
    }

    [Fact]
    public async Task Times_below_a_millisecond_are_rounded_up_to_what_timers_count()
    {
        await NoContext.Enter();
        var run = new TimedRun<int>(source => source.Delay(TimeSpan.FromMicroseconds(100), 1));

        run.Send(1, 2);
        run.Pass(0.05);
        run.Pass(0.05);

        await run.End();
        Assert.Equal([1, 2], run.Seen);
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>("time", () => Stage.Delay<int>(TimeSpan.FromTicks(-1), 1));
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => Source.From([1]).Delay(TimeSpan.Zero, 0));
    }
}
