using System.Diagnostics;

namespace Sluice.Tests;

/// <summary>Chains of stages that are longer than the stack is deep: here it has 256 KB, and what is awaited later that of the thread pool.</summary>
public sealed class LongChainTests
{
    private const int Length = 6_000; // 40 bytes of stack for each would be too many

    private static readonly int[] s_items = [1, 2, 3];

    /// <summary>The kinds of stages that a chain consists of.</summary>
    public static TheoryData<string> Kinds => ["operators", "coroutines", "both", "branches", "guards", "waiting"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Items_go_through_in_their_order(string kind) =>
        Assert.Equal(s_items, await Run(() => Chain(Source.From(s_items), kind).To(Sink.ToList<int>()).RunAsync()));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Items_go_through_to_a_sink_that_waits(string kind)
    {
        var seen = new List<int>();
        await Run(async () =>
        {
            await Chain(Source.From(s_items), kind).To(Sink.Create<int>(async items =>
            {
                await foreach (var item in items)
                {
                    await Task.Yield();
                    seen.Add(item);
                }
            })).RunAsync();
            return 0;
        });

        Assert.Equal(s_items, seen);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_end_behind_it_ends_the_source(string kind)
    {
        var numbers = new Numbers();

        Assert.Equal([1], await Run(() => Chain(Source.From(numbers.Endless()), kind).Take(1).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal(1, numbers.Ended);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_failure_behind_it_ends_the_source(string kind)
    {
        var (cause, numbers) = (new FormatException(), new Numbers());

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() =>
            Run(() => Chain(Source.From(numbers.Endless()), kind).Select(item => Stages.ThrowAt(item, 2, cause)).Named("bad").To(Sink.Count<int>()).RunAsync())));
        Assert.Equal("bad", cause.Data["Sluice.Stage"]);
        Assert.Equal(1, numbers.Ended);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_failure_before_it_comes_through(string kind)
    {
        var (cause, seen) = (new FormatException(), (Exception?)null);
        var sink = Sink.Create<int>(async items =>
        {
            try
            {
                await foreach (var item in items)
                {
                }
            }
            catch (Exception error)
            {
                seen = error;
                throw;
            }
        });

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Run(async () =>
        {
            await Chain(Source.From(s_items).Select(item => Stages.ThrowAt(item, 2, cause)), kind).To(sink).RunAsync();
            return 0;
        })));
        Assert.Same(cause, seen);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_cancellation_ends_it(string kind)
    {
        using var stop = new CancellationTokenSource();
        var numbers = new Numbers();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Run(() => Chain(Source.From(numbers.Endless()), kind).Tap(item =>
        {
            if (item == 3)
            {
                stop.Cancel();
            }
        }).To(Sink.Count<int>()).RunAsync(stop.Token)));
        Assert.Equal(1, numbers.Ended);
    }

    [Fact]
    public async Task An_error_that_is_thrown_in_comes_through_operators_and_so_does_what_is_sent_after_it()
    {
        var (cause, seen) = (new FormatException(), new List<string>());
        var source = Source.From(s_items).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item);
                await next.ThrowAsync(cause);
            }
        });
        var sink = Sink.Create<int>(async items =>
        {
            for (var isOpen = true; isOpen;)
            {
                try
                {
                    var received = await items.TryReceiveAsync(Timeout.InfiniteTimeSpan);
                    isOpen = received.IsItem;
                    seen.Add(isOpen ? $"{received.Item}" : "end");
                }
                catch (FormatException error) when (error == cause)
                {
                    seen.Add("error");
                }
            }
        });

        await Run(async () =>
        {
            await Chain(source, "operators").To(sink).RunAsync();
            return 0;
        });

        Assert.Equal(["1", "error", "2", "error", "3", "error", "end"], seen);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Sends_that_are_not_awaited_arrive_in_their_order_before_the_end(string kind)
    {
        var source = Source.From([1]).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                _ = Chain(next);
            }

            static async Task Chain(Target<int> next)
            {
                var sends = s_items.Select(next.SendAsync).ToList();
                foreach (var send in sends)
                {
                    await send;
                }
            }
        });

        Assert.Equal(s_items, await Run(() => Chain(source, kind).To(Sink.ToList<int>()).RunAsync()));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task It_can_be_drawn_described_stopped_and_counted(string kind)
    {
        var (waits, goOn) = (new Signal(), new Signal());
        var pipeline = Chain(Source.From(new Numbers().Endless()), kind).To(Sink.Create<int>(async items =>
        {
            await foreach (var item in items)
            {
                waits.Set();
                await goOn.Task;
            }
        }));
        await Run(async () =>
        {
            Assert.Contains("-->", pipeline.Graph.ToMermaid(), StringComparison.Ordinal);
            Assert.Contains("->", pipeline.Graph.ToDot(), StringComparison.Ordinal);
            await using var run = await pipeline.StartAsync(new() { CountItems = true });
            await Wait.For(waits.Task);
            Assert.Equal(pipeline.Graph.Nodes.Count, run.Describe().Count(static c => c == '\n'));
            var stopped = run.StopAsync(Wait.Limit);
            goOn.Set();
            Assert.True((await Wait.For(stopped)).IsClean);
            Assert.Equal(run.Nodes[0].ItemsOut, run.Nodes[^1].ItemsIn);
            return 0;
        });
    }

    [Fact]
    public async Task Branches_may_have_branches_themselves_however_deep()
    {
        const int Levels = 2_000;
        var stage = Stage.Select<int, int>(static item => item);
        var sink = Sink.ForEach<int>(static _ => { });
        for (var i = 0; i < Levels; i++)
        {
            stage = Stage.Broadcast(stage);
            sink = Sink.Broadcast(sink);
        }

        Assert.Equal(s_items, await Run(() => Source.From(s_items).Through(stage).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal((2 * Levels) + 1 + Levels + 2, (Source.From(s_items) | (stage | sink)).Graph.Nodes.Count);
    }

    [Fact]
    public async Task It_runs_on_a_thread_of_its_own()
    {
        var source = Chain(Source.From(s_items).On(Env.Thread()), "both").On(Env.Caller);

        Assert.Equal(s_items, await Run(() => source.To(Sink.ToList<int>()).RunAsync()));
    }

    [Fact]
    public async Task A_send_that_can_never_complete_is_found_across_it()
    {
        Target<int>? back = null;
        var source = Source.From([1]).Through<int>((items, next) =>
        {
            var own = Target.Start<int>(inner => Stages.Pass(inner, next));
            back = own;
            return Stages.Pass(items, own);
        });
        var sink = Sink.Create<int>(async items =>
        {
            await foreach (var item in items)
            {
                await back!.SendAsync(item);
            }
        });

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Run(async () =>
        {
            await Chain(source, "operators").To(sink).RunAsync();
            return 0;
        }));

        Assert.Contains("cycle", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_that_fits_is_one_stack_and_a_longer_one_takes_no_more_than_a_few_of_these()
    {
        Assert.InRange(await FramesBehind(120), 120, 1_000);
        Assert.InRange(await FramesBehind(Length), 120, 10_000);

        static async Task<int> FramesBehind(int length)
        {
            var most = 0;
            await Wait.For(Source.From(s_items).Through(Row("both", length)).To(Sink.ForEach<int>(_ => most = Math.Max(most, new StackTrace().FrameCount))).RunAsync());
            return most;
        }
    }

    [Theory]
    [InlineData("operators")]
    [InlineData("coroutines")]
    [InlineData("branches")]
    public async Task By_hand_it_is_refused_at_the_start_or_fits(string kind)
    {
        var seen = new List<int>();
        var last = Target.Start<int>(items => Stages.Collect(items, seen));
        var longest = kind == "branches" ? 250 : 500;

        var error = Assert.Throws<InvalidOperationException>(() => Row(kind, longest + 1).Start(last));
        Assert.Contains("pipeline", error.Message, StringComparison.Ordinal);

        await Wait.For(SmallStack.Run(() => Row(kind, longest).Start(last).SendNow(1), 1536 * 1024));
        Assert.Equal([1], seen);
    }

    private static Source<int> Chain(Source<int> source, string kind) => source.Through(Row(kind, Length));

    private static Stage<int, int> Row(string kind, int length)
    {
        var same = Stage.Select<int, int>(static item => item);
        var pass = Stage.Create<int, int>(Stages.Pass);
        Stage<int, int>[] parts = kind switch
        {
            "operators" => [same],
            "coroutines" => [pass],
            "both" => [same, pass, Stage.Where<int>(static _ => true), Stage.Tap<int>(static _ => { })],
            "branches" => [Stage.Broadcast(same)],
            "guards" => [pass.OnError(ErrorPolicy.Retry(2)), same],
            "waiting" => [same, Stage.Create<int, int>(static async (items, next) =>
            {
                await foreach (var item in items)
                {
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    await next.SendAsync(item);
                }
            })],
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
        return Enumerable.Range(1, length - 1).Aggregate(parts[0], (row, i) => row | parts[i % parts.Length]);
    }

    /// <summary>Begins on a small stack.</summary>
    private static async Task<T> Run<T>(Func<Task<T>> begin)
    {
        Task<T>? task = null;
        await Wait.For(SmallStack.Run(() => task = begin()));
        return await Wait.For(task!);
    }
}
