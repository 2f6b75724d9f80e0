namespace Sluice.Tests;

public sealed class DistinctTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Distinct", "x => x / 2");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.Distinct<int, int>(x => look(x) / 2);

    protected override Source<int> Extend(Source<int> source) => source.Distinct(x => x / 2);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items.DistinctBy(x => x / 2);

    protected override int ItemsFor(int outputs) => Math.Max(1, 2 * (outputs - 1));

    [Fact]
    public async Task Without_a_key_selector_the_items_are_the_keys() =>
        Assert.Equal([3, 1, 2], await ListOf(Source.From([3, 1, 3, 3, 2, 1]).Distinct()));

    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public async Task A_comparer_tells_what_is_the_same(int? capacity)
    {
        var source = Source.From(["a", "A", "b", "B", "a"]);

        Assert.Equal(["a", "b"], await ListOf(source.Distinct(StringComparer.OrdinalIgnoreCase, capacity)));
        Assert.Equal(["a", "b"], await ListOf(source.Distinct(text => text, StringComparer.OrdinalIgnoreCase, capacity)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public async Task A_key_may_be_null(int? capacity) =>
        Assert.Equal([null, "a"], await ListOf(Source.From([null, "a", null, "a"]).Distinct(capacity: capacity)));

    [Theory]
    [InlineData(null)]
    [InlineData(2)]
    public async Task What_the_comparer_throws_is_a_failure_of_the_operator(int? capacity)
    {
        var cause = new FormatException();
        var comparer = EqualityComparer<int>.Create((_, _) => throw cause, _ => 0);
        var run = Source.From([1, 2]).Distinct(comparer, capacity).Named("bad").To(Sink.ToList<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public void A_missing_key_selector_and_a_capacity_below_one_are_refused_at_once()
    {
        var source = Source.From([1]);
        Assert.Throws<ArgumentNullException>("keySelector", () => Stage.Distinct<int, int>(null!));
        Assert.Throws<ArgumentNullException>("keySelector", () => source.Distinct((Func<int, int>)null!));
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => Stage.Distinct<int>(capacity: 0));
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => Stage.Distinct<int, int>(x => x, capacity: 0));
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => source.Distinct(x => x, capacity: -1));
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).Distinct());
    }
}

/// <summary>The form that forgets keys.</summary>
public sealed class DistinctWithCapacityTests : OperatorWithCodeContract<int>
{
    private const int Capacity = 3;

    protected override (string Name, string? Detail) Shown => ("Distinct", "x => x / 2");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.Distinct<int, int>(x => look(x) / 2, capacity: Capacity);

    protected override Source<int> Extend(Source<int> source) => source.Distinct(x => x / 2, capacity: Capacity);

    protected override int ItemsFor(int outputs) => Math.Max(1, 2 * (outputs - 1));

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items)
    {
        var keys = new List<int>();
        foreach (var item in items)
        {
            var isKnown = keys.Remove(item / 2);
            keys.Add(item / 2);
            if (keys.Count > Capacity)
            {
                keys.RemoveAt(0);
            }

            if (!isKnown)
            {
                yield return item;
            }
        }
    }

    [Fact]
    public async Task The_key_that_has_not_come_for_the_longest_time_is_forgotten() =>
        Assert.Equal("abcab", await TextOf("abcab", capacity: 2));

    [Fact]
    public async Task A_key_that_comes_again_counts_as_recent() =>
        Assert.Equal("abcb", await TextOf("abacab", capacity: 2));

    [Fact]
    public async Task With_room_for_one_only_repetitions_in_a_row_are_left_out() =>
        Assert.Equal("abab", await TextOf("aabbbab", capacity: 1));

    [Fact]
    public async Task With_room_for_all_it_is_as_without_a_capacity() =>
        Assert.Equal("abc", await TextOf("abcabcba", int.MaxValue));

    private static async Task<string> TextOf(string items, int capacity) =>
        string.Concat(await ListOf(Source.From(items).Distinct(capacity: capacity)));
}
