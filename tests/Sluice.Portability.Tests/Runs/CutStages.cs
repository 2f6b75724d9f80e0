using System.Globalization;

namespace Sluice.Tests;

/// <summary>The stages of runs that are cut at a mark, at any item, and go on in a fresh run, which must give what an undisturbed one gives. Tests of other places link it.</summary>
internal static class CutStages
{
    private const int Items = 40;

    private static readonly Dictionary<string, Func<Source<int>, Source<int>>> s_stages = new()
    {
        ["Select"] = static source => source.Select(static item => item * 2),
        ["Where"] = static source => source.Where(static item => item % 3 > 0),
        ["Take"] = static source => source.Take(17),
        ["Skip"] = static source => source.Skip(9),
        ["Scan"] = static source => source.Scan(0, static (sum, item) => sum + item),
        ["Chunk"] = static source => source.Chunk(7).Select(static chunk => chunk.Sum()),
        ["Chunk in time"] = static source => source.Chunk(7, TimeSpan.FromHours(1)).Select(static chunk => chunk.Sum()),
        ["Pairwise"] = static source => source.Pairwise().Select(static pair => pair.Previous + pair.Current),
        ["Distinct"] = static source => source.Select(static item => item % 20).Distinct(),
        ["DistinctUntilChanged"] = static source => source.Select(static item => item / 3).DistinctUntilChanged(),
        ["TakeWhile"] = static source => source.TakeWhile(static item => item < 30),
        ["SkipWhile"] = static source => source.SkipWhile(static item => item < 13),
        ["SelectMany"] = static source => source.SelectMany(static item => Enumerable.Range(0, item % 4)),
        ["SlidingWindow"] = static source => source.SlidingWindow(5, 2).Select(static window => window.Sum()),
        ["coroutine"] = static source => source.Through(Stage.Create<int, int>((items, next) => Averages(items, next, 4))),
        ["delegated"] = static source => source.Through(Stage.Create<int, int>(static (items, next) => Pairs(items, next))),
        ["Zip"] = static source => source.Zip(Source.From(Numbers(60)), static (one, other) => one + other),
        ["Zip of filtered"] = static source => source.Where(static item => item % 7 == 0).Zip(Source.From(Numbers(60)).Select(MarkedRun.Count), static (one, other) => one + other),
        ["Zip with a list"] = static source => source.Zip(Source.From(Enumerable.Range(0, 3000).ToList()).Skip(1000), static (one, other) => one + other),
        ["Concat"] = static source => source.Concat(Source.From(Numbers(11)).Select(MarkedRun.Count)),
        ["Concat, in its second source"] = static source => source.Take(6).Concat(Source.From(Numbers(15)).Select(MarkedRun.Count), Source.From(Numbers(40)).Select(MarkedRun.Count)),
        ["MergeBy"] = static source => source.MergeBy(static item => item, Source.From(Numbers(70)).Select(MarkedRun.Count)),
        ["branches"] = static source => source.Through(Stage.Broadcast(Stage.Select<int, int>(static item => item), Stage.Where<int>(static item => item % 2 == 0))),
        ["ForEachKey"] = static source => source.ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next)),
        ["ForEachKey of a stage"] = static source => source.ForEachKey(static item => item % 3, Stage.Chunk<int>(3), static (key, chunk) => (100 * key) + chunk.Sum()),
        ["ForEachKey of two stages"] = static source => source.ForEachKey(static item => item % 3, Stage.Scan<int, int>(0, static (sum, item) => sum + item) | Stage.Pairwise<int>(), static (key, pair) => pair.Current),
        ["ForEachKey, idle"] = static source => source.ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next), new KeyedOptions { IdleTimeout = TimeSpan.FromHours(1), MaxKeys = 100 }),
        ["session windows"] = static source => source.SessionWindow(static item => At(item - (item % 7)), TimeSpan.FromSeconds(3)).Select(static window => window.Items.Sum()),
        ["session windows of keys"] = static source => source.ForEachKey(static item => item % 4, Stage.SessionWindow<int>(static item => At(item - (item % 7)), TimeSpan.FromSeconds(3)), static (key, window) => window.Items.Sum()),
        ["sliding windows"] = static source => source.SlidingWindow(static item => At(item), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(2)).Select(static window => window.Items.Sum()),
        ["tumbling windows"] = static source => source.TumblingWindow(static item => At(item), TimeSpan.FromSeconds(6)).Select(static window => window.Items.Sum()),
        ["windows by the clock"] = static source => source.SlidingWindow(new EventTime<int>(static item => At(item)) { IdleClose = TimeSpan.FromHours(1) }, TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(2)).Select(static window => window.Items.Sum()),
        ["Join"] = static source => source.Join(Source.From(Numbers(50)).Select(MarkedRun.Count), static item => item % 4, static item => item % 4, At, At, TimeSpan.FromSeconds(4), static (one, other) => (100 * one) + other, 1000),
        ["CountBy"] = static source => source.Select(static item => item % 4).Scan(0, static (sum, item) => sum + item),
        ["Buffer"] = static source => source.Buffer(5),
        ["Timeout"] = static source => source.Timeout(TimeSpan.FromHours(1)),
        ["Partition"] = static source => source.Partition(static item => item % 3, 3, Stage.Scan<int, int>(0, static (sum, item) => sum + item)),
        ["Route"] = static source => source.Through(Stage.Route<int, int>([(static item => item % 2 == 0, Stage.Select<int, int>(static item => -item)), (static item => item % 3 == 0, Stage.Chunk<int>(2) | Stage.Select<int[], int>(static chunk => chunk.Sum()))])),
        ["Balance"] = static source => source.Balance(1, Stage.Select<int, int>(static item => -item)),
        ["Balance of slow branches"] = static source => source.Balance(2, Stage.SelectAsync<int, int>(static async (item, _) =>
        {
            await Task.Yield();
            return item + 1;
        }, 1)).Scan(0, static (sum, item) => sum + item).Where(static sum => sum == Items * (Items + 1) / 2), // their order is open
        ["CombineLatest"] = static source => source.CombineLatest(Source.From(Numbers(60)).Select(MarkedRun.Count), static (one, other) => one + other).Scan(0, static (largest, item) => Math.Max(largest, item)).Where(static item => item == 98).Take(1), // when which comes is open; the last two are the same
        ["Join by arrival"] = static source => source.Join(Source.From(Numbers(1)).Select(MarkedRun.Count), static _ => 0, static _ => 0, TimeSpan.FromHours(1), static (one, other) => one + other, 1000),
        ["Debounce"] = static source => source.Debounce(TimeSpan.FromHours(1)),
        ["Throttle"] = static source => source.Throttle(TimeSpan.FromHours(1)),
        ["RateLimit"] = static source => source.RateLimit(1000, TimeSpan.FromHours(1), 1000),
        ["tumbling windows of the clock"] = static source => source.TumblingWindow(TimeSpan.FromHours(10_000)).Select(static window => window.Items.Sum()),
        ["JSON lines"] = static source => source.Through(Stage.ToJsonLines<int>() | Stage.ParseJsonLines<int>()),
        ["Tap"] = static source => source.Tap(static _ => { }),
        ["Tap, awaited"] = static source => source.Tap(static async (_, _) => await Task.Yield()),
        ["OnError"] = static source => source.Through(Stage.Create<int, int>(static (items, next) => Averages(items, next, 3)).OnError(ErrorPolicy.Skip)),
        ["OnError of an operator"] = static source => source.Through(Stage.Select<int, int>(static item => item % 11 == 3 ? throw new InvalidOperationException("three") : item).OnError(ErrorPolicy.Skip)),
        ["SelectAsync"] = static source => source.SelectAsync(static async (item, cancellation) => { await Task.Yield(); return item + 1; }, 2),
        ["Feedback"] = static source => source.Through(Stage.Feedback<int, int>(static (items, next, back) => Again(items, next, back), 100, OnFull.Fail)),
    };

    internal static IEnumerable<string> All => s_stages.Keys;

    internal static TheoryData<string> Names => [.. s_stages.Keys];

    internal static Source<int> Apply(string stage, Source<int> source) => s_stages[stage](source);

    internal static async Task GoesOn(Func<Source<int>, Source<int>> stages, Func<Source<int>, Source<int>>? source = null, int every = 1)
    {
        var (whole, _) = await MarkedRun.Run(Make(), null, -1, endsAtMark: false);
        var marks = 0;
        for (var at = 0; ; at += every)
        {
            var (result, stored) = await MarkedRun.Run(Make(), null, at, endsAtMark: true);
            if (stored is null)
            {
                Assert.Equal(whole, result);
                if (at >= Items)
                {
                    break; // no more items are counted, in any of the sources
                }

                continue;
            }

            marks++;
            (result, _) = await MarkedRun.Run(Make(), stored, -1, endsAtMark: false);
            Assert.Equal(whole, result);
        }

        Assert.True(marks > 5 / every, string.Create(CultureInfo.InvariantCulture, $"only {marks} marks have passed"));

        Pipeline<List<int>> Make() => stages((source ?? (static source => source))(Source.From(Numbers(Items))).Select(MarkedRun.Count)).To(Sink.ToList<int>());
    }

    private static DateTimeOffset At(int second) => DateTimeOffset.UnixEpoch.AddSeconds(second);

    private static async Coroutine SumsOf(int key, Inbox<int> items, Target<int> next)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            sum += item;
            await next.SendAsync((1000 * key) + sum);
        }

        await next.SendAsync(-sum);
    }

    private static async Coroutine Again(Inbox<int> items, Target<int> next, Target<int> back)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
            if (item is > 30 and < 100)
            {
                await back.SendAsync(item + 100);
            }
        }
    }

    private static int[] Numbers(int count) => [.. Enumerable.Range(0, count)];

    private static async Coroutine Averages(Inbox<int> items, Target<int> next, int count)
    {
        var last = new Queue<int>();
        await foreach (var item in items)
        {
            last.Enqueue(item);
            if (last.Count > count)
            {
                last.Dequeue();
            }

            await next.SendAsync((int)last.Average());
        }
    }

    private static async Coroutine Pairs(Inbox<int> items, Target<int> next)
    {
        while (await Two(items) is { } sum)
        {
            await next.SendAsync(sum);
        }
    }

    private static async Coroutine<int?> Two(Inbox<int> items)
    {
        var one = await items.TryReceiveAsync();
        var two = await items.TryReceiveAsync();
        return two.IsItem ? one.Item + two.Item : null;
    }
}
