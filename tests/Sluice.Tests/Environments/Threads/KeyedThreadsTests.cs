namespace Sluice.Tests;

/// <summary>Threads that share the items out by key.</summary>
public sealed class KeyedThreadsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Each_key_stays_with_one_thread_whose_stages_see_its_items_in_order(int count)
    {
        var pipeline = Source.From(Enumerable.Range(0, 3_000))
            .On(Env.Threads(count, static (int item) => item % 7))
            .Through<(int Key, int Last, int Thread)>(CountByKey)
            .On(Env.Caller)
            .To(Sink.ToList<(int Key, int Last, int Thread)>());

        var counted = await Wait.For(pipeline.RunAsync());

        Assert.Equal(3_000, counted.Count);
        Assert.All(counted.GroupBy(static item => item.Key), static key =>
        {
            Assert.Single(key.Select(static item => item.Thread).Distinct());
            Assert.Equal(Enumerable.Range(1, key.Count()), key.Select(static item => item.Last));
        });
        Assert.Equal(count, counted.Select(static item => item.Thread).Distinct().Count());
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, counted.Select(static item => item.Thread));
    }

    [Fact]
    public async Task A_key_has_the_same_part_in_every_run_and_it_is_that_of_the_stable_hash()
    {
        string[] texts = [.. Enumerable.Range(0, 60).Select(static i => $"key {i}")];
        var pipeline = Source.From(Enumerable.Repeat(texts, 3).SelectMany(static all => all))
            .On(Env.Threads(3, static (string text) => text)).Select(static text => (text, Environment.CurrentManagedThreadId))
            .On(Env.Threads(3, static ((string Text, int) item) => item.Text)).Select(static item => (item.Item1, First: item.Item2, Second: Environment.CurrentManagedThreadId))
            .On(Env.Caller).To(Sink.ToList<(string Text, int First, int Second)>());

        var expected = texts.GroupBy(static text => StableHash.PartOf(text, 3)).Select(static part => string.Join(", ", part.Order())).Order();
        for (var run = 0; run < 3; run++)
        {
            var items = await Wait.For(pipeline.RunAsync());

            Assert.Equal(180, items.Count);
            Assert.Equal(3, items.Select(static item => (item.First, item.Second)).Distinct().Count());
            Assert.Equal(expected, items.GroupBy(static item => item.Second).Select(static part => string.Join(", ", part.Select(static item => item.Text).Distinct().Order())).Order());
        }
    }

    [Fact]
    public async Task Two_pools_behind_each_other_share_out_by_their_own_keys()
    {
        var pipeline = Source.From(Enumerable.Range(0, 400))
            .On(Env.Threads(2, static (int item) => (item % 2) + 1)).Select(static item => (item, First: Environment.CurrentManagedThreadId))
            .On(Env.Threads(2, static ((int Item, int) item) => (item.Item / 200) + 1)).Select(static item => (item.item, item.First, Second: Environment.CurrentManagedThreadId))
            .On(Env.Caller).To(Sink.ToList<(int Item, int First, int Second)>());

        var items = await Wait.For(pipeline.RunAsync());

        Assert.Equal(Enumerable.Range(0, 400), items.Select(static item => item.Item).Order());
        Assert.Equal(4, items.Select(static item => (item.First, item.Second)).Distinct().Count());
    }

    [Fact]
    public async Task Texts_that_a_comparer_takes_for_equal_go_to_the_same_thread()
    {
        var seen = await Wait.For(Source.From(Enumerable.Range(0, 400).Select(static i => i % 2 == 0 ? $"key {i % 40 / 2}" : $"KEY {i % 40 / 2}"))
            .On(Env.Threads(3, static (string text) => text, StringComparer.OrdinalIgnoreCase))
            .Select(static text => (Text: text.ToLowerInvariant(), Environment.CurrentManagedThreadId))
            .On(Env.Caller).Distinct().To(Sink.ToList<(string Text, int Thread)>()).RunAsync());

        Assert.Equal(20, seen.Count);
        Assert.Equal(3, seen.Select(static item => item.Thread).Distinct().Count());
    }

    [Fact]
    public async Task A_thread_without_items_ends_with_the_others_and_a_thread_that_wants_no_more_drops_its_own_items_only()
    {
        var idle = await Wait.For(Source.From(Enumerable.Range(0, 1_000)).On(Env.Threads(3, static (int _) => 0)).Select(static item => item).On(Env.Caller).To(Sink.ToList<int>()).RunAsync());
        Assert.Equal(Enumerable.Range(0, 1_000), idle);

        var taken = await Wait.For(Source.From(Enumerable.Range(0, 10_000)).On(Env.Threads(2, static (int item) => item % 2 == 0 ? 1 : 2, capacity: 8)).TakeWhile(static item => item != 10)
            .On(Env.Caller).To(Sink.ToList<int>()).RunAsync());
        Assert.Equal(1, StableHash.PartOf(1, 2) + StableHash.PartOf(2, 2)); // the two keys are of different threads
        Assert.Equal([0, 2, 4, 6, 8], taken.Where(static item => item % 2 == 0));
        Assert.Equal(Enumerable.Range(0, 5_000).Select(static i => (2 * i) + 1), taken.Where(static item => item % 2 != 0));
    }

    [Fact]
    public async Task An_error_that_is_thrown_in_is_raised_in_each_thread_at_its_place()
    {
        var seen = await Wait.For(Source.From(Enumerable.Range(0, 100)).Through<int>(static async (items, next) =>
        {
            await foreach (var item in items)
            {
                await (item == 50 ? next.ThrowAsync(new FormatException("not 50")) : next.SendAsync(item));
            }
        }).On(Env.Threads(3, static (int item) => item)).Through<string>(static async (items, next) =>
        {
            var before = true;
            while (true)
            {
                var text = "";
                try
                {
                    var item = await items.ReceiveAsync();
                    text = before == item < 50 ? "item" : $"{item} is on the wrong side";
                }
                catch (FormatException error)
                {
                    (text, before) = (error.Message, false);
                }

                await next.SendAsync(text);
            }
        }).On(Env.Caller).To(Sink.CountBy<string, string>(static text => text)).RunAsync());

        Assert.Equal([("item", 99), ("not 50", 3)], seen.Select(static text => (text.Key, (int)text.Value)).Order());
    }

    [Fact]
    public void A_key_without_a_stable_hash_and_wrong_numbers_are_refused_when_it_is_made()
    {
        var error = Assert.Throws<ArgumentException>(() => Env.Threads(2, static (int item) => new object()));
        Assert.Contains(nameof(IStableHash), error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>("keySelector", () => Env.Threads<int, int>(2, null!));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Env.Threads(0, static (int item) => item));
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => Env.Threads(1, static (int item) => item, capacity: 0));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => Env.Threads(0));
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => Env.Threads(1, capacity: 0));
        Assert.Equal(["1 thread", "2 threads", "3 threads"], new[] { Env.Threads(1), Env.Threads(2, static (int item) => item), Env.Threads(3, ordered: false) }.Select(static env => env.ToString()));
    }

    [Fact]
    public async Task A_key_for_other_items_is_an_error_that_names_both_types_and_who_sends()
    {
        var pool = Env.Threads(2, static (int item) => item);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Source.From([1]).Select(static item => $"{item}").On(pool).To(Stages.Drain).RunAsync());
        Assert.All(["'Select'", "System.String", "System.Int32", "2 threads"], text => Assert.Contains(text, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_key_selector_throws_fails_the_run()
    {
        var run = Source.From(Enumerable.Range(0, 10)).On(Env.Threads(2, static (int item) => 1 / (item - 5))).Select(static item => item).On(Env.Caller).To(Sink.Count<int>()).RunAsync();
        var error = await Assert.ThrowsAsync<DivideByZeroException>(() => Wait.For(run));
        Assert.Equal("From to 2 threads", error.Data["Sluice.Stage"]);
        Assert.Single(run.Exception!.InnerExceptions);
    }

    private static async Coroutine CountByKey(Inbox<int> items, Target<(int Key, int Last, int Thread)> next)
    {
        var counts = new Dictionary<int, int>();
        await foreach (var item in items)
        {
            var key = item % 7;
            counts[key] = counts.GetValueOrDefault(key) + 1;
            await next.SendAsync((key, counts[key], Environment.CurrentManagedThreadId));
        }
    }
}
