namespace Sluice.Tests.Portability;

/// <summary>The library's own operators keep their state in a snapshot: at every item the copy goes on as the original.</summary>
public sealed class StageSnapshotTests
{
    public static TheoryData<string, Stage<int, string>> Stages
    {
        get
        {
            var text = Stage.Select<int, string>(item => $"{item}");
            return new()
            {
                { "Where", Stage.Where<int>(item => item % 2 == 0) | text },
                { "Scan", Stage.Scan<int, int>(0, (sum, item) => sum + item) | text },
                { "Distinct", Stage.Distinct<int>() | text },
                { "DistinctUntilChanged", Stage.DistinctUntilChanged<int>() | text },
                { "Pairwise", Stage.Pairwise<int>() | Stage.Select<(int, int), string>(pair => $"{pair}") },
                { "Skip", Stage.Skip<int>(2) | text },
                { "SkipWhile", Stage.SkipWhile<int>(item => item < 3) | text },
                { "Chunk", Stage.Chunk<int>(2) | Stage.Select<int[], string>(chunk => string.Join('+', chunk)) },
                { "SlidingWindow", Stage.SlidingWindow<int>(2, 1) | Stage.Select<int[], string>(chunk => string.Join('+', chunk)) },
                { "SelectMany", Stage.SelectMany<int, int>(item => Enumerable.Repeat(item, 2)) | text },
                { "Take", Stage.Take<int>(100) | text },
                { "ForEachKey", Stage.ForEachKey<int, int, string>(item => item % 3, Number) },
                { "ForEachKey with limits", Stage.ForEachKey<int, int, string>(item => item % 3, Number, new KeyedOptions { MaxKeys = 2, IdleTimeout = TimeSpan.FromHours(1) }) },
            };
        }
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task At_every_item_the_copy_goes_on_as_the_original(string name, Stage<int, string> stage)
    {
        int[] items = [1, 1, 2, 5, 3, 2, 2, 7, 9, 4];
        var whole = new List<string>();
        var one = stage.Start(new Collector(whole));
        foreach (var item in items)
        {
            await one.SendAsync(item);
        }

        await one.CloseAsync();
        Assert.NotEmpty(whole);

        var parts = new List<string>();
        var collector = new Collector(parts);
        var options = new SnapshotOptions { Outside = { ["out"] = collector } };
        var target = stage.Start(collector);
        foreach (var item in items)
        {
            target = Copies.Of(await target.MoveAsync(options), options).Resume<int>();
            await target.SendAsync(item);
        }

        await Copies.Of(await target.MoveAsync(options), options).Resume<int>().CloseAsync();
        Assert.True(whole.SequenceEqual(parts), $"{name}: {string.Join(' ', parts)} instead of {string.Join(' ', whole)}");
    }

    [Fact]
    public void Branches_run_in_pipelines_only()
    {
        var stage = Stage.Broadcast(Stage.Select<int, string>(item => $"{item}"), Stage.Select<int, string>(item => $"-{item}"));

        var error = Assert.Throws<InvalidOperationException>(() => stage.Start(new Collector([])));

        Assert.Contains("pipelines only", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_that_fails_by_hand_fails_its_sender()
    {
        var target = Stage.Select<int, string>(item => item > 1 ? throw new FormatException("two") : "one").Start(new Collector([]));
        await target.SendAsync(1);

        await Assert.ThrowsAsync<FormatException>(() => target.SendAsync(2).AsTask());
        await Assert.ThrowsAsync<TargetClosedException>(() => target.SendAsync(1).AsTask());
    }

    private static async Coroutine Number(int key, Inbox<int> items, Target<string> next)
    {
        var count = 0;
        await foreach (var item in items)
        {
            await next.SendAsync($"{key}/{++count}:{item}");
        }

        await next.SendAsync($"{key} had {count}");
    }

    private sealed class Collector(List<string> items) : Target<string>
    {
        public override ValueTask SendAsync(string item)
        {
            items.Add(item);
            return default;
        }

        public override ValueTask ThrowAsync(Exception error) => ValueTask.FromException(error);

        public override ValueTask CloseAsync() => default;
    }
}
