namespace Sluice.Tests;

/// <summary>Sends along the edges of a pipeline from code that a stage has started outside of its strand (rule 7).</summary>
public sealed class AnyThreadSendTests
{
    private const int Each = 50;

    private static readonly int[] s_all = [.. Enumerable.Range(0, Each)];

    public static TheoryData<string, string> Combinations()
    {
        var all = new TheoryData<string, string>();
        foreach (var way in Ways.Keys)
        {
            foreach (var edge in Edges.Keys)
            {
                all.Add(way, edge);
            }
        }

        return all;
    }

    /// <summary>The ways in which a stage or source sends the numbers.</summary>
    private static Dictionary<string, Func<Target<int>, Task>> Ways { get; } = new()
    {
        ["Task.WhenAll"] = static next => Task.WhenAll(s_all.Select(n => next.SendAsync(n).AsTask())),
        ["Parallel.ForEachAsync"] = static next => Parallel.ForEachAsync(s_all, async (n, _) => await next.SendAsync(n)),
        ["Task.Run"] = static next => Task.Run(async () =>
        {
            foreach (var n in s_all)
            {
                await next.SendAsync(n).ConfigureAwait(false);
            }
        }),
        ["tasks"] = static next => Task.WhenAll(s_all.Select(n => Task.Run(async () => await next.SendAsync(n)))),
        ["blocked threads"] = static next => Task.WhenAll(s_all.Take(4).Select(first => Threads.Run(() =>
        {
            for (var n = first; n < Each; n += 4)
            {
                next.SendAsync(n).AsTask().GetAwaiter().GetResult();
            }
        }))),
    };

    /// <summary>The sink of the edge; everything arrives in the list, in some order.</summary>
    private static Dictionary<string, Func<Source<int>, List<int>, Task>> Edges { get; } = new()
    {
        ["a stage"] = static (source, list) => source.Through<int>(Stages.Pass).To(items => Stages.Collect(items, list)).RunAsync(),
        ["a stage that waits"] = static (source, list) => source.Through<int>(Yielding).To(items => Stages.Collect(items, list)).RunAsync(),
        ["operators"] = static (source, list) => source.Where(static n => n >= 0).Scan((Count: 0, Last: 0), static (state, n) => (state.Count + 1, n))
            .Select(static state => state.Last).Take(Each).To(items => Stages.Collect(items, list)).RunAsync(),
        ["a counted edge"] = static (source, list) => source.Through<int>(Stages.Pass).To(items => Stages.Collect(items, list)).RunAsync(new RunOptions { CountItems = true }),
        ["a merge"] = static (source, list) => source.Merge(Source.From<int>([])).To(items => Stages.Collect(items, list)).RunAsync(),
        ["a zip"] = static (source, list) => source.Zip(Source.From(s_all), static (n, _) => n).To(items => Stages.Collect(items, list)).RunAsync(),
        ["a broadcast"] = static (source, list) => source.Broadcast(Sink.Create<int>(items => Stages.Collect(items, list)), Sink.Create<int>(Stages.Drain)).RunAsync(),
        ["a guarded stage"] = static (source, list) => source.Through(Stage.Create<int, int>(Yielding).OnError(ErrorPolicy.Skip)).To(items => Stages.Collect(items, list)).RunAsync(),
        ["a thread"] = static (source, list) => source.On(Env.Thread()).To(items => Stages.Collect(items, list)).RunAsync(),
        ["the thread pool"] = static (source, list) => source.Through<int>(Yielding).On(Env.ThreadPool()).To(items => Stages.Collect(items, list)).RunAsync(),
        ["a loop"] = static (source, list) => Task.Run(() => EventLoop.Run(() => source.Through<int>(Yielding).To(items => Stages.Collect(items, list)).RunAsync())),
    };

    [Theory]
    [MemberData(nameof(Combinations))]
    public async Task A_stage_can_send_from_tasks(string way, string edge)
    {
        var list = new List<int>();
        var source = Source.From([0]).Through<int>(async (items, next) =>
        {
            await foreach (var _ in items)
            {
                await Ways[way](next).ConfigureAwait(false);
            }
        });

        await Wait.For(Edges[edge](source, list));

        Assert.Equal(s_all, list.Order());
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public async Task A_source_can_send_from_tasks(string way, string edge)
    {
        var list = new List<int>();

        await Wait.For(Edges[edge](Source.Create<int>(async (next, _) => await Ways[way](next).ConfigureAwait(false)), list));

        Assert.Equal(s_all, list.Order());
    }

    [Theory]
    [MemberData(nameof(Combinations))]
    public async Task A_source_that_can_send_chunks_can_send_from_tasks(string way, string edge)
    {
        var list = new List<int>();

        await Wait.For(Edges[edge](Source.Create<int>(async run => await Ways[way](run.Next).ConfigureAwait(false)), list));

        Assert.Equal(s_all, list.Order());
    }

    [Fact]
    public async Task The_coroutines_of_keys_can_send_from_tasks()
    {
        var list = new List<int>();

        await Wait.For(Source.From(s_all)
            .ForEachKey<int, int, int>(static n => n % 3, static async (_, items, next) =>
            {
                await foreach (var item in items)
                {
                    await Task.WhenAll(Task.Run(async () => await next.SendAsync(item)), Task.Run(async () => await next.SendAsync(-item))).ConfigureAwait(false);
                }
            })
            .Select(static n => n)
            .To(items => Stages.Collect(items, list)).RunAsync());

        Assert.Equal(s_all.Concat(s_all.Select(static n => -n)).Order(), list.Order());
    }

    [Fact]
    public async Task The_stage_of_a_loop_can_send_back_from_tasks()
    {
        var list = new List<int>();

        await Wait.For(Source.From([1]).Feedback<int, int>(
            static async (items, next, back) =>
            {
                await foreach (var item in items)
                {
                    await next.SendAsync(item);
                    if (item < 64)
                    {
                        await Task.WhenAll(Task.Run(async () => await back.SendAsync(2 * item)), Task.Run(async () => await back.SendAsync((2 * item) + 1))).ConfigureAwait(false);
                    }
                }
            },
            128,
            OnFull.Fail).To(items => Stages.Collect(items, list)).RunAsync());

        Assert.Equal(Enumerable.Range(1, 127), list.Order());
    }

    [Fact]
    public async Task A_failure_behind_the_edge_comes_out_of_the_send_of_a_task()
    {
        var failure = new FormatException("bad");
        Exception? seen = null;
        var run = Source.From([1]).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                seen = await Task.Run(async () => await Record.ExceptionAsync(async () => await next.SendAsync(item))).ConfigureAwait(false);
            }
        }).Select(n => Stages.ThrowAt(n, 1, failure)).To(Stages.Drain).RunAsync();

        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Same(failure, seen);
    }

    [Fact]
    public async Task A_task_can_close_and_throw_along_an_edge()
    {
        var notes = new List<string>();
        await Wait.For(Source.From([1]).Through<int>(static async (items, next) =>
        {
            await foreach (var item in items)
            {
                await Task.Run(async () =>
                {
                    await next.SendAsync(item);
                    await next.ThrowAsync(new FormatException());
                    await next.CloseAsync();
                }).ConfigureAwait(false);
            }
        }).To(async items =>
        {
            while (true)
            {
                try
                {
                    await foreach (var item in items)
                    {
                        notes.Add($"item {item}");
                    }

                    notes.Add("closed");
                    return;
                }
                catch (FormatException)
                {
                    notes.Add("thrown");
                }
            }
        }).RunAsync());

        Assert.Equal(["item 1", "thrown", "closed"], notes);
    }

    private static async Coroutine Yielding(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            if (item % 3 == 0)
            {
                await Task.Yield();
            }

            await next.SendAsync(item);
        }
    }
}
