namespace Sluice.Tests;

public sealed class TimeoutInTimeTests : OperatorContract<int>
{
    protected override (string Name, string? Detail) Shown => ("Timeout", "01:00:00");

    protected override Stage<int, int> Create() => Stage.Timeout<int>(TimeSpan.FromHours(1));

    protected override Source<int> Extend(Source<int> source) => source.Timeout(TimeSpan.FromHours(1));

    protected override IEnumerable<int> Expected(IReadOnlyList<int> items) => items;
}

public sealed class TimeoutTests
{
    private static TimedRun<int> Start() => new(source => source.Through(Stage.Timeout<int>(TimeSpan.FromSeconds(1)).Named("watch")));

    [Fact]
    public async Task It_fails_when_no_item_has_come_for_the_time()
    {
        await NoContext.Enter();
        var run = Start();
        run.Pass(0.95);
        run.Send(1);
        run.Pass(0.95);
        run.Send(2);
        run.Pass(0.95);
        Assert.False(run.Task.IsCompleted);
        run.Pass(0.05);

        var error = await Assert.ThrowsAsync<TimeoutException>(() => Wait.For(run.Task));
        Assert.Equal("watch", error.Data["Sluice.Stage"]);
        Assert.Equal([1, 2], run.Seen);
    }

    [Fact]
    public async Task It_fails_if_no_first_item_comes()
    {
        await NoContext.Enter();
        var run = Start();
        run.Pass(1);

        await Assert.ThrowsAsync<TimeoutException>(() => Wait.For(run.Task));
    }

    [Fact]
    public async Task A_slow_receiver_is_no_reason()
    {
        await NoContext.Enter();
        var signal = new TaskCompletionSource();
        var run = new TimedRun<int>(source => source.Timeout(TimeSpan.FromSeconds(1)), source => source.Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await signal.Task;
                await next.SendAsync(item);
            }
        }));

        run.Send(1);
        run.Pass(5);
        signal.SetResult();
        run.Pass(0.5);
        await run.End();

        Assert.Equal([1], run.Seen);
    }

    [Fact]
    public void A_time_of_nothing_is_refused_at_once() =>
        Assert.Throws<ArgumentOutOfRangeException>("limit", () => Source.From([1]).Timeout(TimeSpan.Zero));
}
