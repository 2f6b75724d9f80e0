namespace Sluice.Tests;

public sealed class AggregateTests : SinkWithCodeContract<long>
{
    protected override (string Name, string? Detail) Shown => ("Aggregate", "(sum, x) => sum + look(x)");

    protected override Sink<int, long> Create(Func<int, int> look) => Sink.Aggregate<int, long>(100, (sum, x) => sum + look(x));

    protected override long Expected(IReadOnlyList<int> items) => 100 + items.Sum();

    [Fact]
    public async Task Without_items_the_result_is_the_seed() =>
        Assert.Equal("seed", await ResultOf([], Sink.Aggregate("seed", (string text, int x) => text + x)));

    [Fact]
    public void A_missing_accumulator_is_refused_at_once() =>
        Assert.Throws<ArgumentNullException>("accumulator", () => Sink.Aggregate<int, int>(0, null!));
}

/// <summary>The form that makes something of the last state.</summary>
public sealed class AggregateWithResultTests : SinkWithCodeContract<string>
{
    protected override (string Name, string? Detail) Shown => ("Aggregate", "(sum, x) => sum + look(x)");

    protected override Sink<int, string> Create(Func<int, int> look) => Sink.Aggregate<int, long, string>(100, (sum, x) => sum + look(x), sum => $"<{sum}>");

    protected override string Expected(IReadOnlyList<int> items) => $"<{100 + items.Sum()}>";

    [Fact]
    public async Task Without_items_the_result_is_made_of_the_seed() =>
        Assert.Equal(4, await ResultOf([], Sink.Aggregate("seed", (string text, int x) => text + x, text => text.Length)));

    [Fact]
    public async Task What_the_result_selector_throws_fails_the_run_at_the_end()
    {
        var (seen, cause) = (0, new FormatException());
        var run = Source.From(Items(3)).To(Sink.Aggregate<int, int, int>(0, (_, _) => ++seen, state => Stages.ThrowAt(state, 3, cause)).Named("bad")).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal(3, seen);
    }

    [Fact]
    public void A_missing_accumulator_and_a_missing_result_selector_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("accumulator", () => Sink.Aggregate<int, int, int>(0, null!, x => x));
        Assert.Throws<ArgumentNullException>("resultSelector", () => Sink.Aggregate<int, int, int>(0, (sum, x) => sum + x, null!));
    }
}
