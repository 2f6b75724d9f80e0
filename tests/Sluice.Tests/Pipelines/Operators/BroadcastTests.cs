namespace Sluice.Tests;

public sealed class BroadcastTests : FanOutContract
{
    protected override string Name => "Broadcast";

    protected override int ProducedWhenAllWait => 1;

    protected override int ProducedWhenAllTakeOne => 1;

    protected override int Copies => Sinks;

    protected override Sink<int> Create(params Sink<int>[] sinks) => Sink.Broadcast(sinks);

    protected override Pipeline Extend(Source<int> source, params Sink<int>[] sinks) => source.Broadcast(sinks);

    protected override IEnumerable<int> Share(int sink, int count) => Enumerable.Range(0, count);

    protected override IEnumerable<int> WithoutTheFirst(IEnumerable<int> items) => items.SelectMany(x => new[] { x, x });

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
