namespace Sluice.Tests;

/// <summary>Failures that take no notes, such as the one <see cref="OutOfMemoryException"/> that the runtime raises again and again when memory is
/// short: the run ends with them.</summary>
public sealed class OddExceptionsTests
{
    private static readonly string[] s_places = ["a stage", "a source", "a sink", "an operator", "a key", "a call", "a policy", "a policy of calls", "a thread", "a child", "a chunk", "a delegated receive"];

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var place in s_places)
            {
                all.Add("read-only", place);
                all.Add("none", place);
                all.Add("throwing", place);
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_run_ends_with_a_failure_that_takes_no_notes(string kind, string place)
    {
        var failure = Odd.Of(kind);
        var run = Failing(place, failure).RunAsync();

        Assert.Same(failure, await Assert.ThrowsAnyAsync<Odd>(() => Wait.For(run)));
        Assert.Equal([failure], run.Exception!.InnerExceptions);
    }

    [Theory]
    [InlineData("read-only")]
    [InlineData("none")]
    [InlineData("throwing")]
    public async Task A_target_by_hand_ends_with_a_failure_that_takes_no_notes(string kind)
    {
        var failure = Odd.Of(kind);
        var target = Target.Start<int>(async items =>
        {
            await items.ReceiveAsync();
            throw failure;
        });

        Assert.Same(failure, await Assert.ThrowsAnyAsync<Odd>(() => Wait.For(target.SendAsync(1))));
        Assert.Same(failure, await Assert.ThrowsAnyAsync<Odd>(() => Wait.For(target.Completion)));
    }

    private static Pipeline Failing(string place, Odd failure)
    {
        var sink = Sink.ForEach<int>(static _ => { });
        var items = Source.From([1, 2, 3]);
        return place switch
        {
            "a stage" => items.Through<int>((items, next) => FailAsync(items, next, failure)).To(sink),
            "a source" => Source.Create<int>(async (next, _) =>
            {
                await next.SendAsync(1);
                throw failure;
            }).To(sink),
            "a sink" => items.To(async items =>
            {
                await items.ReceiveAsync();
                throw failure;
            }),
            "an operator" => items.Select(int (_) => throw failure).To(sink),
            "a key" => items.ForEachKey<int, int, int>(static n => n, (_, items, next) => FailAsync(items, next, failure)).To(sink),
            "a call" => items.SelectAsync<int, int>(async (_, _) =>
            {
                await Task.Yield();
                throw failure;
            }, 2).To(sink),
            "a policy" => items.Through(Stage.Select<int, int>(int (_) => throw failure).OnError(ErrorPolicy.Restart(1, Backoff.Constant(TimeSpan.Zero)))).To(sink),
            "a policy of calls" => items.Through(Stage.SelectAsync<int, int>(async (_, _) =>
            {
                await Task.Yield();
                throw failure;
            }, 2).OnError(ErrorPolicy.Stop)).To(sink),
            "a thread" => items.On(Env.Thread()).Select(int (_) => throw failure).On(Env.Caller).To(sink),
            "a child" => items.To(items => Parent(items, failure)),
            "a chunk" => Source.From(Enumerable.Range(0, 1000).ToArray()).Where(n => n == 500 ? throw failure : true).To(sink),
            "a delegated receive" => items.To(async items => await Parent(items, failure)),
            _ => throw new ArgumentOutOfRangeException(nameof(place)),
        };
    }

    private static async Coroutine FailAsync(Inbox<int> items, Target<int> next, Odd failure)
    {
        await next.SendAsync(await items.ReceiveAsync());
        throw failure;
    }

    private static async Coroutine Parent(Inbox<int> items, Odd failure)
    {
        await Child(items, failure);
    }

    private static async Coroutine Child(Inbox<int> items, Odd failure)
    {
        await items.ReceiveAsync();
        throw failure;
    }
}
