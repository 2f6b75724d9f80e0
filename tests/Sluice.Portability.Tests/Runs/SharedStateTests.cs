using System.Collections.Immutable;

namespace Sluice.Tests;

/// <summary>Rule 20: identity is kept within a node and within a key, so an object that can change and that two of them keep is refused at the first mark that sees it.</summary>
[Collection(nameof(MarkedRun))]
public sealed class SharedStateTests
{
    private static readonly List<int> s_common = [];

    [Fact]
    public async Task Rule_20_An_object_that_two_nodes_keep_is_refused_with_both_names_and_the_ways()
    {
        var error = await Assert.ThrowsAsync<NotPortableException>(() => Mark(Items(static i => new List<int> { i }).Through(Branches<List<int>>()).Select(static list => list.Count)));

        Assert.Contains("The same 'System.Collections.Generic.List`1[System.Int32]' is kept by two nodes", error.Message, StringComparison.Ordinal);
        Assert.Contains("by 'one' in the variable 'last' of 'Keep'", error.Message, StringComparison.Ordinal);
        Assert.Contains("by 'other' in the variable 'last' of 'Keep'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule_20_A_structure_with_a_collection_counts_too() =>
        Assert.Contains("The same 'Sluice.Tests.SharedStateTests+Named' is kept by two nodes", (await Assert.ThrowsAsync<NotPortableException>(() => Mark(Items(static i => new Named("a", [i])).Through(Branches<Named>()).Select(static item => item.Items.Count)))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Rule_20_An_object_that_two_keys_share_is_refused()
    {
        s_common.Clear();

        var error = await Assert.ThrowsAsync<NotPortableException>(() => Mark(Items(static i => i).ForEachKey<int, int, int>(static item => item % 2, static (_, items, next) => Common(items, next))));

        Assert.Contains("is kept by two keys of 'ForEachKey'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'common' of 'Common'", error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Values => ["texts", "records", "immutable arrays", "windows", "empty arrays", "delegates"];

    [Theory]
    [MemberData(nameof(Values))]
    public Task Rule_20_Values_that_cannot_change_may_be_kept_by_several(string what) => what switch
    {
        "texts" => Mark(Items(static i => string.Concat("text", i.ToString(System.Globalization.CultureInfo.InvariantCulture))).Through(Branches<string>()).Select(static item => item.Length)),
        "records" => Mark(Items(static i => new Value(i, "a", new(i, "b", null))).Through(Branches<Value>()).Select(static item => item.Number)),
        "immutable arrays" => Mark(Items(static i => new Immutable(ImmutableArray.Create(i, 2))).Through(Branches<Immutable>()).Select(static item => item.Items.Length)),
        "windows" => Mark(Items(static i => i).TumblingWindow(static i => DateTimeOffset.UnixEpoch.AddSeconds(i), TimeSpan.FromSeconds(1)).Through(Branches<Window<int>>()).Select(static item => item.Items.Count)),
        "empty arrays" => Mark(Items(static _ => Array.Empty<int>()).Through(Branches<int[]>()).Select(static item => item.Length)),
        _ => Mark(Items<Func<int>>(static _ => static () => 3).Through(Branches<Func<int>>()).Select(static item => item())),
    };

    [Fact]
    public Task Rule_20_Each_key_may_keep_what_is_its_own() =>
        Mark(Items(static i => i).ForEachKey<int, int, int>(static item => item % 2, static (_, items, next) => Own(items, next)).Through(Stage.Create<int, int>(static (items, next) => Own(items, next))));

    private static Source<T> Items<T>(Func<int, T> make) => Source.From(Enumerable.Range(0, 200).ToArray()).Select(MarkedRun.Count).Select(make);

    private static Stage<T, T> Branches<T>() => Stage.Broadcast(Stage.Create<T, T>(static (items, next) => Keep(items, next), "one"), Stage.Create<T, T>(static (items, next) => Keep(items, next), "other"));

    private static async Task Mark(Source<int> source)
    {
        var (_, stored) = await MarkedRun.Run(source.To(Sink.ToList<int>()), null, 10, endsAtMark: true);
        Assert.NotNull(stored);
    }

    private static async Coroutine Keep<T>(Inbox<T> items, Target<T> next)
    {
        var last = default(T);
        await foreach (var item in items)
        {
            if (last is not null)
            {
                await next.SendAsync(last);
            }

            last = item;
        }
    }

    private static async Coroutine Common(Inbox<int> items, Target<int> next)
    {
        var common = s_common;
        await foreach (var item in items)
        {
            common.Add(item);
            await next.SendAsync(common.Count);
        }
    }

    private static async Coroutine Own(Inbox<int> items, Target<int> next)
    {
        var own = new List<int>();
        await foreach (var item in items)
        {
            own.Add(item);
            await next.SendAsync(own.Count);
        }
    }

    private sealed record Named(string Name, List<int> Items);

    private sealed record Value(int Number, string Name, Value? Inner);

    private sealed record Immutable(ImmutableArray<int> Items);
}
