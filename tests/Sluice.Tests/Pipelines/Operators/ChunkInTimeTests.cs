namespace Sluice.Tests;

/// <summary>With the items there at once it is as without a time.</summary>
public sealed class ChunkInTimeTests : OperatorContract<int[]>
{
    protected override (string Name, string? Detail) Shown => ("Chunk", "3, 01:00:00");

    protected override Stage<int, int[]> Create() => Stage.Chunk<int>(3, TimeSpan.FromHours(1));

    protected override Source<int[]> Extend(Source<int> source) => source.Chunk(3, TimeSpan.FromHours(1));

    protected override IEnumerable<int[]> Expected(IReadOnlyList<int> items) => items.Chunk(3);

    protected override int ItemsFor(int outputs) => 3 * outputs;
}

public sealed class ChunkOfTimeTests : TimedOperatorContract<int[]>
{
    protected override (string Name, string? Detail) Shown => ("Chunk", "3, 00:00:01");

    protected override Source<int[]> Extend(Source<int> source) => source.Chunk(3, TimeSpan.FromSeconds(1));

    [Fact]
    public async Task An_array_goes_out_when_it_is_full_or_its_first_item_is_old_enough()
    {
        await NoContext.Enter();
        var run = new TimedRun<int[]>(Extend);

        run.Send(1, 2, 3, 4);
        Assert.Equal([[1, 2, 3]], run.Seen);
        run.Pass(0.8);
        run.Send(5);
        run.Pass(0.1);
        Assert.Single(run.Seen);
        run.Pass(0.1);
        Assert.Equal([4, 5], run.Seen[1]);
        run.Pass(3);
        run.Send(6);
        run.Pass(0.95);
        Assert.Equal(2, run.Seen.Count);
        run.Pass(0.05);
        Assert.Equal([6], run.Seen[2]);
        run.Send(7);
        await run.End();

        Assert.Equal([[1, 2, 3], [4, 5], [6], [7]], run.Seen);
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>("size", () => Stage.Chunk<int>(0, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>("maxDelay", () => Source.From([1]).Chunk(1, TimeSpan.Zero));
    }
}
