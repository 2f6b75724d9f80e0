namespace Sluice.Tests;

/// <summary>Windows of keys with one watermark for all, against a slow and simple rule. An item is a key, and a second.</summary>
public sealed class KeyedWindowsTests
{
    private static readonly DateTimeOffset s_zero = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("tumbling", 0)]
    [InlineData("tumbling", 4)]
    [InlineData("sliding", 2)]
    [InlineData("session", 0)]
    [InlineData("session", 3)]
    [InlineData("session", 50)]
    public Task One_watermark_closes_the_windows_of_all_keys_in_the_order_of_their_ends(string kind, int lateness) => Seed.Each(60, async random =>
    {
        var items = Enumerable.Range(0, 80).Select(i => (Key: random.Next(5), Second: (i * random.Next(1, 3)) + random.Next(9))).ToArray();
        var late = new List<(int, int)>();
        var time = new EventTime<(int Key, int Second)>(item => At(item.Second)) { Scope = WatermarkScope.AllKeys, AllowedLateness = TimeSpan.FromSeconds(lateness) }.OnLate(item => late.Add(item));
        Stage<(int Key, int Second), Window<(int Key, int Second)>> windows = kind switch
        {
            "tumbling" => Stage.TumblingWindow(time, TimeSpan.FromSeconds(4)),
            "sliding" => Stage.SlidingWindow(time, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(2)),
            _ => Stage.SessionWindow(time, TimeSpan.FromSeconds(4)),
        };

        var sent = await Wait.For(Source.From(items).ForEachKey(item => item.Key, windows).To(Sink.ToList<KeyValuePair<int, Window<(int Key, int Second)>>>()).RunAsync());

        var expected = Model(items, lateness, kind == "tumbling" ? (4, 4) : kind == "sliding" ? (4, 2) : (4, 0));
        Assert.Equal(expected.Sent, sent.Select(pair => Text(pair.Key, pair.Value.Items)));
        Assert.Equal(expected.Late, late);
    });

    [Fact]
    public async Task Each_key_has_a_watermark_of_its_own_unless_it_is_told_otherwise()
    {
        var sent = await Wait.For(Source.From([(1, 1), (2, 50), (1, 2), (1, 9)])
            .ForEachKey(item => item.Item1, Stage.SessionWindow(new EventTime<(int, int)>(item => At(item.Item2)), TimeSpan.FromSeconds(3)), (key, window) => Text(key, window.Items)).To(Sink.ToList<string>()).RunAsync());

        Assert.Equal(["1: 1 2", "1: 9", "2: 50"], sent);
    }

    [Fact]
    public async Task What_a_stage_before_the_windows_holds_is_not_late_at_the_end()
    {
        var time = new EventTime<(int Key, int Second)[]>(items => At(items[0].Second)) { Scope = WatermarkScope.AllKeys };
        var sent = await Wait.For(Source.From([(1, 1), (2, 2), (1, 2), (2, 3), (1, 3)])
            .ForEachKey(item => item.Item1, Stage.Chunk<(int Key, int Second)>(2) | Stage.SessionWindow(time, TimeSpan.FromSeconds(9)), (key, window) => Text(key, window.Items.SelectMany(items => items))).To(Sink.ToList<string>()).RunAsync());

        Assert.Equal(["1: 1 2 3", "2: 2 3"], sent);
    }

    [Fact]
    public async Task A_failure_behind_the_windows_carries_their_key_whichever_key_has_moved_the_watermark()
    {
        var cause = new FormatException();
        var windows = Stage.SessionWindow(new EventTime<(int Key, int Second)>(item => At(item.Second)) { Scope = WatermarkScope.AllKeys }, TimeSpan.FromSeconds(3));
        var run = Source.From([(1, 1), (2, 50)]).ForEachKey(item => item.Item1, windows | Stage.Select<Window<(int, int)>, int>(_ => throw cause).Named("bad")).To(Sink.Count<KeyValuePair<int, int>>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal((1, "bad"), (cause.Data["Sluice.Key"], cause.Data["Sluice.InnerStage"]));
    }

    [Fact]
    public async Task A_key_whose_stage_behind_the_windows_has_ended_sends_no_more_and_the_others_do()
    {
        var windows = Stage.TumblingWindow(new EventTime<(int Key, int Second)>(item => At(item.Second)) { Scope = WatermarkScope.AllKeys }, TimeSpan.FromSeconds(4));
        var sent = await Wait.For(Source.From([(1, 0), (2, 1), (1, 4), (1, 8), (2, 9), (2, 12), (1, 13), (2, 17)])
            .ForEachKey(item => item.Item1, windows | Stage.TakeWhile<Window<(int Key, int Second)>>(window => window.Items[0] is not (1, 4)), (key, window) => Text(key, window.Items)).To(Sink.ToList<string>()).RunAsync());

        Assert.Equal(["1: 0", "2: 1", "2: 9", "2: 12", "2: 17"], sent);
    }

    [Fact]
    public async Task Keys_without_an_open_window_are_let_go()
    {
        const int Keys = 1000;
        var (keys, alive) = (new List<WeakReference>(), -1);
        var source = Source.Create<int>(async (next, _) =>
        {
            for (var i = 0; i < Keys; i++)
            {
                await next.SendAsync(i);
                await next.SendAsync(-i); // late, but for the first ones: its key is not kept either
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            alive = keys.Count(key => key.IsAlive);
        });
        var time = new EventTime<int>(item => At(Math.Max(item, 0))) { Scope = WatermarkScope.AllKeys };

        var count = await Wait.For(source.ForEachKey(NewKey, Stage.Where<int>(_ => true) | Stage.SessionWindow(time, TimeSpan.FromSeconds(2)) | Stage.Select<Window<int>, int>(window => window.Items[0]), (_, item) => item).To(Sink.Count<int>()).RunAsync());

        Assert.Equal(Keys + 1, count); // -1 comes in time
        Assert.Equal(2 * Keys, keys.Count);
        Assert.InRange(alive, 0, 20);

        Key NewKey(int item)
        {
            var key = new Key(item);
            keys.Add(new(key));
            return key;
        }
    }

    [Fact]
    public Task What_is_due_first_is_found_as_by_sorting() => Seed.Each(50, random =>
    {
        var (queue, all) = (new DueQueue<object>(), new List<(long Due, long Order)>());
        for (var i = 0; i < 300; i++)
        {
            switch (random.Next(4))
            {
                case 0 when all.Count > 0:
                    queue.RemoveFirst();
                    all.RemoveAt(0);
                    break;
                case 1 when all.Count > 0:
                    all[0] = (all[0].Due + random.Next(5), i);
                    queue.MoveFirst(all[0].Due, all[0].Order);
                    break;
                default:
                    all.Add((random.Next(20), i));
                    queue.Add(all[^1].Due, all[^1].Order, this);
                    break;
            }

            all.Sort();
            Assert.Equal(all.Count, queue.Count);
            Assert.True(all.Count == 0 || (queue.First.Due, queue.First.Order) == all[0]);
        }

        return Task.CompletedTask;
    });

    /// <param name="items">The items.</param>
    /// <param name="lateness">What is allowed.</param>
    /// <param name="shape">Size and step; a step of zero means sessions with a gap of the size.</param>
    private static (List<string> Sent, List<(int, int)> Late) Model((int Key, int Second)[] items, int lateness, (int Size, int Step) shape)
    {
        var (sent, late, watermark) = (new List<string>(), new List<(int, int)>(), int.MinValue);
        var open = new List<(int Key, int Start, int End, int Order, List<int> Numbers)>();
        for (var number = 0; number < items.Length; number++)
        {
            var (key, second) = items[number];
            watermark = Math.Max(watermark, second - lateness);
            var isLate = true;
            foreach (var (start, end) in shape.Step == 0 ? [(second, second + shape.Size)] : Enumerable.Range(-shape.Size, second + shape.Size + 1).Where(at => at % shape.Step == 0 && at <= second && second < at + shape.Size).Select(at => (at, at + shape.Size)))
            {
                var touched = open.Where(one => one.Key == key && (shape.Step == 0 ? one.Start < end && start < one.End : one.Start == start)).ToList();
                if (touched.Count == 0 && end <= watermark)
                {
                    continue;
                }

                isLate = false;
                open.RemoveAll(touched.Contains);
                var last = touched.Select(one => one.End).Append(end).Max();
                var order = shape.Step > 0 ? touched.Select(one => one.Order).Append(number).Min() : last == end ? number : touched.Where(one => one.End == last).Max(one => one.Order);
                open.Add((key, touched.Select(one => one.Start).Append(start).Min(), last, order, [.. touched.SelectMany(one => one.Numbers).Append(number).Order()]));
            }

            if (isLate)
            {
                late.Add(items[number]);
            }

            SendUntil(watermark);
        }

        SendUntil(int.MaxValue);
        return (sent, late);

        void SendUntil(int moment)
        {
            foreach (var window in open.Where(one => one.End <= moment).OrderBy(one => (one.End, one.Order)).ToList())
            {
                sent.Add(Text(window.Key, window.Numbers.Select(number => items[number])));
                open.Remove(window);
            }
        }
    }

    private sealed record Key(int Number);

    private static DateTimeOffset At(int second) => s_zero.AddSeconds(second);

    private static string Text(int key, IEnumerable<(int Key, int Second)> items) => $"{key}: {string.Join(' ', items.Select(item => item.Second))}";
}
