using static Sluice.Tests.CutPools;

namespace Sluice.Tests;

/// <summary>A run with pools of threads that is cut at a mark, at any item, and goes on in a fresh run gives what an undisturbed one gives (rule 13).</summary>
[Collection(nameof(MarkedRun))] // which is one for the process
public sealed class PoolsGoOnTests
{
    private const int Few = 4;

    /// <summary>Pipelines whose output has an order.</summary>
    private static readonly Dictionary<string, Func<Source<int>, Source<int>>> s_ordered = new()
    {
        ["Select"] = static source => Counted(source.On(InTurns())).Select(static item => item * 2).On(Env.Caller),
        ["Scan"] = static source => source.On(InTurns()).Scan(0, static (sum, item) => sum + item).On(Env.Caller).Select(MarkedRun.Count),
        ["Where"] = static source => Counted(source.On(InTurns())).Where(static item => item % 7 == 0).On(Env.Caller),
        ["Chunk"] = static source => source.On(InTurns()).Chunk(3).Select(static chunk => chunk.Sum()).On(Env.Caller),
        ["SelectMany"] = static source => source.On(InTurns()).SelectMany(static item => Enumerable.Range(0, item % 5)).On(Env.Caller),
        ["coroutine"] = static source => Counted(source.On(InTurns())).Through<int>(static (items, next) => Sums(items, next)).On(Env.Caller),
        ["ForEachKey"] = static source => source.On(InTurns()).ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => Sums(items, next)).On(Env.Caller),
        ["Take"] = static source => Counted(source.On(InTurns())).Take(5).On(Env.Caller),
        ["errors that are thrown in"] = static source => source.Through<int>(static (items, next) => ThrowOften(items, next)).On(InTurns()).Through<int>(static (items, next) => CountErrors(items, next)).On(Env.Caller),
        ["one member"] = static source => source.On(Env.Threads(1, capacity: Few)).Scan(0, static (sum, item) => sum + item).On(Env.Caller),
        ["two pools"] = static source => Counted(source.On(InTurns()).Scan(0, static (sum, item) => sum + item).On(Env.Threads(2, capacity: Few))).Scan(0, static (sum, item) => sum + item).On(Env.Caller),
        ["two pools with a stage between"] = static source => Counted(source.On(InTurns()).Scan(0, static (sum, item) => sum + item).On(Env.Caller).Scan(0, static (sum, item) => sum - item)).On(Env.Threads(2, capacity: Few)).Pairwise().Select(static pair => pair.Current).On(Env.Thread(Few)),
        ["Zip with a thread"] = static source => source.On(InTurns()).Scan(0, static (sum, item) => sum + item).On(Env.Caller).Zip(Source.From(Numbers(70)).On(Env.Thread(Few)).Where(static item => item % 2 == 0).On(Env.Caller), static (one, other) => (1000 * one) + other),
        ["Zip of two pools"] = static source => Counted(source.On(InTurns())).Where(static item => item % 3 == 0).On(Env.Caller).Zip(Source.From(Numbers(70)).On(Env.Threads(2, capacity: Few)).Scan(0, static (sum, item) => sum + item).On(Env.Caller), static (one, other) => (1000 * one) + other),
        ["MergeBy"] = static source => source.On(InTurns()).Select(static item => 2 * item).On(Env.Caller).MergeBy(static item => item, Source.From(Numbers(70)).Select(MarkedRun.Count)),
        ["Concat"] = static source => source.On(InTurns()).Select(static item => 2 * item).On(Env.Caller).Concat(Source.From(Numbers(20)).On(InTurns()).Select(MarkedRun.Count).On(Env.Caller)),
        ["the same pool twice"] = static source => InOnePool(source, InTurns()),
        ["Take behind a pool"] = static source => source.On(InTurns()).Scan(0, static (sum, item) => sum + item).On(Env.Caller).Take(17),
    };

    /// <summary>Pipelines whose output has an order within each key, or none.</summary>
    private static readonly Dictionary<string, Func<Source<int>, Source<int>>> s_unordered = new()
    {
        ["by room"] = static source => Counted(source.On(ByRoom())).Select(static item => item * 2).On(Env.Caller),
        ["by room, a buffer"] = static source => Counted(source.On(ByRoom())).Buffer(5).On(Env.Caller),
        ["by room, slow calls"] = static source => source.On(ByRoom()).SelectAsync(static async (item, _) => { await Task.Yield(); return item; }, 2).On(Env.Caller),
        ["in turns, a buffer"] = static source => Counted(source.On(InTurns())).Buffer(9).On(Env.Caller),
        ["in turns, slow calls"] = static source => source.On(InTurns()).SelectAsync(static async (item, _) => { await Task.Yield(); return item; }, 3).On(Env.Caller),
        ["in turns, sent later"] = static source => source.On(Env.Threads(3, capacity: 1)).Through<int>(static (items, next) => Later(items, next)).On(Env.Caller),
        ["by key"] = static source => Counted(source.On(ByKey(3))).ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next)).On(Env.Caller),
        ["by key, more members than keys"] = static source => source.On(ByKey(6)).ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next)).On(Env.Caller),
        ["by key, members that end early"] = static source => source.On(ByKey(3)).ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next)).Take(9).On(Env.Caller),
        ["by key behind by key"] = static source => Counted(source.On(ByKey(3)).ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next)).On(ByKey(2, static item => Math.Abs(item) / 1000))).ForEachKey<int, int, int>(static item => Math.Abs(item) / 1000, static (key, items, next) => SumsOf(key, items, next)).On(Env.Caller),
        ["by key behind in turns"] = static source => source.On(InTurns()).Scan(0, static (sum, item) => sum + item).On(ByKey(3)).ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next)).On(Env.Caller),
        ["by key behind by room"] = static source => source.On(ByRoom()).Select(static item => item + 1).On(ByKey(3)).ForEachKey<int, int, int>(static item => item, static (key, items, next) => SumsOf(key, items, next)).On(Env.Caller),
        ["in turns behind by room"] = static source => source.On(ByRoom()).Select(static item => item + 1).On(InTurns()).Select(static item => item * 2).On(Env.Caller),
        ["a pool beside a thread"] = static source => Source.Merge(source.On(ByRoom()).Select(static item => 2 * item).On(Env.Caller), Source.From(Numbers(30)).On(Env.Thread(Few)).Select(MarkedRun.Count).Scan(0, static (sum, item) => sum + item).On(Env.Caller)),
        ["branches in a pool"] = static source => source.On(ByKey(3)).Through(Stage.Broadcast(Stage.Select<int, int>(static item => item), Stage.Scan<int, int>(0, static (sum, item) => sum + (item % 5)))).On(Env.Caller),
        ["a merge behind a pool"] = static source => Source.Merge(source.On(ByKey(3)).Select(static item => 2 * item).On(Env.Caller), Source.From(Numbers(25)).Select(MarkedRun.Count).Scan(0, static (sum, item) => sum + item)),
        ["a merge before a pool"] = static source => Source.Merge(source, Source.From(Numbers(25)).Select(MarkedRun.Count)).On(ByKey(3)).ForEachKey<int, int, int>(static item => item, static (key, items, next) => SumsOf(key, items, next)).On(Env.Caller),
        ["a source with nothing"] = static source => Source.Merge(source, Source.From(Numbers(0)).On(InTurns()).Select(static item => item).On(Env.Caller)),
        ["the same pool twice"] = static source => InOnePool(source, ByKey(3)),
    };

    public static TheoryData<string, bool> Pipelines
    {
        get
        {
            var all = new TheoryData<string, bool>();
            s_ordered.Keys.ToList().ForEach(name => all.Add(name, true));
            s_unordered.Keys.ToList().ForEach(name => all.Add(name, false));
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Pipelines))]
    public Task Rule13_a_run_goes_on_behind_a_mark_through_its_pools(string pipeline, bool isOrdered) => GoesOn(pipeline, isOrdered, _ => -1);

    [Theory]
    [MemberData(nameof(Pipelines))]
    public Task Rule13f_a_mark_that_is_given_up_in_a_pool_does_no_harm_to_the_next(string pipeline, bool isOrdered) => GoesOn(pipeline, isOrdered, static at => at % 4);

    private static Task GoesOn(string pipeline, bool isOrdered, Func<int, int> giveUpAfter) => CutPools.GoOn((isOrdered ? s_ordered : s_unordered)[pipeline], isOrdered, giveUpAfter);

    private static Env InTurns() => Env.Threads(3, capacity: Few);

    private static Env ByRoom() => Env.Threads(3, ordered: false, capacity: Few);

    private static Env ByKey(int count, Func<int, int>? key = null) => Env.Threads(count, key ?? (static item => item % 5), capacity: Few);

    private static async Coroutine Sums(Inbox<int> items, Target<int> next)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            sum += item;
            await next.SendAsync(sum);
        }
    }

    private static async Coroutine UntilMultipleOfSeven(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(item);
            if (item > 0 && item % 7 == 0)
            {
                return;
            }
        }
    }

    /// <summary>Keeps items back, and sends many of them at once after a while that is no item's turn.</summary>
    private static async Coroutine Later(Inbox<int> items, Target<int> next)
    {
        var kept = new Queue<int>();
        while (await items.TryReceiveAsync(kept.Count == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(1)) is var received && (received.IsItem || !received.IsClosed))
        {
            if (received.IsItem)
            {
                kept.Enqueue(received.Item);
            }
            else
            {
                while (kept.TryDequeue(out var item))
                {
                    await next.SendAsync(item);
                }
            }
        }

        while (kept.TryDequeue(out var item))
        {
            await next.SendAsync(item);
        }
    }
}
