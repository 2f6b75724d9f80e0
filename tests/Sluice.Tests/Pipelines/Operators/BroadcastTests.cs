namespace Sluice.Tests;

public sealed class BroadcastTests
{
    [Fact]
    public async Task Every_item_goes_to_each_sink_in_their_order_before_the_next_item()
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
    public async Task It_stops_the_run_when_one_of_its_sinks_fails()
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

    [Fact]
    public void No_sink_a_missing_sink_and_the_same_sink_twice_are_refused_at_once()
    {
        var sink = Sink.Count<int>();
        Assert.Throws<ArgumentException>("sinks", () => Sink.Broadcast<int>());
        Assert.Throws<ArgumentException>("sinks", () => Sink.Broadcast(sink, null!));
        Assert.Throws<ArgumentException>("sinks", () => Sink.Broadcast<int>(sink, Sink.ToList<int>(), sink));
        Assert.Throws<ArgumentNullException>("sinks", () => Sink.Broadcast((Sink<int>[])null!));
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).Broadcast(Sink.Count<int>()));
    }
}
