using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Tests;

/// <summary>With room for one key: what comes out is the sum of each row of items with the same key.</summary>
public sealed class ForEachKeyEvictionTests : OperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("ForEachKey", "x => x / 2");

    protected override Stage<int, int> Create() => Stage.ForEachKey<int, int, int>(x => x / 2, Sum, new() { MaxKeys = 1 });

    protected override Source<int> Extend(Source<int> source) => source.ForEachKey<int, int, int>(x => x / 2, Sum, new() { MaxKeys = 1 });

    protected override int ItemsFor(int outputs) => 2 * outputs;

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items)
    {
        var (key, sum) = (-1, 0);
        foreach (var item in items)
        {
            if (key >= 0 && key != item / 2)
            {
                yield return sum;
                sum = 0;
            }

            key = item / 2;
            sum += item;
        }

        if (items.Count > 0)
        {
            yield return sum;
        }
    }

    [Theory]
    [InlineData("abac", "a b a -b c -a -c")]
    [InlineData("abcab", "a b -a c -b a -c b -a -b")]
    [InlineData("aab", "a a b -a -b")]
    public async Task The_key_whose_last_item_is_the_longest_ago_is_closed_before_the_new_one_starts(string items, string expected) =>
        Assert.Equal(expected, string.Join(' ', await ListOf(Source.From(items).ForEachKey<char, char, string>(x => x, PassAndEnd, new() { MaxKeys = 2 }))));

    [Fact]
    public async Task A_key_that_is_only_remembered_counts_and_is_forgotten_too()
    {
        var source = Source.From("abaXYa").ForEachKey<char, char, char>(x => x, async (_, items, next) => await next.SendAsync(await items.ReceiveAsync()), new() { MaxKeys = 2 });

        Assert.Equal("abXYa", string.Concat(await ListOf(source)));
    }

    [Fact]
    public async Task The_next_item_waits_for_the_key_that_is_closed_to_finish()
    {
        var (numbers, signal) = (new Numbers(), new Signal());
        var run = Source.From(numbers.Endless()).ForEachKey<int, int, int>(x => x, async (_, items, next) =>
        {
            var item = await items.ReceiveAsync();
            await foreach (var more in items)
            {
            }

            await signal.Task;
            await next.SendAsync(item);
        }, new() { MaxKeys = 3 }).Take(4).To(Sink.ToList<int>()).RunAsync();
        Assert.Equal(4, numbers.Produced);

        signal.Set();

        Assert.Equal([1, 2, 3, 4], await Wait.For(run));
        Assert.Equal((7, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task A_failure_while_a_key_is_closed_carries_that_key()
    {
        var (cause, notes) = (new FormatException(), new List<string>());
        var run = Source.From("abc").ForEachKey<char, char, char>(x => x, async (key, items, _) =>
        {
            try
            {
                await Stages.Drain(items);
            }
            finally
            {
                notes.Add($"{key}");
            }

            throw cause;
        }, new() { MaxKeys = 2 }).Named("bad").To(Sink.Count<char>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal(("bad", 'a'), (cause.Data["Sluice.Stage"], cause.Data["Sluice.Key"]));
        Assert.Equal(["a", "b"], notes);
    }

    [Fact]
    public async Task Whatever_the_keys_and_their_limit_nothing_is_lost_or_doubled_and_each_key_keeps_its_order()
    {
        var inputs = (from keys in Gen.Choose(0, 6).ArrayOf()
                      from max in Gen.Choose(1, 8)
                      from waits in Gen.Choose(0, 1)
                      select (keys, max: max == 8 ? (int?)null : max, waits)).ToArbitrary();
        var property = Prop.ForAll(inputs, input =>
        {
            var items = input.keys.Select((key, index) => (Key: key, Index: index)).ToList();
            var live = 0;
            var source = Source.From(items).ForEachKey<(int Key, int Index), int, (int Key, int Index)>(item => item.Key, Hold, new() { MaxKeys = input.max });
            var seen = ListOf(source).GetAwaiter().GetResult();

            Assert.Equal(items, seen.OrderBy(item => item.Index));
            Assert.All(seen.GroupBy(item => item.Key), row => Assert.Equal(row.Order(), row));
            return live == 0;

            // Keeps what it gets until it is closed, so that a key that is not closed is missing.
            async Coroutine Hold(int key, Inbox<(int Key, int Index)> inbox, Target<(int Key, int Index)> next)
            {
                var held = new List<(int Key, int Index)>();
                Assert.True(++live <= (input.max ?? int.MaxValue));
                await foreach (var item in inbox)
                {
                    Assert.Equal(key, item.Key);
                    held.Add(item);
                    if (input.waits == 1)
                    {
                        await Task.Yield();
                    }
                }

                live--;
                foreach (var item in held)
                {
                    await next.SendAsync(item);
                }
            }
        });

        await Wait.For(Task.Run(() => Seed.Check(200, property)), "all cases");
    }

    private static async Coroutine Sum(int key, Inbox<int> items, Target<int> next)
    {
        var sum = 0;
        await foreach (var item in items)
        {
            sum += item;
        }

        await next.SendAsync(sum);
    }

    private static async Coroutine PassAndEnd(char key, Inbox<char> items, Target<string> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync($"{item}");
        }

        await next.SendAsync($"-{key}");
    }
}
