namespace Sluice.Tests;

/// <summary>The watermark: by item, by origin and by the clock; late items.</summary>
public sealed class EventTimeTests
{
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);

    /// <summary>The items are seconds, which are their timestamps; a hundred more is another origin.</summary>
    private static readonly EventTime<int> s_time = new(At);

    [Fact]
    public async Task Late_items_are_counted_and_shown_and_the_callback_takes_them()
    {
        var late = new List<int>();
        await using var run = await Source.From([10, 1, 2, 20, 3]).TumblingWindow(s_time.OnLate(late.Add), 4 * s_second).To(Sink.Count<Window<int>>()).StartAsync();
        Assert.Equal(2, await Wait.For(run.Completion));

        Assert.Equal([0, 3, 0], run.Nodes.Select(node => node.ItemsLate));
        Assert.Contains("TumblingWindow: completed; late 3\n", run.Describe(), StringComparison.Ordinal);
        Assert.DoesNotContain("late 0", run.Describe(), StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], late);
    }

    [Fact]
    public async Task Those_of_all_keys_are_counted_at_the_node()
    {
        await using var run = await Source.From([10, 1, 12, 2, 3])
            .ForEachKey(x => x % 2, Stage.TumblingWindow(new EventTime<int>(At) { Scope = WatermarkScope.AllKeys }, 4 * s_second)).Named("keyed")
            .To(Sink.Count<KeyValuePair<int, Window<int>>>()).StartAsync();
        await Wait.For(run.Completion);

        Assert.Equal(3, run.Nodes.Single(node => node.Name == "keyed").ItemsLate);
    }

    [Fact]
    public async Task An_item_may_be_late_by_the_watermark_though_it_would_find_a_window_open()
    {
        var time = new EventTime<int>(At) { LateRule = LateRule.BehindWatermark, AllowedLateness = s_second };
        var late = new List<int>();

        Assert.Equal(["10 9 11", "20"], await TextOf(Source.From([10, 9, 8, 11, 20]).SessionWindow(time.OnLate(x => Add(late, x)), 5 * s_second)));
        Assert.Equal([8], late);
        Assert.Equal(["10 9 8 11", "20"], await TextOf(Source.From([10, 9, 8, 11, 20]).SessionWindow(s_time, 5 * s_second)));
    }

    [Fact]
    public async Task A_callback_may_be_a_target()
    {
        var seen = new List<int>();
        var target = Target.Start<int>(items => Stages.Collect(items, seen));

        await TextOf(Source.From([10, 1, 2]).TumblingWindow(s_time.OnLate(target.SendAsync), s_second));

        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task The_origin_that_is_behind_holds_the_windows()
    {
        Assert.Equal(["1 101 2 102", "9 109"], await TextOf(Source.From([1, 101, 2, 9, 102, 109]).TumblingWindow(s_time.WithOrigins(x => x / 100), 4 * s_second)));
        Assert.Equal(["1 101 2", "9 109"], await TextOf(Source.From([1, 101, 2, 9, 102, 109]).TumblingWindow(s_time, 4 * s_second)));
    }

    [Fact]
    public Task The_slowest_of_many_origins_counts_as_by_a_search_among_all() => Seed.Each(50, random =>
    {
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var (origins, timeout) = (random.Next(1, 30), random.Next(2) == 0 ? TimeSpan.FromSeconds(random.Next(1, 9)) : Timeout.InfiniteTimeSpan);
        var marks = new OriginMarks<(int Origin, long Mark), int>(item => item.Origin, timeout, null);
        var (latest, last, newest, now) = (new Dictionary<int, long>(), new Dictionary<int, TimeSpan>(), long.MinValue, TimeSpan.Zero);
        for (var i = 0; i < 300; i++)
        {
            now += TimeSpan.FromSeconds(random.Next(3));
            if (random.Next(3) > 0)
            {
                var (origin, mark) = (random.Next(origins), (long)random.Next(i + 1));
                marks.Advance((origin, mark), mark, now);
                latest[origin] = Math.Max(latest.GetValueOrDefault(origin, long.MinValue), mark);
                last[origin] = now;
                newest = Math.Max(newest, mark);
            }

            var active = latest.Where(pair => timeout == Timeout.InfiniteTimeSpan || now - last[pair.Key] < timeout).ToList();
            Assert.Equal(active.Count == 0 ? newest : active.Min(pair => pair.Value), marks.Slowest(now));
            Assert.Equal(timeout == Timeout.InfiniteTimeSpan || active.Count == 0 ? Timeout.InfiniteTimeSpan : active.Min(pair => last[pair.Key]) + timeout - now, marks.UntilSilent(now));
        }

        return Task.CompletedTask;
    });

    [Fact]
    public async Task An_origin_that_is_silent_for_too_long_holds_nothing_until_it_speaks_again()
    {
        await NoContext.Enter();
        var run = new TimedRun<string>(source => source.TumblingWindow(s_time.WithOrigins(x => x / 100, 5 * s_second), 4 * s_second).Select(Text));

        run.Send(1, 101);
        run.Pass(3);
        run.Send(9);
        Assert.Empty(run.Seen);
        run.Pass(2);
        Assert.Equal(["1 101"], run.Seen); // 101 is five seconds ago, though no item comes
        run.Send(102, 109, 14); // late, and then it counts again
        Assert.Equal(["1 101"], run.Seen);
        run.Send(113);
        await run.End();

        Assert.Equal(["1 101", "9 109", "14 113"], run.Seen);
    }

    [Fact]
    public async Task Windows_are_closed_when_no_item_comes_for_a_time()
    {
        await NoContext.Enter();
        var run = new TimedRun<string>(source => source.SessionWindow(new EventTime<int>(At) { IdleClose = 5 * s_second, AllowedLateness = 20 * s_second }, 3 * s_second).Select(Text));

        run.Send(1, 9);
        run.Pass(4.95);
        run.Send(2);
        run.Pass(4.95);
        Assert.Empty(run.Seen);
        run.Pass(0.05);
        Assert.Equal(["1 2", "9"], run.Seen);
        run.Pass(100);
        run.Send(10, 12); // the watermark is at 12, so 10 is not sent twice: its window is a new one that reaches beyond
        run.Pass(5);

        Assert.Equal(["1 2", "9", "10 12"], run.Seen);
        await run.End();
    }

    [Theory]
    [InlineData(WatermarkScope.EachKey, "1", "12")]
    [InlineData(WatermarkScope.AllKeys, "1", "12")]
    public async Task So_are_those_of_keys(WatermarkScope scope, string first, string second)
    {
        await NoContext.Enter();
        var time = new EventTime<int>(At) { IdleClose = 5 * s_second, Scope = scope, AllowedLateness = 50 * s_second };
        var run = new TimedRun<string>(source => source.ForEachKey(x => x % 2, Stage.SessionWindow(time, 3 * s_second) | Stage.Select<Window<int>, string>(Text), (_, text) => text));

        run.Send(1);
        run.Pass(3);
        run.Send(12);
        run.Pass(2);
        Assert.Equal(scope == WatermarkScope.EachKey ? [first] : [], run.Seen); // the others go on for the common one
        run.Pass(3);
        Assert.Equal([first, second], run.Seen);
        await run.End();
    }

    [Fact]
    public void Values_out_of_range_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("timestamp", () => new EventTime<int>(null!));
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new EventTime<int>(At) { AllowedLateness = TimeSpan.FromTicks(-1) });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new EventTime<int>(At) { IdleClose = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new EventTime<int>(At) { Scope = (WatermarkScope)2 });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new EventTime<int>(At) { LateRule = (LateRule)2 });
        Assert.Throws<ArgumentNullException>("origin", () => s_time.WithOrigins<int>(null!));
        Assert.Throws<ArgumentOutOfRangeException>("timeout", () => s_time.WithOrigins(x => x, TimeSpan.Zero));
        Assert.Throws<ArgumentNullException>("late", () => s_time.OnLate((Action<int>)null!));
        Assert.Throws<ArgumentNullException>("time", () => Source.From([1]).SessionWindow((EventTime<int>)null!, s_second));
        Assert.Throws<ArgumentOutOfRangeException>("gap", () => Stage.SessionWindow(s_time, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("size", () => Stage.TumblingWindow(s_time, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>("step", () => Stage.SlidingWindow(s_time, s_second, TimeSpan.Zero));
    }

    [Fact]
    public void A_graph_says_what_is_not_as_by_default() => Assert.Equal(
        "00:00:01, 00:00:02, one watermark for all keys, by origin",
        Source.From([1]).SessionWindow(new EventTime<int>(At) { AllowedLateness = 2 * s_second, Scope = WatermarkScope.AllKeys }.WithOrigins(x => x), s_second).To(Sink.Count<Window<int>>()).Graph.Nodes[1].Detail);

    private static void Add(List<int> all, int item) => all.Add(item);

    private static DateTimeOffset At(int item) => TimedRun<int>.Start.AddSeconds(item % 100) - TimeSpan.FromSeconds(9); // a multiple of four seconds

    private static string Text(Window<int> window) => string.Join(' ', window.Items);

    private static async Task<List<string>> TextOf(Source<Window<int>> source) => await Wait.For(source.Select(Text).To(Sink.ToList<string>()).RunAsync());
}
