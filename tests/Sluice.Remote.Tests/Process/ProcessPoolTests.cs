namespace Sluice.Tests;

/// <summary>Worker processes that share the items out by key.</summary>
[Trait("Category", "Process")]
[Trait("Configuration", "Release")]
public sealed class ProcessPoolTests
{
    private static Env Pool<T, TKey>(int count, Func<T, TKey> key) => Env.Processes(count, key, new ProcessOptions { StartupTimeout = Wait.Limit });

    [Fact]
    public async Task Each_key_stays_with_one_worker_whose_stages_see_its_items_in_order()
    {
        var pipeline = Source.From(Enumerable.Range(0, 3_000))
            .On(Pool(3, static (int item) => item % 7))
            .Through<(int Key, int Last, int Worker)>(CountByKey)
            .On(Env.Caller)
            .To(Sink.ToList<(int Key, int Last, int Worker)>());

        var counted = await Wait.For(pipeline.RunAsync());

        Assert.Equal(3_000, counted.Count);
        Assert.All(counted.GroupBy(static item => item.Key), static key =>
        {
            Assert.Single(key.Select(static item => item.Worker).Distinct());
            Assert.Equal(Enumerable.Range(1, key.Count()), key.Select(static item => item.Last));
        });
        Assert.Equal(3, counted.Select(static item => item.Worker).Distinct().Count());
        Assert.DoesNotContain(Environment.ProcessId, counted.Select(static item => item.Worker));
    }

    [Fact]
    public async Task Stages_and_sinks_without_a_result_run_in_each_worker_and_the_run_counts_all_of_them()
    {
        var pipeline = Source.From(Enumerable.Range(0, 1_000)).On(Pool(2, static (int item) => item)).Select(static item => item + 1).To(Stages.Drain);
        var run = await Wait.For(pipeline.StartAsync(new RunOptions { CountItems = true }));
        await Wait.For(run.Completion);

        Assert.Equal([("From", 0, 1_000), ("Select", 1_000, 1_000), ("Drain", 1_000, 0)], run.Nodes.Select(static node => (node.Name, (int)node.ItemsIn, (int)node.ItemsOut)));
        Assert.All(run.Nodes, static node => Assert.True(node.HasEnded));
    }

    [Fact]
    public async Task A_failure_in_one_worker_fails_the_run_with_the_stage_that_failed()
    {
        var pipeline = Source.From(Enumerable.Range(0, 1_000)).On(Pool(2, static (int item) => item))
            .Select(static item => item == 77 ? throw new FormatException("77") : item).Named("checked").To(Stages.Drain);

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(pipeline.RunAsync()));

        Assert.Equal("checked", error.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task Two_pools_behind_each_other_share_out_anew()
    {
        var pipeline = Source.From(Enumerable.Range(0, 400))
            .On(Pool(2, static (int item) => (item % 2) + 1)).Select(static item => (item, First: Environment.ProcessId))
            .On(Pool(2, static ((int Item, int) item) => (item.Item / 200) + 1)).Select(static item => (item.item, item.First, Second: Environment.ProcessId))
            .On(Env.Caller).To(Sink.ToList<(int Item, int First, int Second)>());

        var items = await Wait.For(pipeline.RunAsync());

        Assert.Equal(Enumerable.Range(0, 400), items.Select(static item => item.Item).Order());
        Assert.Equal(4, items.Select(static item => (item.First, item.Second)).Distinct().Count());
    }

    [Fact]
    public async Task A_text_reaches_the_same_member_of_each_pool_from_every_process_and_in_every_run()
    {
        string[] texts = [.. Enumerable.Range(0, 60).Select(static i => $"key {i}")];
        var pipeline = Source.From(Enumerable.Repeat(texts, 3).SelectMany(static all => all))
            .On(Pool(3, static (string text) => text)).Select(static text => (Text: text, First: Environment.ProcessId))
            .On(Pool(3, static ((string Text, int) item) => item.Text)).Select(static item => (item.Text, item.First, Second: Environment.ProcessId))
            .On(Env.Caller).To(Sink.ToList<(string Text, int First, int Second)>());

        var expected = texts.GroupBy(static text => StableHash.PartOf(text, 3)).Select(static part => string.Join(", ", part.Order())).Order();
        for (var run = 0; run < 2; run++)
        {
            var items = await Wait.For(pipeline.RunAsync());

            Assert.Equal(180, items.Count);
            Assert.Equal(3, items.Select(static item => (item.First, item.Second)).Distinct().Count());
            Assert.Equal(expected, items.GroupBy(static item => item.Second).Select(static part => string.Join(", ", part.Select(static item => item.Text).Distinct().Order())).Order());
        }
    }

    [Fact]
    public async Task A_sink_with_a_result_a_source_and_a_key_of_another_type_are_refused_before_anything_starts()
    {
        var items = Source.From(Enumerable.Range(0, 3));
        var pool = Pool(2, static (int item) => item);

        var result = await Assert.ThrowsAsync<InvalidOperationException>(() => items.On(pool).To(Sink.Count<int>()).RunAsync());
        Assert.Contains("'Count'", result.Message, StringComparison.Ordinal);
        Assert.Contains("On(Env.Caller)", result.Message, StringComparison.Ordinal);

        var source = await Assert.ThrowsAsync<InvalidOperationException>(() => items.To(Stages.Drain).RunAsync(new RunOptions { Placement = { ["From"] = pool } }));
        Assert.Contains("'From'", source.Message, StringComparison.Ordinal);

        var type = await Assert.ThrowsAsync<InvalidOperationException>(() => items.Select(static item => item.ToString()).On(pool).To(Stages.Drain).RunAsync());
        Assert.Contains("System.String", type.Message, StringComparison.Ordinal);
    }

    private static async Coroutine CountByKey(Inbox<int> items, Target<(int Key, int Last, int Worker)> next)
    {
        var counts = new Dictionary<int, int>();
        await foreach (var item in items)
        {
            var key = item % 7;
            counts[key] = counts.GetValueOrDefault(key) + 1;
            await next.SendAsync((key, counts[key], Environment.ProcessId));
        }
    }
}
