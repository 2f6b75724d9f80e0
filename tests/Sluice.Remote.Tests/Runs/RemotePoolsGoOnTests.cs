using static Sluice.Tests.CutPools;

namespace Sluice.Tests;

/// <summary>A run with pools whose members are elsewhere that is cut at a mark goes on in a fresh run, with fresh members, and gives what an undisturbed one gives (rule 13).</summary>
[Collection(nameof(MarkedRun))] // which is one for the process
public sealed class RemotePoolsGoOnTests : IDisposable
{
    private const int Few = 4;

    private static readonly Dictionary<string, Func<RemotePoolsGoOnTests, Source<int>, Source<int>>> s_pipelines = new()
    {
        ["by key"] = static (pools, source) => Counted(source.On(pools.ByKey(3))).ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next)).On(Env.Caller),
        ["more members than keys"] = static (pools, source) => source.On(pools.ByKey(6)).ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next)).On(Env.Caller),
        ["members that end early"] = static (pools, source) => source.On(pools.ByKey(3)).ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next)).Take(9).On(Env.Caller),
        ["one member"] = static (pools, source) => source.On(pools.ByKey(1)).Scan(0, static (sum, item) => sum + item).On(Env.Caller),
        ["a buffer"] = static (pools, source) => Counted(source.On(pools.ByKey(3))).Buffer(5).On(Env.Caller),
        ["slow calls"] = static (pools, source) => source.On(pools.ByKey(3)).SelectAsync(static async (item, _) => { await Task.Yield(); return item; }, 2).On(Env.Caller),
        ["behind another one"] = static (pools, source) => Counted(source.On(pools.ByKey(3)).ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next)).On(pools.ByKey(2, static item => Math.Abs(item) / 1000))).ForEachKey<int, int, int>(static item => Math.Abs(item) / 1000, static (key, items, next) => SumsOf(key, items, next)).On(Env.Caller),
        ["behind threads in turns"] = static (pools, source) => source.On(Env.Threads(3, capacity: Few)).Scan(0, static (sum, item) => sum + item).On(pools.ByKey(3)).ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next)).On(Env.Caller),
        ["behind threads by room"] = static (pools, source) => source.On(Env.Threads(3, ordered: false, capacity: Few)).Select(static item => item + 1).On(pools.ByKey(2)).ForEachKey<int, int, int>(static item => item, static (key, items, next) => SumsOf(key, items, next)).On(Env.Caller),
        ["behind threads by key"] = static (pools, source) => source.On(Env.Threads(3, static (int item) => item % 5, capacity: Few)).ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next)).On(pools.ByKey(2, static item => Math.Abs(item) / 1000)).ForEachKey<int, int, int>(static item => Math.Abs(item) / 1000, static (key, items, next) => SumsOf(key, items, next)).On(Env.Caller),
        ["before threads in turns"] = static (pools, source) => source.On(pools.ByKey(3)).Select(static item => item + 1).On(Env.Threads(2, capacity: Few)).Select(static item => item * 2).On(Env.Caller),
        ["before threads by key"] = static (pools, source) => source.On(pools.ByKey(3)).Select(static item => item + 1).On(Env.Threads(2, static (int item) => item % 5, capacity: Few)).ForEachKey<int, int, int>(static item => item, static (key, items, next) => SumsOf(key, items, next)).On(Env.Caller),
        ["between other listeners"] = static (pools, source) => Counted(source.On(pools._tcp.Make(3)).Scan(0, static (sum, item) => sum + item).On(pools.ByKey(3))).ForEachKey<int, int, int>(static item => item % 5, static (key, items, next) => SumsOf(key, items, next)).On(pools._tcp.Make(2)).Select(static item => item * 2).On(Env.Caller),
        ["branches in a pool"] = static (pools, source) => source.On(pools.ByKey(3)).Through(Stage.Broadcast(Stage.Select<int, int>(static item => item), Stage.Scan<int, int>(0, static (sum, item) => sum + (item % 5)))).On(Env.Caller),
        ["a merge behind a pool"] = static (pools, source) => Source.Merge(source.On(pools.ByKey(3)).Select(static item => 2 * item).On(Env.Caller), Source.From(Numbers(25)).Select(MarkedRun.Count).Scan(0, static (sum, item) => sum + item)),
        ["a join of two pools"] = static (pools, source) => source.On(pools.ByKey(2)).Select(static item => item % 10).On(Env.Caller).Join(Source.From(Numbers(30)).On(pools.ByKey(2)).Select(static item => item % 10).On(Env.Caller), static one => one, static other => other, TimeSpan.FromHours(1), static (one, other) => one + other, 1000),
        ["the same pool twice"] = static (pools, source) => InOnePool(source, pools.ByKey(3)),
        ["errors that are thrown in"] = static (pools, source) => source.Through<int>(static (items, next) => ThrowOften(items, next)).On(pools.ByKey(3)).Through<int>(static (items, next) => CountErrors(items, next)).On(Env.Caller),
    };

    private readonly TcpPlace _tcp = new();

    public static TheoryData<string> Pipelines => [.. s_pipelines.Keys];

    public void Dispose() => _tcp.Dispose();

    [Theory]
    [MemberData(nameof(Pipelines))]
    public Task Rule13_a_run_goes_on_behind_a_mark_through_its_pools(string pipeline) => GoOn(source => s_pipelines[pipeline](this, source), isOrdered: false, static _ => -1, every: 5);

    [Theory]
    [MemberData(nameof(Pipelines))]
    public Task Rule13f_a_mark_that_is_given_up_in_a_pool_does_no_harm_to_the_next(string pipeline) => GoOn(source => s_pipelines[pipeline](this, source), isOrdered: false, static at => at % 4, every: 5);

    private KeyedPoolEnv<int, int> ByKey(int count, Func<int, int>? key = null) =>
        new($"{count} listeners", Few, [.. Enumerable.Range(0, count).Select(_ => _tcp.Make(Few))], key ?? (static item => item % 5), null);
}
