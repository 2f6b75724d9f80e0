namespace Sluice.Tests;

public sealed class SlidingWindowTests : OperatorContract<int[]>
{
    protected override (string Name, string? Detail) Shown => ("SlidingWindow", "3, 2");

    protected override Stage<int, int[]> Create() => Stage.SlidingWindow<int>(3, 2);

    protected override Source<int[]> Extend(Source<int> source) => source.SlidingWindow(3, 2);

    protected override IEnumerable<int[]> Expected(IReadOnlyList<int> items) => Windows(items, 3, 2);

    protected override int ItemsFor(int outputs) => (2 * outputs) + 1;

    [Fact]
    public async Task Any_size_and_step_give_full_windows_at_each_step()
    {
        for (var size = 1; size < 5; size++)
        {
            for (var step = 1; step < 7; step++)
            {
                Assert.Equal(Windows(Items(20), size, step), await ListOf(Source.From(Items(20)).SlidingWindow(size, step)));
            }
        }
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>("size", () => Stage.SlidingWindow<int>(0, 1));
        Assert.Throws<ArgumentOutOfRangeException>("step", () => Source.From([1]).SlidingWindow(1, 0));
    }

    private static IEnumerable<int[]> Windows(IReadOnlyList<int> items, int size, int step)
    {
        for (var start = 0; start + size <= items.Count; start += step)
        {
            yield return [.. items.Skip(start).Take(size)];
        }
    }
}
