namespace Sluice.Tests;

public sealed class TakeWhileTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("TakeWhile", "x => x < 8");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.TakeWhile<int>(x => look(x) < 8);

    protected override Source<int> Extend(Source<int> source) => source.TakeWhile(x => x < 8);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.TakeWhile(x => x < 8);

    [Theory]
    [InlineData(false, new[] { 1, 2 })]
    [InlineData(true, new[] { 1, 2, 3 })]
    public async Task It_ends_the_source_with_the_first_item_that_the_condition_does_not_hold_for(bool inclusive, int[] expected)
    {
        var (numbers, asked) = (new Numbers(), new List<int>());
        var source = Source.From(numbers.Endless()).TakeWhile(
            x =>
            {
                asked.Add(x);
                return x < 3;
            },
            inclusive);

        Assert.Equal(expected, await ListOf(source));
        Assert.Equal([1, 2, 3], asked);
        Assert.Equal((3, 1), (numbers.Produced, numbers.Ended));
    }

    [Theory]
    [InlineData(false, new int[0])]
    [InlineData(true, new[] { 1 })]
    public async Task The_first_item_may_be_the_end(bool inclusive, int[] expected)
    {
        var numbers = new Numbers();

        Assert.Equal(expected, await ListOf(Source.From(numbers.Endless()).TakeWhile(_ => false, inclusive)));
        Assert.Equal((1, 1), (numbers.Produced, numbers.Ended));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_condition_that_always_holds_passes_on_everything(bool inclusive) =>
        Assert.Equal([1, 2, 3], await ListOf(Source.From([1, 2, 3]).TakeWhile(_ => true, inclusive)));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task An_inclusive_end_and_an_end_behind_it_may_meet(int count)
    {
        var numbers = new Numbers();

        Assert.Equal(Items(3).Take(count), await ListOf(Source.From(numbers.Endless()).TakeWhile(x => x < 3, inclusive: true).Take(count)));
        Assert.Equal((Math.Min(count, 3), 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task It_waits_for_the_receiver_of_the_last_item()
    {
        var signal = new Signal();
        var run = Source.From([1, 2]).TakeWhile(_ => false, inclusive: true).To(Sink.ForEach<int>(async (_, _) => await signal.Task)).RunAsync();
        Assert.False(run.IsCompleted);

        signal.Set();

        await Wait.For(run);
    }

    [Fact]
    public void A_missing_condition_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("predicate", () => Stage.TakeWhile<int>(null!));
        Assert.Throws<ArgumentNullException>("predicate", () => Source.From([1]).TakeWhile(null!));
    }
}
