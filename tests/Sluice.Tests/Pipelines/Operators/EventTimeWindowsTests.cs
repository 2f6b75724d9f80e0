namespace Sluice.Tests;

/// <summary>The items are seconds, which are their timestamps too.</summary>
public abstract class EventTimeWindowContract : OperatorContract<string>
{
    private protected static readonly DateTimeOffset s_zero = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    protected abstract Stage<int, Window<int>> Windows(Func<int, DateTimeOffset> timestamp, int allowedLateness, Action<int>? late);

    protected abstract Source<Window<int>> Windows(Source<int> source);

    protected sealed override Stage<int, string> Create() => Windows(At, 0, null) | Stage.Select<Window<int>, string>(Text);

    protected sealed override Source<string> Extend(Source<int> source) => Windows(source).Select(Text).Named("Text");

    protected sealed override (string Name, string? Detail) Shown => ("Text", "Text");

    protected static DateTimeOffset At(int seconds) => s_zero + TimeSpan.FromSeconds(seconds);

    protected override IEnumerable<string> Expected(IReadOnlyList<int> items) => Model(items, 0).Sent;

    /// <summary>By a slow and simple rule: after each item, what has ended goes out; an item goes into what is still open.</summary>
    protected abstract (List<string> Sent, List<int> Late) Model(IReadOnlyList<int> items, int allowedLateness);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(100)]
    public async Task Items_out_of_order_go_where_they_belong_or_are_late(int allowedLateness)
    {
        await Seed.Each(100, async random =>
        {
            var items = Enumerable.Range(0, 40).Select(i => (i * random.Next(1, 3)) + random.Next(8)).ToArray();
            var late = new List<int>();

            var sent = await ListOf(Source.From(items).Through(Windows(At, allowedLateness, late.Add)).Select(Text));

            var expected = Model(items, allowedLateness);
            Assert.Equal(expected.Sent, sent);
            Assert.Equal(expected.Late, late);
        });
    }

    [Fact]
    public async Task What_the_selector_throws_is_a_failure_of_the_operator()
    {
        var cause = new FormatException();
        var run = Source.From([50, 1]).Through(Windows(item => item == 1 ? throw cause : At(item), 0, null).Named("bad")).To(Sink.Count<Window<int>>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task What_the_callback_throws_is_a_failure_of_the_operator()
    {
        var cause = new FormatException();
        var run = Source.From([50, 1]).Through(Windows(At, 0, _ => throw cause).Named("bad")).To(Sink.Count<Window<int>>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    protected static string Text(Window<int> window) => Text((int)(window.Start - s_zero).TotalSeconds, (int)(window.End - s_zero).TotalSeconds, window.Items);

    protected static string Text(int start, int end, IEnumerable<int> items) => $"{start}-{end}: {string.Join(' ', items)}";
}

public abstract class AlignedWindowContract(int size, int step) : EventTimeWindowContract
{
    protected override (List<string> Sent, List<int> Late) Model(IReadOnlyList<int> items, int allowedLateness)
    {
        var (sent, late, open, watermark) = (new List<string>(), new List<int>(), new SortedDictionary<int, List<int>>(), int.MinValue);
        foreach (var item in items)
        {
            watermark = Math.Max(watermark, item - allowedLateness);
            var its = Enumerable.Range(-size, item + size + 1).Where(start => start % step == 0 && start <= item && item < start + size).ToList();
            foreach (var start in its.Where(start => start + size > watermark))
            {
                open.TryAdd(start, []);
                open[start].Add(item);
            }

            if (its.Count > 0 && its.TrueForAll(start => start + size <= watermark))
            {
                late.Add(item);
            }

            SendUntil(watermark);
        }

        SendUntil(int.MaxValue);
        return (sent, late);

        void SendUntil(int moment)
        {
            foreach (var (start, window) in open.Where(entry => entry.Key + size <= moment).ToList())
            {
                sent.Add(Text(start, start + size, window));
                open.Remove(start);
            }
        }
    }
}

public sealed class EventTimeTumblingWindowTests() : AlignedWindowContract(4, 4)
{
    protected override int ItemsFor(int outputs) => 4 * outputs;

    protected override Stage<int, Window<int>> Windows(Func<int, DateTimeOffset> timestamp, int allowedLateness, Action<int>? late) =>
        Stage.TumblingWindow(timestamp, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(allowedLateness), late);

    protected override Source<Window<int>> Windows(Source<int> source) => source.TumblingWindow(At, TimeSpan.FromSeconds(4));

    [Fact]
    public async Task Moments_at_the_ends_of_the_calendar_do_no_harm()
    {
        DateTimeOffset[] moments = [DateTimeOffset.MinValue, DateTimeOffset.MinValue.AddTicks(1), DateTimeOffset.MaxValue.AddTicks(-1)];
        var (size, late) = (TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(3));

        foreach (var stage in (Stage<int, Window<int>>[])
            [Stage.TumblingWindow<int>(i => moments[i], size, late), Stage.SlidingWindow<int>(i => moments[i], size, size / 2, late), Stage.SessionWindow<int>(i => moments[i], size, late)])
        {
            var sent = await ListOf(Source.From([0, 1, 2]).Through(stage));
            Assert.Equal([0, 1, 2], sent.SelectMany(static window => window.Items).Distinct());
        }
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("timestamp", () => Stage.TumblingWindow<int>(null!, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>("size", () => Stage.TumblingWindow<int>(At, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("allowedLateness", () => Source.From([1]).TumblingWindow(At, TimeSpan.FromSeconds(1), TimeSpan.FromTicks(-1)));
        Assert.Equal("00:00:01, 00:00:00", Source.From([1]).TumblingWindow(At, TimeSpan.FromSeconds(1)).To(Sink.Count<Window<int>>()).Graph.Nodes[^2].Detail);
    }
}

public sealed class EventTimeSlidingWindowTests() : AlignedWindowContract(4, 2)
{
    protected override int ItemsFor(int outputs) => 2 * outputs;

    protected override Stage<int, Window<int>> Windows(Func<int, DateTimeOffset> timestamp, int allowedLateness, Action<int>? late) =>
        Stage.SlidingWindow(timestamp, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(allowedLateness), late);

    protected override Source<Window<int>> Windows(Source<int> source) => source.SlidingWindow(At, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2));

    [Fact]
    public async Task Items_between_windows_belong_to_none_and_are_not_late()
    {
        var late = new List<int>();
        var sent = await ListOf(Source.From([0, 1, 2, 3, 4, 5, 6]).SlidingWindow(At, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), default, late.Add).Select(Text));

        Assert.Equal(["0-2: 0 1", "4-6: 4 5"], sent);
        Assert.Empty(late);
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>("size", () => Stage.SlidingWindow<int>(At, TimeSpan.Zero, TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>("step", () => Source.From([1]).SlidingWindow(At, TimeSpan.FromSeconds(1), TimeSpan.Zero));
    }
}

public sealed class SessionWindowTests : EventTimeWindowContract
{
    private const int Gap = 3;

    /// <summary>Items that are one second apart: one session that only the end closes. So the timestamps are threefold, and each is a session of its own.</summary>
    protected override int ItemsFor(int outputs) => outputs + 1;

    protected override Stage<int, Window<int>> Windows(Func<int, DateTimeOffset> timestamp, int allowedLateness, Action<int>? late) =>
        Stage.SessionWindow(item => s_zero + (3 * (timestamp(item) - s_zero)), TimeSpan.FromSeconds(Gap), TimeSpan.FromSeconds(3 * allowedLateness), late);

    protected override Source<Window<int>> Windows(Source<int> source) => source.SessionWindow(item => At(3 * item), TimeSpan.FromSeconds(Gap));

    protected override (List<string> Sent, List<int> Late) Model(IReadOnlyList<int> items, int allowedLateness)
    {
        var (sent, late, watermark) = (new List<string>(), new List<int>(), int.MinValue);
        var open = new List<(int Start, int End, List<int> Items)>();
        foreach (var item in items)
        {
            watermark = Math.Max(watermark, 3 * (item - allowedLateness));
            var (start, end) = (3 * item, (3 * item) + Gap);
            var touched = open.Where(other => start < other.End && other.Start < end).ToList();
            if (touched.Count == 0 && end <= watermark)
            {
                late.Add(item);
            }
            else
            {
                open.RemoveAll(touched.Contains);
                var all = touched.SelectMany(other => other.Items).Append(item).ToList();
                open.Add((touched.Select(other => other.Start).Append(start).Min(), touched.Select(other => other.End).Append(end).Max(), all));
            }

            SendUntil(watermark);
        }

        SendUntil(int.MaxValue);
        return (sent, late);

        void SendUntil(int moment)
        {
            foreach (var window in open.Where(window => window.End <= moment).OrderBy(window => window.End).ToList())
            {
                sent.Add(Text(window.Start, window.End, window.Items));
                open.Remove(window);
            }
        }
    }

    [Fact]
    public async Task An_item_between_two_sessions_makes_one_of_them_in_the_order_in_which_items_came()
    {
        var sent = await ListOf(Source.From([10, 20, 11, 14, 22, 17, 40]).SessionWindow(At, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(20)).Select(Text));

        Assert.Equal(["10-26: 10 20 11 14 22 17", "40-44: 40"], sent);
    }

    [Fact]
    public async Task Items_as_far_apart_as_the_gap_are_of_different_sessions() =>
        Assert.Equal(["0-4: 0", "4-11: 4 7"], await ListOf(Source.From([0, 4, 7]).SessionWindow(At, TimeSpan.FromSeconds(4)).Select(Text)));

    [Theory]
    [InlineData(1_000)]
    [InlineData(16_000)]
    public void The_work_for_an_item_grows_with_the_logarithm_of_the_open_sessions(int sessions) => Seed.Run(1, random =>
    {
        var comparisons = 0L;
        var open = new Stage.SessionWindows<int>(10, Comparer<long>.Create((x, y) =>
        {
            comparisons++;
            return x.CompareTo(y);
        }));
        var most = 12L * (long)Math.Log2(sessions);
        var starts = Enumerable.Range(1, sessions).Select(static i => 100L * i).ToArray();
        random.Shuffle(starts);

        foreach (var start in starts)
        {
            Add(start); // a new one in the middle
        }

        foreach (var start in starts)
        {
            Add(start + 5); // longer
            Add(start - 5); // earlier
        }

        var taken = new List<Window<int>>();
        while (Count(() => open.TakeFirst(long.MaxValue), most) is { } window)
        {
            taken.Add(window);
        }

        Assert.Equal(Enumerable.Range(1, sessions).Select(static i => ((100L * i) - 5, (100L * i) + 15, 3)), taken.Select(static window => (window.Start.UtcTicks, window.End.UtcTicks, window.Items.Count)));

        void Add(long at) => Assert.True(Count(() => open.TryAdd(at, 0, long.MinValue), most));

        TResult Count<TResult>(Func<TResult> work, long atMost)
        {
            var before = comparisons;
            var result = work();
            Assert.InRange(comparisons - before, 0, atMost);
            return result;
        }
    });

    [Fact]
    public void A_session_that_grows_backwards_keeps_all_items_in_their_order()
    {
        var open = new Stage.SessionWindows<int>(10);
        const int Steps = 20_000;
        for (var i = Steps; i > 0; i--)
        {
            open.TryAdd(8 * i, i, long.MinValue); // each is before the session of all others
        }

        Assert.Equal(Enumerable.Range(1, Steps).Reverse(), open.TakeFirst(long.MaxValue)!.Items);
        Assert.Null(open.TakeFirst(long.MaxValue));
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        Assert.Throws<ArgumentOutOfRangeException>("gap", () => Source.From([1]).SessionWindow(At, TimeSpan.Zero));
        Assert.Throws<ArgumentNullException>("timestamp", () => Stage.SessionWindow<int>(null!, TimeSpan.FromSeconds(1)));
    }
}
