using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class BalanceTests : FanOutContract
{
    protected override string Name => "Balance";

    /// <summary>One at each sink, and one in the hand.</summary>
    protected override int ProducedWhenAllWait => Sinks + 1;

    protected override Sink<int> Create(params Sink<int>[] sinks) => Sink.Balance(sinks);

    protected override Pipeline Extend(Source<int> source, params Sink<int>[] sinks) => source.Balance(sinks);

    protected override IEnumerable<int> WithoutTheFirst(IEnumerable<int> items) => items.Skip(1);

    [Fact]
    public async Task A_sink_that_is_busy_is_left_out()
    {
        var (signal, slow, fast) = (new Signal(), new List<int>(), new List<int>());
        var run = From(7).Balance(Sink.ForEach<int>(async (item, _) =>
        {
            await signal.Task;
            slow.Add(item);
        }), Sink.ForEach<int>(fast.Add)).RunAsync();
        Assert.Equal([1, 2, 3, 4, 5, 6], fast);

        signal.Set();

        await Wait.For(run);
        Assert.Equal([0], slow);
    }

    [Fact]
    public async Task If_all_are_busy_the_first_that_becomes_ready_gets_the_item()
    {
        Signal[] signals = [new(), new(), new(), new()];
        var log = new List<string>();
        var got3 = new Signal();
        var run = From(4).Balance(Waiting("a"), Waiting("b"), Waiting("c")).RunAsync();
        Assert.Equal(["a0", "b1", "c2"], log);

        signals[1].Set();
        await Wait.For(got3.Task);
        Assert.Equal("b3", log[^1]);
        Array.ForEach([signals[0], signals[2], signals[3]], signal => signal.Set());

        await Wait.For(run);
        Assert.Equal(4, log.Count);

        Sink<int> Waiting(string name) => Sink.ForEach<int>(async (item, _) =>
        {
            log.Add($"{name}{item}");
            if (item == 3)
            {
                got3.Set();
            }

            await signals[item].Task;
        });
    }

    [Fact]
    public async Task A_sink_that_has_waited_gets_items_again_although_the_source_never_waits()
    {
        var (signal, slow, fast, ended) = (new Signal(), new List<int>(), 0, false);
        await Wait.For(Source.From(Endless()).Balance(
            Sink.Create<int>(async items =>
            {
                slow.Add(await items.ReceiveAsync());
                await signal.Task;
                slow.Add(await items.ReceiveAsync());
            }),
            Sink.Create<int>(async items =>
            {
                await foreach (var item in items)
                {
                    if (fast++ == 100)
                    {
                        signal.Set();
                    }

                    if (slow.Count == 2)
                    {
                        return;
                    }
                }
            })).RunAsync());

        Assert.Equal(0, slow[0]);
        Assert.InRange(slow[1], 100, int.MaxValue);
        Assert.True(ended);

        IEnumerable<int> Endless()
        {
            try
            {
                for (var i = 0; i < int.MaxValue; i++)
                {
                    yield return i;
                }
            }
            finally
            {
                ended = true;
            }
        }
    }

    [Fact]
    public async Task A_failure_that_nobody_waits_for_stops_the_run_at_the_next_item()
    {
        var (cause, signal, failed) = (new FormatException(), new Signal(), new Signal());
        var channel = Channel.CreateUnbounded<int>();
        Assert.True(channel.Writer.TryWrite(0));
        var seen = new List<int>();
        var run = Source.From(channel.Reader).Balance(
            Sink.Create<int>(async items =>
            {
                try
                {
                    await items.ReceiveAsync();
                    await signal.Task;
                }
                finally
                {
                    failed.Set();
                }
            }, "bad"),
            Sink.ForEach<int>(seen.Add)).RunAsync();

        signal.Fail(cause);
        await Wait.For(failed.Task);
        Assert.True(channel.Writer.TryWrite(1));

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public async Task An_item_that_a_sink_refuses_because_it_ends_goes_to_another_one()
    {
        // Two ways lead to "one": item 0 is at it, item 1 waits behind that and is refused when it ends.
        var (signal, seen, taken) = (new Signal(), new List<int>(), new List<int>());
        var one = Sink.Create<int>(async items =>
        {
            taken.Add(await items.ReceiveAsync());
            await signal.Task;
        }, "one");
        var run = From(6).Balance(
            Sink.Balance(one, Sink.ForEach<int>(seen.Add)),
            Stage.Select<int, int>(x => x) | one,
            Sink.ForEach<int>(seen.Add)).RunAsync();

        signal.Set();

        await Wait.For(run);
        Assert.Equal(Enumerable.Range(0, 6), seen.Concat(taken).Order());
        Assert.Single(taken);
    }

    [Fact]
    public async Task Items_that_do_not_wait_allocate_nothing()
    {
        var (before, after) = (0L, 0L);
        await Wait.For(Source.From(Numbers()).Balance(Sink.Count<int>(), Sink.Count<int>()).RunAsync());
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
    public void No_sink_a_missing_sink_and_the_same_sink_twice_are_refused_at_once()
    {
        var sink = Sink.Count<int>();
        Assert.Throws<ArgumentException>("sinks", () => Sink.Balance<int>());
        Assert.Throws<ArgumentException>("sinks", () => Sink.Balance(sink, null!));
        Assert.Throws<ArgumentException>("sinks", () => Sink.Balance<int>(sink, sink));
    }
}
