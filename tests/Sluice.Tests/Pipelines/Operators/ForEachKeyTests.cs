namespace Sluice.Tests;

public sealed class ForEachKeyTests : OperatorWithCodeContract<int>
{
    protected override (string Name, string? Detail) Shown => ("ForEachKey", "x => x % 3");

    protected override Stage<int, int> Create(Func<int, int> look) => Stage.ForEachKey<int, int, int>(x => look(x) % 3, Pass);

    protected override Source<int> Extend(Source<int> source) => source.ForEachKey<int, int, int>(x => x % 3, Pass);

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;

    private static Coroutine Pass(int key, Inbox<int> items, Target<int> next) => Stages.Pass(items, next);

    /// <summary>Numbers the letters of a key, and says how many there were when it ends.</summary>
    private static async Coroutine Number(char key, Inbox<char> items, Target<string> next)
    {
        var count = 0;
        await foreach (var item in items)
        {
            await next.SendAsync($"{item}{++count}");
        }

        await next.SendAsync($"{key}={count}");
    }

    [Fact]
    public async Task Each_key_has_a_coroutine_with_its_own_state_and_they_are_closed_in_the_order_of_their_first_items() =>
        Assert.Equal("b1 a1 b2 c1 a2 b=2 a=2 c=1", await TextOf("babca", Number));

    [Fact]
    public async Task A_comparer_tells_which_keys_are_the_same()
    {
        var source = Source.From(["a", "b", "A"]).ForEachKey<string, string, string>(text => text, Count, comparer: StringComparer.OrdinalIgnoreCase);
        Assert.Equal(["a=2", "b=1"], await ListOf(source));

        static async Coroutine Count(string key, Inbox<string> items, Target<string> next)
        {
            var count = 0;
            await foreach (var item in items)
            {
                count++;
            }

            await next.SendAsync($"{key}={count}");
        }
    }

    [Fact]
    public async Task A_type_that_says_what_is_sent_need_not_be_written_twice()
    {
        var source = Source.From("aab").ForEachKey(letter => letter, (char key, Inbox<char> items, Target<string> next) => Number(key, items, next));

        Assert.Equal(["a1", "a2", "b1", "a=2", "b=1"], await ListOf(source));
    }

    [Fact]
    public async Task Items_of_a_key_whose_coroutine_has_ended_are_dropped() =>
        Assert.Equal("a1 b1 a2 b2", await TextOf("abaabab", FirstTwo));

    [Fact]
    public async Task Or_start_another_coroutine() =>
        Assert.Equal("a1 b1 a2 a1 b2 a2 b1", await TextOf("abaabab", FirstTwo, new() { WhenEnded = EndedKey.StartAgain }));

    [Theory]
    [InlineData(EndedKey.DropItems, 1)]
    [InlineData(EndedKey.StartAgain, 3)]
    public async Task A_coroutine_that_ends_before_it_receives_has_taken_nothing(EndedKey whenEnded, int expectedStarts)
    {
        var starts = 0;
        Assert.Equal("", await TextOf("aaa", (_, _, _) => Nothing(), new() { WhenEnded = whenEnded }));
        Assert.Equal(expectedStarts, starts);

        async Coroutine Nothing() => starts++;
    }

    [Fact]
    public async Task Keys_that_start_again_and_others_are_closed_in_the_order_of_their_first_items()
    {
        var text = await TextOf("abcaXbYd", async (key, items, next) =>
        {
            await items.ReceiveAsync();
            if (key == 'a')
            {
                return;
            }

            await Number(key, items, next);
        }, new() { WhenEnded = EndedKey.StartAgain });

        Assert.Equal("b1 b=1 c=0 X=0 Y=0 d=0", text);
    }

    [Fact]
    public async Task A_coroutine_that_waits_keeps_the_items_of_all_keys_waiting()
    {
        var (numbers, signal) = (new Numbers(), new Signal());
        var run = Source.From(numbers.Endless()).ForEachKey<int, int, int>(x => x % 3, async (key, items, next) =>
        {
            await foreach (var item in items)
            {
                await (item == 4 ? signal.Task : Task.CompletedTask);
                await next.SendAsync(item);
            }
        }).Take(7).To(Sink.ToList<int>()).RunAsync();
        Assert.Equal(4, numbers.Produced);

        signal.Set();

        Assert.Equal(Items(7), await Wait.For(run));
    }

    [Fact]
    public async Task An_item_of_a_known_key_allocates_nothing()
    {
        var (before, after) = (0L, 0L);
        await Wait.For(Source.From(Numbers()).ForEachKey<int, int, int>(x => x % 10, Pass, new() { MaxKeys = 10 }).To(Sink.Count<int>()).RunAsync());
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

    [Fact]
    public void Missing_arguments_and_values_out_of_range_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("keySelector", () => Stage.ForEachKey<int, int, int>(null!, Pass));
        Assert.Throws<ArgumentNullException>("stage", () => Stage.ForEachKey(x => x, (Func<int, Inbox<int>, Target<int>, Coroutine>)null!));
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new KeyedOptions { MaxKeys = 0 });
        Assert.Throws<ArgumentOutOfRangeException>("value", () => new KeyedOptions { WhenEnded = (EndedKey)2 });
    }

    private static async Coroutine FirstTwo(char key, Inbox<char> items, Target<string> next)
    {
        await next.SendAsync($"{await items.ReceiveAsync()}1");
        await next.SendAsync($"{await items.ReceiveAsync()}2");
    }

    private static async Task<string> TextOf(string items, Func<char, Inbox<char>, Target<string>, Coroutine> stage, KeyedOptions? options = null) =>
        string.Join(' ', await ListOf(Source.From(items).ForEachKey(item => item, stage, options)));
}
