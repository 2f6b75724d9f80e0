namespace Sluice.Tests;

public sealed class Rule06CycleInPipelineTests
{
    [Fact]
    public async Task Rule_06_a_sink_that_sends_into_itself_is_an_error_that_names_the_path()
    {
        Target<int>? captured = null;
        var run = Source.From([1]).Through<int>((items, next) => Stages.Pass(items, captured = next), "feeder").To(async items =>
        {
            await foreach (var item in items)
            {
                await captured!.SendAsync(item);
            }
        }, "loop").RunAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Contains("loop -> loop", error.Message, StringComparison.Ordinal);
        Assert.Equal("loop", error.Data["Sluice.Stage"]);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Rule_06_a_stage_that_sends_back_to_the_stage_before_it_is_an_error_that_names_the_path(bool afterWaiting, bool counted)
    {
        var signal = new Signal();
        Target<int>? captured = null;
        var run = Source.From([1])
            .Through<int>((items, next) => Stages.Pass(items, captured = next), "feeder")
            .Through<int>(Stages.Pass, "middle")
            .To(async items =>
            {
                await foreach (var item in items)
                {
                    if (afterWaiting)
                    {
                        await signal.Task;
                    }

                    await captured!.SendAsync(item);
                }
            }, "last").RunAsync(new RunOptions { CountItems = counted });
        signal.Set();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        AssertNames(error, "middle", "last");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rule_06_a_cycle_through_a_target_started_by_hand_inside_a_stage_is_an_error_that_names_the_path(bool afterWaiting)
    {
        var signal = new Signal();
        CoroutineTarget<int>? back = null;
        var run = Source.From([1])
            .Through<int>((items, next) =>
            {
                back = Target.Start<int>(inbox => Stages.Pass(inbox, next), "back");
                return Stages.Pass(items, next);
            }, "feeder")
            .To(async items =>
            {
                await foreach (var item in items)
                {
                    if (afterWaiting)
                    {
                        await signal.Task;
                    }

                    await back!.SendAsync(item);
                }
            }, "last").RunAsync();
        signal.Set();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        AssertNames(error, "back", "last");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Rule_06_a_send_back_into_any_inbox_of_a_node_with_several_is_an_error_that_names_the_path(int inbox)
    {
        var captured = new Target<int>?[3];
        var sources = captured.Select((_, i) => Source.From([1]).Through<int>((items, next) => Stages.Pass(items, captured[i] = next), "feeder")).ToArray();
        var run = Source.FanIn<int, int>(sources, async (inboxes, next) =>
        {
            await next.SendAsync(await inboxes[0].ReceiveAsync());
        }, "several").To(async items =>
        {
            await foreach (var item in items)
            {
                await captured[inbox]!.SendAsync(item);
            }
        }, "last").RunAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        AssertNames(error, "several", "last");
    }

    [Fact]
    public async Task Rule_06_a_send_back_that_is_not_awaited_is_legal_and_arrives()
    {
        Target<int>? captured = null;
        var list = new List<int>();
        var sent = new List<Task>();
        await Wait.For(Source.From([10])
            .Through<int>((items, next) => Stages.Pass(items, captured = next), "feeder")
            .Through<int>(Stages.Pass, "middle")
            .To(async items =>
            {
                await foreach (var item in items)
                {
                    list.Add(item);
                    if (item == 10)
                    {
                        sent.Add(captured!.SendAsync(1).AsTask());
                    }
                }
            }, "last").RunAsync());

        Assert.Equal([10, 1], list);
        await Wait.For(Assert.Single(sent));
    }

    private static void AssertNames(InvalidOperationException error, params string[] path)
    {
        Assert.Contains(" -> ", error.Message, StringComparison.Ordinal);
        Assert.All(path, name => Assert.Contains(name, error.Message, StringComparison.Ordinal));
    }
}
