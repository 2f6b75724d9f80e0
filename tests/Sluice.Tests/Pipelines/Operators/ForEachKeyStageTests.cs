namespace Sluice.Tests;

/// <summary>A stage, or several, for each key.</summary>
public sealed class ForEachKeyStageTests : OperatorWithCodeContract<int>
{
    private readonly List<string> _notes = [];

    protected override (string Name, string? Detail) Shown => ("ForEachKey", "x => x % 3: Pass");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.ForEachKey(x => look(x) % 3, Stage.Create<int, int>(Stages.Pass), (key, x) => x);

    protected override Source<int> Extend(Source<int> source) => source.ForEachKey(x => x % 3, Stage.Create<int, int>(Stages.Pass), (key, x) => x);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;

    [Fact]
    public async Task The_key_goes_with_each_result_and_each_key_has_its_own_state()
    {
        var sent = await ListOf(Source.From("babca").ForEachKey(letter => letter, Stage.Scan<char, int>(0, (count, _) => count + 1)));

        Assert.Equal([new('b', 1), new('a', 1), new('b', 2), new('c', 1), new('a', 2)], sent);
    }

    [Fact]
    public async Task What_several_stages_hold_goes_through_all_of_them_when_they_are_closed_in_the_order_of_first_items()
    {
        var stages = Stage.Select<int, int>(x => x) | Stage.Chunk<int>(2) | Stage.Chunk<int[]>(2) | Stage.Select<int[][], string>(all => string.Join(' ', all.Select(some => string.Join('+', some))));

        Assert.Equal(["1: 1+3 5+7", "0: 2+4 6+8", "1: 9"], await ListOf(Source.From(Items(9)).ForEachKey(x => x % 2, stages, (key, text) => $"{key}: {text}")));
    }

    [Fact]
    public async Task Branches_and_error_policies_hold_for_a_key()
    {
        var letters = new List<DeadLetter<int>>();
        var odd = Stage.Where<int>(x => x % 2 == 1);
        var flaky = Stage.Scan<int, int>(0, (sum, x) => x == 4 ? throw new FormatException() : sum + x).OnError(ErrorPolicy.Skip, letters.Add);

        Assert.Equal([1, 1, 1, 1, 2, 4, 5, 5, 6], await ListOf(Source.From([1, 1, 2, 4, 5, 6])
            .ForEachKey(x => x < 4 ? 0 : 1, Stage.Route([(x => x % 2 == 1, Stage.Broadcast(odd, odd))], otherwise: Stage.Select<int, int>(x => x)) | Stage.Select<int, int>(x => x), (_, x) => x)));
        Assert.Equal([(0, 1), (0, 3), (1, 5), (1, 11)], await ListOf(Source.From([1, 2, 4, 5, 6]).ForEachKey(x => x / 4, flaky, (key, sum) => (key, sum))));
        Assert.Equal([4], letters.Select(letter => letter.Item));
        Assert.Equal("Scan", letters[0].StageName);
    }

    [Theory]
    [InlineData(EndedKey.DropItems, "a1 b1 a2 b2")]
    [InlineData(EndedKey.StartAgain, "a1 b1 a2 a3 b2 a4 b3")]
    public async Task A_key_ends_with_any_of_its_stages_and_its_next_item_is_dropped_or_starts_others(EndedKey whenEnded, string expected)
    {
        foreach (var stages in (Stage<char, char>[])
            [Stage.Take<char>(2), Stage.Select<char, char>(x => x) | Stage.Take<char>(2), Stage.Take<char>(2) | Stage.Create<char, char>(Stages.Pass), Stage.Create<char, char>(Noting) | Stage.Take<char>(2) | Stage.Create<char, char>(Noting)])
        {
            _notes.Clear();
            var counts = new Dictionary<char, int>();
            var sent = await ListOf(Source.From("abaabab").ForEachKey(x => x, stages, (key, x) => $"{key}{counts[key] = counts.GetValueOrDefault(key) + 1}", new() { WhenEnded = whenEnded }));

            Assert.Equal(expected, string.Join(' ', sent));
            Assert.Equal(_notes.Count(note => note.EndsWith("starts", StringComparison.Ordinal)), _notes.Count(note => note.EndsWith("ends", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task An_item_of_a_key_whose_coroutine_has_ended_by_itself_before_it_starts_another()
    {
        await NoContext.Enter();
        var run = new TimedRun<int>(source => source.ForEachKey<int, int, int>(x => 0, FirstInTime, new() { WhenEnded = EndedKey.StartAgain }));

        run.Send(1);
        run.Pass(1); // it ends
        run.Send(2, 3);
        await run.End();

        Assert.Equal([1, 2, 3], run.Seen);

        static async Coroutine FirstInTime(int key, Inbox<int> items, Target<int> next)
        {
            while (await items.TryReceiveAsync(TimeSpan.FromSeconds(1)) is { IsItem: true } received)
            {
                await next.SendAsync(received.Item);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_key_that_fails_by_itself_fails_the_run_with_the_next_item_or_at_the_end(bool hasNext)
    {
        await NoContext.Enter();
        var cause = new FormatException();
        var run = new TimedRun<int>(source => source.ForEachKey(x => x, Stage.Select<int, int>(x => x) | Stage.Debounce<int>(TimeSpan.FromSeconds(1)) | Stage.Select<int, int>(_ => throw cause), (key, x) => x).Named("bad"));

        run.Send(1);
        run.Pass(1);
        run.Send(hasNext ? [1, 2] : []);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => run.End()));
        Assert.Equal(("bad", 1, "Select"), (cause.Data["Sluice.Stage"], cause.Data["Sluice.Key"], cause.Data["Sluice.InnerStage"]));
    }

    [Theory]
    [InlineData(0, "first")]
    [InlineData(1, "second")]
    [InlineData(2, "third")]
    public async Task A_failure_carries_the_key_and_the_stage_and_all_stages_end(int bad, string name)
    {
        var cause = new FormatException();
        var stages = Of(0, "first") | Of(1, "second") | Of(2, "third");
        var run = Source.From(Items(9)).ForEachKey(x => x % 3, stages).Named("keyed").To(Sink.Count<KeyValuePair<int, int>>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal(("keyed", 2, name), (cause.Data["Sluice.Stage"], cause.Data["Sluice.Key"], cause.Data["Sluice.InnerStage"]));
        Assert.Equal(9, _notes.Count(note => note.EndsWith("starts", StringComparison.Ordinal)));
        Assert.Equal(9, _notes.Count(note => note.EndsWith("ends", StringComparison.Ordinal)));

        Stage<int, int> Of(int at, string itsName) => Stage.Create<int, int>((items, next) => Noting(items, next, x => at == bad && x == 5 ? throw cause : x)).Named(itsName);
    }

    [Fact]
    public async Task What_the_selector_of_results_throws_is_a_failure_with_its_key()
    {
        var cause = new FormatException();
        var run = Source.From(Items(9)).ForEachKey(x => x % 3, Stage.Select<int, int>(x => x), (key, x) => x == 5 ? throw cause : x).Named("keyed").To(Sink.Count<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal(("keyed", 2), (cause.Data["Sluice.Stage"], cause.Data["Sluice.Key"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_early_end_behind_or_a_cancellation_ends_every_stage(bool cancels)
    {
        using var canceling = new CancellationTokenSource();
        var numbers = new Numbers();
        var stages = Stage.Create<int, int>(Noting) | Stage.Create<int, int>(Noting);
        var source = Source.From(numbers.Endless()).ForEachKey(x => x % 3, stages, (key, x) => x);
        if (cancels)
        {
            var run = source.Tap(x => (x == 5 ? canceling : null)?.Cancel()).To(Sink.Count<int>()).RunAsync(canceling.Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        }
        else
        {
            Assert.Equal(Items(5), await ListOf(source.Take(5)));
        }

        Assert.Equal((6, 6), (_notes.Count(note => note.EndsWith("starts", StringComparison.Ordinal)), _notes.Count(note => note.EndsWith("ends", StringComparison.Ordinal))));
        Assert.Equal(1, numbers.Ended);
    }

    [Fact]
    public async Task Keys_are_evicted_and_close_their_stages()
    {
        var sent = await ListOf(Source.From("abacbb").ForEachKey(x => x, Stage.Chunk<char>(9) | Stage.Select<char[], string>(some => new(some)), (key, text) => text, new() { MaxKeys = 2 }));

        Assert.Equal(["b", "aa", "c", "bb"], sent);
    }

    [Fact]
    public async Task Keys_within_keys_have_stages_too()
    {
        var inner = Stage.ForEachKey(x => x % 2, Stage.Scan<int, int>(0, (sum, x) => sum + x), (key, sum) => (key, sum));

        Assert.Equal([(1, (1, 1)), (1, (0, 4)), (2, (1, 5)), (1, (1, 4)), (1, (0, 12))], await ListOf(Source.From([11, 14, 25, 13, 18]).ForEachKey(x => x / 10, Stage.Select<int, int>(x => x % 10) | inner, (key, pair) => (key, pair))));
    }

    [Fact]
    public async Task An_item_of_a_known_key_allocates_nothing()
    {
        var (before, after) = (0L, 0L);
        await Wait.For(Source.From(Numbers()).ForEachKey(x => x % 10, Stage.Create<int, int>(Stages.Pass) | Stage.Create<int, int>(Stages.Pass), (key, x) => x).To(Sink.Count<int>()).RunAsync());
        Assert.Equal(0, after - before);

        IEnumerable<int> Numbers()
        {
            for (var i = 0; i < 30_000; i++)
            {
                before = i == 20_000 ? GC.GetAllocatedBytesForCurrentThread() : before;
                yield return i;
            }

            after = GC.GetAllocatedBytesForCurrentThread();
        }
    }

    /// <summary>The bytes for the start, an item and the end of a key, with what is garbage at once. The table does not grow.</summary>
    [Theory]
    [Trait("Configuration", "Release")]
    [InlineData("coroutine", 240)]
    [InlineData("stage", 450)]
    [InlineData("session", 900)]
    [InlineData("session of all", 950)]
    public async Task A_key_takes_little_memory(string kind, int limit)
    {
        const int Keys = 10_000;
        var (before, after) = (0L, 0L);
        var source = Source.From(Numbers());
        var options = new KeyedOptions { MaxKeys = 100 };
        var time = new EventTime<int>(x => TimedRun<int>.Start) { Scope = kind == "session" ? WatermarkScope.EachKey : WatermarkScope.AllKeys };
        var keyed = kind switch
        {
            "coroutine" => source.ForEachKey<int, int, int>(x => x, (_, items, next) => Stages.Pass(items, next), options),
            "stage" => source.ForEachKey(x => x, Stage.Create<int, int>(Stages.Pass), (_, x) => x, options),
            _ => source.ForEachKey(x => x, Stage.SessionWindow(time, TimeSpan.FromMinutes(1)), (_, window) => window.Items.Count, options),
        };

        Assert.Equal(3 * Keys, await Wait.For(keyed.To(Sink.Count<int>()).RunAsync()));

        Assert.InRange((after - before) / Keys, 50, limit);

        IEnumerable<int> Numbers()
        {
            for (var i = 0; i < 3 * Keys; i++)
            {
                before = i == 2 * Keys ? GC.GetAllocatedBytesForCurrentThread() : before;
                yield return i;
            }

            after = GC.GetAllocatedBytesForCurrentThread();
        }
    }

    [Fact]
    public void What_is_missing_or_too_long_is_refused_at_once()
    {
        var pass = Stage.Select<int, int>(x => x);
        Assert.Throws<ArgumentNullException>("keySelector", () => Stage.ForEachKey<int, int, int>(null!, pass));
        Assert.Throws<ArgumentNullException>("stage", () => Source.From([1]).ForEachKey(x => x, (Stage<int, int>)null!));
        Assert.Throws<ArgumentNullException>("result", () => Stage.ForEachKey(x => x, pass, (Func<int, int, int>)null!));
        var most = Enumerable.Repeat(pass, 99).Aggregate(pass, (all, one) => all | one);
        Assert.NotNull(Stage.ForEachKey(x => x, most));
        Assert.Throws<ArgumentException>("stage", () => Stage.ForEachKey(x => x, most | pass));
        Assert.Throws<ArgumentException>("stage", () => Stage.ForEachKey(x => x, Stage.ForEachKey(x => x, most, (_, x) => x)));
    }

    private Coroutine Noting<T>(Inbox<T> items, Target<T> next) => Noting(items, next, x => x);

    private async Coroutine Noting<T>(Inbox<T> items, Target<T> next, Func<T, T> look)
    {
        _notes.Add("starts");
        try
        {
            await foreach (var item in items)
            {
                await next.SendAsync(look(item));
            }
        }
        finally
        {
            _notes.Add("ends");
        }
    }
}
