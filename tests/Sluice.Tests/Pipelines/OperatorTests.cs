namespace Sluice.Tests;

/// <summary>What each operator does with its items, and with arguments that it cannot use.</summary>
public sealed class OperatorTests
{
    private static readonly int[] s_six = [1, 2, 3, 4, 5, 6];

    [Fact]
    public async Task Where_passes_on_the_items_that_the_condition_holds_for() =>
        Assert.Equal([2, 4, 6], await Run(Source.From(s_six).Where(x => x % 2 == 0)));

    [Fact]
    public async Task Select_turns_each_item_into_another() =>
        Assert.Equal(["<1>", "<2>"], await Run(Source.From([1, 2]).Select(x => $"<{x}>")));

    [Fact]
    public async Task SelectMany_turns_each_item_into_any_number_of_others() =>
        Assert.Equal([2, 2, 3, 3, 3], await Run(Source.From([0, 2, 3]).SelectMany(x => Enumerable.Repeat(x, x))));

    [Fact]
    public async Task SelectMany_enumerates_only_as_far_as_items_are_taken()
    {
        var numbers = new Numbers();

        Assert.Equal([1, 2, 3], await Run(Source.From([0]).SelectMany(_ => numbers.Endless()).Take(3)));
        Assert.InRange(numbers.Produced, 3, 4);
        Assert.Equal(1, numbers.Ended);
    }

    [Theory]
    [InlineData(0, new int[0])]
    [InlineData(1, new[] { 1 })]
    [InlineData(6, new[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(7, new[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(long.MaxValue, new[] { 1, 2, 3, 4, 5, 6 })]
    public async Task Take_passes_on_the_first_items(long count, int[] expected) =>
        Assert.Equal(expected, await Run(Source.From(s_six).Take(count)));

    [Theory]
    [InlineData(0, new[] { 1, 2, 3, 4, 5, 6 })]
    [InlineData(1, new[] { 2, 3, 4, 5, 6 })]
    [InlineData(6, new int[0])]
    [InlineData(long.MaxValue, new int[0])]
    public async Task Skip_leaves_out_the_first_items(long count, int[] expected) =>
        Assert.Equal(expected, await Run(Source.From(s_six).Skip(count)));

    [Fact]
    public async Task Tap_looks_at_each_item_before_it_passes_it_on()
    {
        var log = new List<string>();
        await Wait.For(Source.From([1, 2]).Tap(x => log.Add($"tap {x}")).To(Sink.ForEach<int>(x => log.Add($"sink {x}"))).RunAsync());

        Assert.Equal(["tap 1", "sink 1", "tap 2", "sink 2"], log);
    }

    [Fact]
    public async Task Operators_that_count_start_anew_in_each_run()
    {
        var pipeline = Source.From(s_six).Skip(1).Take(2).To(Sink.ToList<int>());

        Assert.Equal([2, 3], await Wait.For(pipeline.RunAsync()));
        Assert.Equal([2, 3], await Wait.For(pipeline.RunAsync()));
    }

    [Fact]
    public void Operators_refuse_arguments_that_they_cannot_use_at_once()
    {
        var source = Source.From(s_six);
        Assert.Throws<ArgumentNullException>("predicate", () => source.Where(null!));
        Assert.Throws<ArgumentNullException>("selector", () => source.Select((Func<int, int>)null!));
        Assert.Throws<ArgumentNullException>("selector", () => source.SelectMany((Func<int, IEnumerable<int>>)null!));
        Assert.Throws<ArgumentNullException>("action", () => source.Tap(null!));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => source.Take(-1));
        Assert.Throws<ArgumentOutOfRangeException>("count", () => source.Skip(-1));
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).Where(x => true));
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).Take(1));
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).Broadcast(Sink.Count<int>()));
    }

    [Fact]
    public void Broadcast_refuses_no_sink_a_missing_sink_and_the_same_sink_twice()
    {
        var sink = Sink.Count<int>();
        Assert.Throws<ArgumentException>("sinks", () => Sink.Broadcast<int>());
        Assert.Throws<ArgumentException>("sinks", () => Sink.Broadcast(sink, null!));
        Assert.Throws<ArgumentException>("sinks", () => Sink.Broadcast<int>(sink, Sink.ToList<int>(), sink));
        Assert.Throws<ArgumentNullException>("sinks", () => Sink.Broadcast((Sink<int>[])null!));
    }

    [Fact]
    public async Task Broadcast_gives_every_item_to_each_sink_in_their_order_before_the_next_item()
    {
        var log = new List<string>();
        await Wait.For(Source.From([1, 2]).Broadcast(
            Sink.ForEach<int>(x => log.Add($"a{x}")),
            Sink.ForEach<int>((x, _) => Note($"b{x}")),
            Sink.ForEach<int>(x => log.Add($"c{x}"))).RunAsync());

        Assert.Equal(["a1", "b1", "c1", "a2", "b2", "c2"], log);

        async ValueTask Note(string text)
        {
            await Task.Yield();
            log.Add(text);
        }
    }

    [Fact]
    public async Task Broadcast_stops_the_run_when_one_of_its_sinks_fails()
    {
        var (good, numbers) = (new List<int>(), new Numbers());
        var run = Source.From(numbers.Endless()).Broadcast(
            Sink.ForEach<int>(good.Add),
            Sink.ForEach<int>(x => Stages.ThrowAt(x, 3, new FormatException())).Named("bad")).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("bad", error.Data["Sluice.Stage"]);
        Assert.Equal([1, 2, 3], good);
        Assert.Equal(3, numbers.Produced);
    }

    private static Task<List<T>> Run<T>(Source<T> source) => Wait.For(source.To(Sink.ToList<T>()).RunAsync());
}
