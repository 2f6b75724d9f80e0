using System.Threading.Channels;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>Order, nothing lost, nothing twice.</summary>
public abstract partial class EnvironmentContract
{
    [Fact]
    public async Task Many_items_come_there_in_order_none_lost_none_twice()
    {
        Assert.Equal(_place.Many, await Wait.For(Last(There(Numbered(_place.Many))).To(Parts.CountInOrder).RunAsync()));
    }

    [Fact]
    public async Task Many_items_go_there_and_back_in_order_none_lost_none_twice()
    {
        Assert.Equal(_place.Many, await Wait.For(Back(There(Numbered(_place.Many)).Through<int>(Stages.Pass)).To(Parts.CountInOrder).RunAsync()));
    }

    [Fact]
    public async Task Items_keep_their_order_while_both_sides_wait_for_other_things()
    {
        var source = There(Source.Create<int>(static async (next, _) =>
        {
            for (var i = 0; i < 5_000; i++)
            {
                await (i % 3 == 0 ? Parts.BeAway() : Task.CompletedTask);
                await next.SendAsync(i);
            }
        }), Few).Through<int>(static async (items, next) =>
        {
            await foreach (var item in items)
            {
                await (item % 7 == 0 ? Parts.BeAway() : Task.CompletedTask);
                await next.SendAsync(item);
            }
        });

        Assert.Equal(5_000, await Wait.For(Back(source).To(Parts.CountInOrder).RunAsync()));
    }

    [Fact]
    public async Task An_item_arrives_though_no_other_follows()
    {
        var (items, arrived) = (Channel.CreateUnbounded<int>(), Channel.CreateUnbounded<int>());
        var run = Back(There(Source.From(items.Reader)).Through<int>(Stages.Pass)).To(Sink.WriteTo(arrived.Writer)).RunAsync();
        for (var i = 0; i < 200; i++)
        {
            Assert.True(items.Writer.TryWrite(i));
            Assert.Equal(i, await Wait.For(arrived.Reader.ReadAsync().AsTask(), $"item {i}"));
        }

        items.Writer.Complete();
        await Wait.For(run);
    }

    [Fact]
    public async Task An_input_without_items_ends_there_and_gives_a_result()
    {
        var post = Post;
        Assert.Equal(0, await Wait.For(Last(There(Numbered(0)).Through<int>((items, next) => Parts.PassSaying(items, next, post, "finally"))).To(Parts.CountInOrder).RunAsync()));
        Assert.Equal(["finally"], _lookout.Heard);
        Assert.Equal([-1], await ListOf(Back(There(Numbered(0)).Through<long>(Parts.Totals))));
    }

    [Fact]
    public async Task Items_of_64_megabytes_go_there_and_back()
    {
        var (large, small) = (Seed.Bytes(64 << 20), new byte[] { 1, 2, 3 });

        var seen = await ListOf(Back(There(Source.From([small, large, small])).Select(static item => Enumerable.Reverse(item).ToArray())));

        Assert.Equal(3, seen.Count);
        Assert.Equal([3, 2, 1], seen[0]);
        Assert.Equal([3, 2, 1], seen[2]);
        Array.Reverse(seen[1]);
        Assert.True(seen[1].AsSpan().SequenceEqual(large));
    }

    [Fact]
    public async Task Items_of_hardly_any_bytes_go_there_and_back()
    {
        var texts = Enumerable.Range(0, 20_000).Select(static i => (i % 4) switch { 0 => "", 1 => null, 2 => "x", _ => "\0" }).ToArray();
        Assert.Equal(texts, await ListOf(Back(There(Source.From(texts)).Through<string?>(Stages.Pass))));
        Assert.Equal(20_000, (await ListOf(Back(There(Source.From(new ValueTuple[20_000])).Through<ValueTuple>(Stages.Pass)))).Count);
    }

    [Fact]
    public async Task Items_of_all_shapes_go_there_and_back()
    {
        var day = new DateTime(2024, 2, 29, 12, 30, 0, DateTimeKind.Utc);
        object?[] items = [1, "two", null, 3.5, 4m, day, DayOfWeek.Friday, Guid.Empty, (5, "six"), new Order(7, "eight", [9, 10]), 'e', 1L << 40];
        Assert.Equal(items, await ListOf(Back(There(Source.From(items)).Through<object?>(Stages.Pass))));

        Order[] orders = [new(1, "a", []), new(2, null, [3]), new(3, "ü\n", [4, 5])];
        var seen = await ListOf(Back(There(Source.From(orders)).Select(static order => order with { Number = -order.Number })));
        Assert.Equal(orders.Select(static order => order with { Number = -order.Number }), seen);
    }

    [Fact]
    public async Task A_slow_sink_there_bounds_the_lead_of_the_source_by_the_capacity()
    {
        var post = Post;
        await AssertLead(_place.Boundaries * Few, source => There(source, Few).To(items => Parts.Ask(items, post)));
    }

    [Fact]
    public async Task A_slow_sink_here_bounds_the_lead_of_the_source_by_the_capacity_of_both_ways()
    {
        var post = Post;
        await AssertLead((_place.Boundaries * Few) + _place.RoomBack(Few), source => Back(There(source, Few).Through<int>(Stages.Pass)).To(items => Parts.Ask(items, post)));
    }

    /// <summary>Not one item less, not one more: the first item is held until the source is as far ahead as it may be.</summary>
    private async Task AssertLead(int expected, Func<Source<int>, Pipeline> build)
    {
        var count = (3 * expected) + 10;
        var lead = new Lead(expected);
        var run = build(Source.From(lead.Count(count))).RunAsync();
        for (var i = 1; i <= count; i++)
        {
            await _lookout.Hears($"item {i}");
            if (i == 1)
            {
                await Wait.For(lead.IsAhead, $"a lead of {expected}");
            }

            lead.AllowOne();
            _lookout.Allow($"item {i}");
        }

        await Wait.For(run);
        Assert.Equal(expected, lead.Largest);
    }
}
