using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>Rule 20: waits, time-outs and elapsed times are stored as instants of the job's clock (hole 11). Each run gets item 0 at 0 s and item 1 at 2 s, is cut there, and goes on at 3 s, or later.</summary>
[Collection(nameof(MarkedRun))]
public sealed class TimeInRunsTests
{
    private static readonly TimeSpan s_five = TimeSpan.FromSeconds(5);

    /// <summary>What comes out, with its second, though no item comes after the cut.</summary>
    private static readonly Dictionary<string, (Func<Source<int>, Source<int>> Stages, (int Item, double Second)[] Expected)> s_operators = new()
    {
        ["Delay"] = (static source => source.Delay(s_five, 10), [(0, 5), (1, 7)]),
        ["Debounce"] = (static source => source.Debounce(s_five), [(1, 7)]),
        ["Sample"] = (static source => source.Sample(s_five), [(1, 5)]),
        ["Chunk"] = (static source => source.Chunk(10, s_five).Select(static chunk => chunk.Sum()), [(1, 5)]),
        ["TumblingWindow"] = (static source => source.TumblingWindow(s_five).Select(static window => window.Items.Sum()), [(1, 5)]),
        ["ForEachKey, idle"] = (static source => source.ForEachKey<int, int, int>(static item => item, static (key, items, next) => AtEnd(items, next), new KeyedOptions { IdleTimeout = s_five }), [(0, 5), (1, 7)]),
        ["ForEachKey of a stage in time"] = (static source => source.ForEachKey(static item => item, Stage.Debounce<int>(s_five), static (_, item) => item), [(0, 5), (1, 7)]),
        ["windows of event time that are idle"] = (static source => source.SessionWindow(new EventTime<int>(static item => DateTimeOffset.UnixEpoch.AddMinutes(item)) { IdleClose = s_five }, TimeSpan.FromSeconds(1)).Select(static window => window.Items.Sum()).Where(static sum => sum > 0), [(1, 7)]),
        ["Timeout"] = (static source => source.Through(Stage.Create<int, int>(static (items, next) => Late(items, next))), [(-1, 7)]),
        ["ElapsedTime"] = (static source => source.Through(Stage.Create<int, int>(static (items, next) => Elapsed(items, next))), [(7, 7)]),
    };

    public static TheoryData<string> Operators => [.. s_operators.Keys];

    [Theory]
    [MemberData(nameof(Operators))]
    public async Task Rule_20_What_is_waited_for_comes_at_the_instant_at_which_it_would_have_come(string what)
    {
        var (stages, expected) = s_operators[what];

        Assert.Equal(expected, await CutAsync(stages, downtime: 1, downtimeCounts: true, expected.Length));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public async Task Rule_20_What_was_due_in_the_downtime_comes_at_once(string what)
    {
        var (stages, expected) = s_operators[what];

        var outputs = await CutAsync(stages, downtime: 60, downtimeCounts: true, expected.Length);

        Assert.Equal(what == "ElapsedTime" ? [62] : expected.Select(static output => output.Item), outputs.Select(static output => output.Item).Order()); // several that are due at once come in any order
        Assert.All(outputs, static output => Assert.InRange(output.Second, 62, 62.1));
    }

    [Theory]
    [MemberData(nameof(Operators))]
    public async Task Rule_20_The_clock_of_the_job_stands_still_if_downtime_does_not_count(string what)
    {
        var (stages, expected) = s_operators[what];

        Assert.Equal(expected.Select(static output => (output.Item, output.Second + 60)), await CutAsync(stages, downtime: 60, downtimeCounts: false, expected.Length));
    }

    [Fact]
    public async Task Rule_20_Throttle_and_RateLimit_and_Join_count_the_downtime_too()
    {
        // At 3 s item 2 comes, at 5 s item 3: the first time of Throttle is over then, and that of the second item for RateLimit.
        Assert.Equal([(3, 5)], await CutAsync(static source => source.Throttle(s_five), 1, true, 1, 2));
        Assert.Equal([(2, 5)], await CutAsync(static source => source.RateLimit(1, s_five, 2), 1, true, 1, 1, stopAt: 5)); // it holds the item while it waits, so only time shows that it does
        Assert.Empty(await CutAsync(static source => source.Join(Source.From([100]), static _ => 0, static _ => 0, s_five, static (one, other) => one + other, 10), 60, true, 0, 2));
    }

    /// <summary>Runs until item 1 is taken at 2 s, goes on after the downtime, lets items come at 3 s and 5 s, and gives what comes out then.</summary>
    private static async Task<(int Item, double Second)[]> CutAsync(Func<Source<int>, Source<int>> stages, double downtime, bool downtimeCounts, int count, int itemsBehind = 0, double stopAt = double.MaxValue)
    {
        var (clock, arrived) = (new FakeTimeProvider(), 0);
        var began = clock.GetUtcNow();
        var (_, stored) = await MarkedRun.Run(Make(Task.CompletedTask, []), null, 1, endsAtMark: true, clock: clock);
        Assert.NotNull(stored);
        arrived = 0; // the first run may have gone on a little
        clock.Advance(TimeSpan.FromSeconds(downtime));

        var outputs = new List<(int, double)>();
        var gates = Enumerable.Range(0, 3).Select(static _ => new TaskCompletionSource()).ToArray();
        var run = MarkedRun.Run(Make(gates[0].Task, outputs, gates), stored, -1, endsAtMark: false, clock: clock, downtimeCounts: downtimeCounts);
        for (var item = 0; item < itemsBehind; item++)
        {
            gates[item].SetResult();
            await Wait.Until(() => run.IsCompleted || (Volatile.Read(ref arrived) == item + 2 && MarkedRun.IsAtRest), $"item {item + 2} at the stage");
            if (item + 1 < itemsBehind)
            {
                clock.Advance(TimeSpan.FromSeconds(2));
            }
        }

        for (var step = 0; step < 4000 && Count() < count; step++)
        {
            if ((clock.GetUtcNow() - began).TotalSeconds >= stopAt)
            {
                await Wait.Until(() => Count() >= count, "the items");
            }

            await Wait.Until(static () => MarkedRun.IsAtRest, "the run at rest");
            if (Count() < count)
            {
                clock.Advance(TimeSpan.FromMilliseconds(50));
            }
        }

        var seen = outputs.ToArray();
        Array.ForEach(gates, static gate => gate.TrySetResult());
        await Wait.Until(() => run.IsCompleted || Advance(), "the end");
        await run;
        return seen;

        int Count()
        {
            lock (outputs)
            {
                return outputs.Count;
            }
        }

        bool Advance()
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return false;
        }

        Pipeline<List<int>> Make(Task gate, List<(int, double)> outputs, params TaskCompletionSource[] gates) => stages(Source.From([0, 1, 2, 3, 4]).Select(item =>
            {
                if (gates.Length == 0 && item == 1)
                {
                    clock.Advance(TimeSpan.FromSeconds(2));
                }

                return MarkedRun.Count(item);
            })
            .SelectAsync(async (item, _) =>
            {
                await (item < 2 || gates.Length == 0 ? Task.CompletedTask : gates[item - 2].Task);
                return item;
            }, 1)
            .Select(item =>
            {
                Volatile.Write(ref arrived, item);
                return item;
            }))
            .Select(item =>
            {
                lock (outputs)
                {
                    outputs.Add((item, Math.Round((clock.GetUtcNow() - began).TotalSeconds, 2)));
                }

                return item;
            })
            .To(Sink.ToList<int>());
    }

    private static async Coroutine AtEnd(Inbox<int> items, Target<int> next)
    {
        var last = -1;
        await foreach (var item in items)
        {
            last = item;
        }

        await next.SendAsync(last);
    }

    private static async Coroutine Late(Inbox<int> items, Target<int> next)
    {
        while (await items.TryReceiveAsync(s_five) is { IsClosed: false } received)
        {
            if (!received.IsItem)
            {
                await next.SendAsync(-1);
            }
        }
    }

    private static async Coroutine Elapsed(Inbox<int> items, Target<int> next)
    {
        var began = new ElapsedTime(items.TimeProvider);
        while (await items.TryReceiveAsync(s_five) is { IsClosed: false } received)
        {
            if (!received.IsItem)
            {
                await next.SendAsync((int)began.Value.TotalSeconds);
            }
        }
    }
}
