namespace Sluice.Tests;

public sealed class ChunkTests : OperatorContract<int[]>
{
    protected override (string Name, string? Detail) Shown => ("Chunk", "3");

    protected override Stage<int, int[]> Create() => Stage.Chunk<int>(3);

    protected override Source<int[]> Extend(Source<int> source) => source.Chunk(3);

    protected override IEnumerable<int[]> Expected(IReadOnlyList<int> items) => items.Chunk(3);

    protected override int ItemsFor(int outputs) => 3 * outputs;

    [Fact]
    public async Task The_last_array_is_shorter_if_the_items_do_not_fill_it() =>
        Assert.Equal([[1, 2, 3], [4, 5]], await ListOf(Source.From(Items(5)).Chunk(3)));

    [Fact]
    public async Task Arrays_may_have_one_item() =>
        Assert.Equal([[1], [2], [3]], await ListOf(Source.From(Items(3)).Chunk(1)));

    [Fact]
    public async Task A_large_size_takes_memory_only_as_items_come() =>
        Assert.Equal([[1, 2, 3]], await ListOf(Source.From(Items(3)).Chunk(int.MaxValue)));

    [Fact]
    public async Task Who_receives_an_array_may_change_it()
    {
        var source = Source.From(Items(5)).Chunk(2).Tap(chunk => chunk[0] = 0);

        Assert.Equal([[0, 2], [0, 4], [0]], await ListOf(source));
    }

    [Fact]
    public async Task The_end_waits_for_the_receiver_of_the_last_array()
    {
        var (signal, seen) = (new Signal(), new List<int>());
        var run = Source.From(Items(2)).Chunk(3).To(Sink.ForEach<int[]>(async (chunk, _) =>
        {
            await signal.Task;
            seen.AddRange(chunk);
        })).RunAsync();
        Assert.False(run.IsCompleted);

        signal.Set();

        await Wait.For(run);
        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task A_run_whose_last_array_waits_is_canceled()
    {
        using var stop = new CancellationTokenSource();
        var run = Source.From(Items(2)).Chunk(3).To(Sink.ForEach<int[]>(async (_, token) => await new Signal().Task.WaitAsync(token))).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
    }

    [Fact]
    public async Task A_failure_at_the_last_array_is_that_of_the_stage_behind_it()
    {
        var cause = new FormatException();
        var run = Source.From(Items(4)).Chunk(3).To(Sink.ForEach<int[]>(chunk => Stages.ThrowAt(chunk.Length, 1, cause)).Named("bad")).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_size_below_one_is_refused_at_once(int bad)
    {
        Assert.Throws<ArgumentOutOfRangeException>("size", () => Stage.Chunk<int>(bad));
        Assert.Throws<ArgumentOutOfRangeException>("size", () => Source.From([1]).Chunk(bad));
    }
}
