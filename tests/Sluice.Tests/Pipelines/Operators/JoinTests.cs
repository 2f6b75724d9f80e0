namespace Sluice.Tests;

/// <summary>By event time. The items are seconds, which are their timestamps too.</summary>
public sealed class JoinTests : FanInContract
{
    private static readonly DateTimeOffset s_zero = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    protected override bool TakesTurns => true;

    protected override bool HoldsBackSecond(int itemsBefore) => false;

    /// <summary>All with all.</summary>
    protected override Source<int> Of(Source<int> first, Source<int> second) => first.Join(second, _ => 0, _ => 0, At, At, s_day, Pair, 1000);

    protected override IEnumerable<int> Expected(int[] first, int[] second)
    {
        var (x, y) = (0, 0);
        while (x < first.Length || y < second.Length)
        {
            var takesFirst = y > second.Length || (y == second.Length && x < first.Length) || (x < first.Length && (x == 0 || (y > 0 && first[x - 1] <= second[y - 1])));
            var pairs = takesFirst ? second.Take(y).Select(item => Pair(first[x], item)) : first.Take(x).Select(item => Pair(item, second[y]));
            foreach (var pair in pairs)
            {
                yield return pair;
            }

            (x, y) = takesFirst ? (x + 1, y) : (x, y + 1);
        }
    }

    private static DateTimeOffset At(int seconds) => s_zero + TimeSpan.FromSeconds(seconds);

    private static int Pair(int first, int second) => (1000 * first) + second;

    /// <summary>Items of a few keys, with a window of so many seconds.</summary>
    private static Source<(Event, Event)> Join(Source<Event> first, Source<Event> second, int window, int lateness = 0, int capacity = 1000, Action<Event>? lateFirst = null, Action<Event>? lateSecond = null) =>
        first.Join(second, x => x.Key, x => x.Key, x => At(x.Seconds), x => At(x.Seconds), TimeSpan.FromSeconds(window), (x, y) => (x, y), capacity, TimeSpan.FromSeconds(lateness), lateFirst, lateSecond);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 3)]
    [InlineData(4, 0)]
    [InlineData(4, 3)]
    [InlineData(1000, 1000)]
    public async Task Exactly_the_items_of_one_key_that_are_at_most_the_window_apart_are_pairs_however_fast_the_sources_are(int window, int lateness)
    {
        await Seed.Each(50, async random =>
        {
            var (first, second) = (Events(random), Events(random));
            var (expectedFirst, expectedSecond) = (InTime(first, lateness), InTime(second, lateness));
            var expected = (from x in expectedFirst from y in expectedSecond where x.Key == y.Key && Math.Abs(x.Seconds - y.Seconds) <= window select (x, y)).ToHashSet();
            foreach (var (x, y) in new[] { (Source.From(first), Source.From(second)), (Waiting(first), Source.From(second)), (Source.From(first), Waiting(second)) })
            {
                var (lateFirst, lateSecond) = (new List<Event>(), new List<Event>());
                var seen = await Wait.For(Join(x, y, window, lateness, 1000, lateFirst.Add, lateSecond.Add).To(Sink.ToList<(Event, Event)>()).RunAsync());

                Assert.Equal(expected.Count, seen.Count);
                Assert.Equal(expected, seen.ToHashSet());
                Assert.Superset(lateFirst.ToHashSet(), first.Except(expectedFirst).ToHashSet()); // what comes when no pair can any more is not looked at
                Assert.Superset(lateSecond.ToHashSet(), second.Except(expectedSecond).ToHashSet());
            }
        });

        static Event[] Events(Random random) =>
            [.. Enumerable.Range(0, random.Next(60)).Select(i => new Event(i, (i / 2 * random.Next(1, 3)) + random.Next(4), random.Next(3)))];

        static Event[] InTime(Event[] events, int lateness) =>
            [.. events.Where((item, i) => item.Seconds >= events.Take(i).Select(other => other.Seconds).DefaultIfEmpty().Max() - lateness)];

        static Source<Event> Waiting(Event[] events) => Yielding([.. Enumerable.Range(0, events.Length)]).Select(i => events[i]);
    }

    [Fact]
    public async Task The_source_that_is_ahead_waits_so_what_is_held_is_bounded_by_the_window()
    {
        var (dense, sparse) = (Enumerable.Range(0, 10_000), Enumerable.Range(0, 100).Select(i => 100 * i));
        foreach (var denseIsFirst in new[] { true, false })
        {
            var (first, second) = denseIsFirst ? (dense, sparse) : (sparse, dense);
            var count = await Wait.For(Source.From(first).Join(Source.From(second), x => x, x => x, At, At, TimeSpan.FromSeconds(2), Pair, 5).To(Sink.Count<int>()).RunAsync());

            Assert.Equal(100, count);
        }
    }

    [Fact]
    public async Task More_items_than_may_be_held_are_an_error_that_says_what_to_do()
    {
        var run = Source.From([1, 2, 3]).Join(Source.From([1, 2, 3]), x => x, x => x, At, At, s_day, Pair, 4).Named("join").To(Sink.Count<int>()).RunAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Equal("The join holds 4 items that may still find a partner, and one more has come. Give it a greater capacity or a shorter window.", error.Message);
        Assert.Equal("join", error.Data["Sluice.Stage"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task When_one_source_has_ended_the_other_goes_on_as_long_as_items_of_it_are_held(bool firstEnds)
    {
        var (numbers, ended) = (new Numbers(), Source.From([1, 3]));
        var other = Source.From(numbers.Endless());
        var source = firstEnds ? ended.Join(other, _ => 0, _ => 0, At, At, TimeSpan.FromSeconds(2), Pair, 10) : other.Join(ended, _ => 0, _ => 0, At, At, TimeSpan.FromSeconds(2), Pair, 10);

        Assert.Equal(
            new[] { (1, 1), (1, 2), (1, 3), (3, 1), (3, 2), (3, 3), (3, 4), (3, 5) }.Select(pair => firstEnds ? Pair(pair.Item1, pair.Item2) : Pair(pair.Item2, pair.Item1)).Order(),
            (await ListOf(source)).Order());
        Assert.Equal((6, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task A_source_that_has_nothing_ends_the_other_at_once()
    {
        var numbers = new Numbers();

        Assert.Empty(await ListOf(Of(Source.From(Array.Empty<int>()), Source.From(numbers.Endless()))));
        Assert.InRange(numbers.Produced, 0, 1);
    }

    [Fact]
    public async Task A_pair_goes_out_when_the_later_one_is_taken_and_an_item_that_is_late_goes_to_none()
    {
        var (seen, late) = (new List<int>(), new List<int>());
        var run = A.Source.Join(B.Source, _ => 0, _ => 0, At, At, TimeSpan.FromSeconds(5), Pair, 10, TimeSpan.FromSeconds(2), late.Add).To(items => Stages.Collect(items, seen)).RunAsync();
        A.Push(10);
        B.Push(12);
        Assert.Equal([10_012], seen);
        A.Push(11, 20);
        B.Push(17);
        Assert.Equal([10_012, 11_012, 20_017], seen);
        B.Push(30);
        A.Push(18, 17, 19);
        Assert.Equal([10_012, 11_012, 20_017, 18_017, 19_017], seen);
        Assert.Equal([17], late);
        A.End();
        B.End();

        await Wait.For(run);
    }

    [Fact]
    public async Task Moments_at_the_ends_of_the_calendar_and_endless_windows_do_no_harm()
    {
        DateTimeOffset[] moments = [DateTimeOffset.MinValue, DateTimeOffset.MinValue.AddTicks(1), DateTimeOffset.MaxValue];
        foreach (var (window, lateness, expected) in new[] { (TimeSpan.MaxValue, TimeSpan.MaxValue, 9), (TimeSpan.MaxValue, default, 9), (TimeSpan.Zero, TimeSpan.MaxValue, 3), (TimeSpan.Zero, default, 3) })
        {
            var source = Source.From([0, 1, 2]).Join(Source.From([0, 1, 2]), _ => 0, _ => 0, i => moments[i], i => moments[i], window, Pair, 10, lateness);
            Assert.Equal(expected, (await ListOf(source)).Count);
        }
    }

    [Fact]
    public async Task A_comparer_tells_which_keys_are_the_same()
    {
        var source = Source.From(["a", "b"]).Join(Source.From(["A"]), x => x, x => x, _ => s_zero, _ => s_zero, TimeSpan.Zero, (x, y) => x + y, 10, comparer: StringComparer.OrdinalIgnoreCase);

        Assert.Equal(["aA"], await Wait.For(source.To(Sink.ToList<string>()).RunAsync()));
    }

    [Theory]
    [InlineData("key")]
    [InlineData("timestamp")]
    [InlineData("selector")]
    [InlineData("late")]
    public async Task An_error_in_its_own_code_is_a_failure_of_this_node(string where)
    {
        var cause = new FormatException();
        var run = Source.From([5, 9, 2]).Join(
            Source.From([5, 9, 2]), x => x, y => Fail("key", y), At, y => At(Fail("timestamp", y)), s_day, (x, y) => Fail("selector", y), 10, lateSecond: _ => Fail("late", 9)).Named("join").To(Sink.Count<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("join", cause.Data["Sluice.Stage"]);

        int Fail(string at, int item) => at == where ? Stages.ThrowAt(item, 9, cause) : item;
    }

    [Fact]
    public void A_graph_shows_it_and_bad_arguments_are_refused()
    {
        Func<int, int> key = x => x;
        Assert.Equal("Join", Of(A.Source, B.Source).To(Sink.Count<int>()).Graph.Nodes[^2].Name);
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).Join(A.Source, key, key, At, At, s_day, Pair, 1));
        Assert.Throws<ArgumentNullException>("other", () => A.Source.Join((Source<int>)null!, key, key, At, At, s_day, Pair, 1));
        Assert.Throws<ArgumentNullException>("firstKey", () => A.Source.Join(B.Source, null!, key, At, At, s_day, Pair, 1));
        Assert.Throws<ArgumentNullException>("secondKey", () => A.Source.Join(B.Source, key, null!, At, At, s_day, Pair, 1));
        Assert.Throws<ArgumentNullException>("firstTimestamp", () => A.Source.Join(B.Source, key, key, null!, At, s_day, Pair, 1));
        Assert.Throws<ArgumentNullException>("secondTimestamp", () => A.Source.Join(B.Source, key, key, At, null!, s_day, Pair, 1));
        Assert.Throws<ArgumentNullException>("selector", () => A.Source.Join<int, int, int, int>(B.Source, key, key, At, At, s_day, null!, 1));
        Assert.Throws<ArgumentOutOfRangeException>("window", () => A.Source.Join(B.Source, key, key, At, At, TimeSpan.FromTicks(-1), Pair, 1));
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => A.Source.Join(B.Source, key, key, At, At, s_day, Pair, 0));
        Assert.Throws<ArgumentOutOfRangeException>("allowedLateness", () => A.Source.Join(B.Source, key, key, At, At, s_day, Pair, 1, TimeSpan.FromTicks(-1)));
    }

    private sealed record Event(int Number, int Seconds, int Key);
}
