namespace Sluice.Tests;

/// <summary>Failures, finally blocks and closes by hand on their way through a graph.</summary>
public sealed class Rule11EndingTests
{
    private readonly List<string> _notes = [];
    private readonly List<int> _items = [];

    [Fact]
    public async Task Rule_11_the_error_of_an_input_is_thrown_in_and_then_the_inbox_is_closed()
    {
        var run = Source.From([1, 2, 3]).Through<int>((items, next) => FailAt(items, next, 2), "failing").To(Resilient).RunAsync();

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal("failing", error.Data["Sluice.Stage"]);
        Assert.Equal(["FormatException", "closed"], _notes);
        Assert.Equal([1], _items);
    }

    [Fact]
    public async Task Rule_11_the_error_of_one_input_ends_a_merge_at_once_though_other_inputs_are_open()
    {
        var signal = new Signal();
        var printer = Sink.Create<int>(Resilient);
        var waiting = Stage.Create<int, int>(async (items, next) =>
        {
            try
            {
                await foreach (var _ in items)
                {
                }
            }
            catch (FormatException)
            {
                await signal.Task; // keeps this input of the printer open
            }
        });
        var run = Source.From([1, 2, 3]).Broadcast(waiting | printer, Stage.Create<int, int>((items, next) => FailAt(items, next, 2)) | printer).RunAsync();

        Assert.Equal(["FormatException", "closed"], _notes);
        Assert.False(run.IsCompleted);
        signal.Set();
        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal([1], _items);
    }

    [Fact]
    public async Task Rule_11_a_receiver_that_is_busy_gets_the_error_at_its_next_receive_and_then_the_close()
    {
        var busy = new Signal();
        var run = Source.Create<int>(async (next, _) =>
        {
            var sent = next.SendAsync(1).AsTask();
            Stages.ThrowAt(1, 1, new FormatException("while the receiver is busy"));
            await sent;
        }).To(async items =>
        {
            _items.Add(await items.ReceiveAsync());
            await busy.Task;
            await Resilient(items);
        }).RunAsync();
        Assert.Empty(_notes);

        busy.Set();

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(["FormatException", "closed"], _notes);
        Assert.Equal([1], _items);
    }

    [Fact]
    public async Task Rule_11_finally_blocks_run_once_and_downstream_when_the_source_ends()
    {
        await Wait.For(Noting(Source.From([1, 2])).RunAsync());

        Assert.Equal(["a", "b", "sink"], _notes);
        Assert.Equal([1, 2], _items);
    }

    [Fact]
    public async Task Rule_11_finally_blocks_run_once_and_upstream_when_the_sink_ends()
    {
        await Wait.For(Source.From(new Numbers().Endless())
            .Through<int>((items, next) => Stages.PassOnNoting(items, next, "a", _notes))
            .Through<int>((items, next) => Stages.PassOnNoting(items, next, "b", _notes))
            .To(async items =>
            {
                try
                {
                    await items.ReceiveAsync();
                }
                finally
                {
                    _notes.Add("sink");
                }
            }).RunAsync());

        Assert.Equal(["sink", "b", "a"], _notes);
    }

    [Fact]
    public async Task Rule_11_finally_blocks_run_once_when_the_source_fails()
    {
        var run = Noting(Source.From(Enumerable.Range(1, 3).Select(x => Stages.ThrowAt(x, 3, new FormatException())))).RunAsync();

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(["a", "b", "sink"], _notes.Order());
        Assert.Equal([1, 2], _items);
    }

    [Fact]
    public async Task Rule_11_a_stage_that_closes_its_own_target_ends_only_its_edge()
    {
        var closing = new List<Task>();
        var printer = Sink.Create<int>(items => Stages.CollectNoting(items, _items, "printer", _notes));
        var closer = Stage.Create<int, int>(async (items, next) =>
        {
            await next.SendAsync(-await items.ReceiveAsync());
            closing.Add(next.CloseAsync().AsTask());
            await foreach (var item in items)
            {
                _notes.Add($"{item}");
            }
        });
        await Wait.For(Source.From([1, 2, 3]).Broadcast(closer | printer, Stage.Create<int, int>(Stages.Pass) | printer).RunAsync());

        Assert.Equal([-1, 1, 2, 3], _items);
        Assert.Equal(["2", "3", "printer"], _notes);
        await Wait.For(Assert.Single(closing));
    }

    [Fact]
    public async Task Rule_08_a_send_to_an_edge_that_its_stage_closed_is_refused_though_the_receiver_is_open()
    {
        TargetClosedException? refused = null;
        var isClosed = false;
        var printer = Sink.Create<int>(items => Stages.Collect(items, _items), "printer");
        var closer = Stage.Create<int, int>(async (items, next) =>
        {
            var closing = next.CloseAsync().AsTask();
            isClosed = next.IsClosed;
            await foreach (var item in items)
            {
                refused = await Assert.ThrowsAsync<TargetClosedException>(async () => await next.SendAsync(-item));
            }
        });
        await Wait.For(Source.From([1]).Broadcast(closer | printer, Stage.Create<int, int>(Stages.Pass) | printer).RunAsync());

        Assert.Equal([1], _items);
        Assert.True(isClosed);
        Assert.False(refused!.Failed);
    }

    [Fact]
    public async Task Rule_08_a_close_by_a_stage_completes_when_everything_behind_it_has_ended()
    {
        var (closing, signal) = (new Signal(), new Signal());
        var run = Source.From([1, 2]).Through<int>(async (items, next) =>
        {
            await next.SendAsync(await items.ReceiveAsync());
            closing.Set();
            await next.CloseAsync();
            _notes.Add("close completed");
        }).Through<int>((items, next) => Stages.PassOnNoting(items, next, "middle", _notes)).To(async items =>
        {
            await Stages.Collect(items, _items);
            await signal.Task;
            _notes.Add("sink");
        }).RunAsync();
        await Wait.For(closing.Task);
        Assert.Equal(["middle"], _notes);

        signal.Set();
        await Wait.For(run);

        Assert.Equal(["middle", "sink", "close completed"], _notes);
        Assert.Equal([1], _items);
    }

    [Fact]
    public async Task Rule_11_a_pipeline_never_closes_a_target_that_was_started_by_hand()
    {
        var outside = Target.Start<int>(items => Stages.CollectNoting(items, _items, "outside", _notes));
        CoroutineTarget<int>? inside = null;
        await Wait.For(Source.From([1, 2]).To(async items =>
        {
            inside = Target.Start<int>(inbox => Stages.CollectNoting(inbox, _items, "inside", _notes));
            await foreach (var item in items)
            {
                await outside.SendAsync(item);
                await inside.SendAsync(10 * item);
            }
        }).RunAsync());

        Assert.Equal([1, 10, 2, 20], _items);
        Assert.Equal((CoroutineStatus.Waiting, CoroutineStatus.Waiting), (outside.Status, inside!.Status));
        Assert.Empty(_notes);
        await Wait.For(outside.CloseAsync());
        await Wait.For(inside.CloseAsync());
        Assert.Equal(["outside", "inside"], _notes);
    }

    private Pipeline Noting(Source<int> source) => source
        .Through<int>((items, next) => Stages.PassOnNoting(items, next, "a", _notes))
        .Through<int>((items, next) => Stages.PassOnNoting(items, next, "b", _notes))
        .To(items => Stages.CollectNoting(items, _items, "sink", _notes));

    private static async Coroutine FailAt(Inbox<int> items, Target<int> next, int bad)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(Stages.ThrowAt(item, bad, new FormatException("thrown in")));
        }
    }

    /// <summary>Catches what is thrown in and receives again.</summary>
    private async Coroutine Resilient(Inbox<int> items)
    {
        while (true)
        {
            try
            {
                _items.Add(await items.ReceiveAsync());
            }
            catch (InboxClosedException)
            {
                _notes.Add("closed");
                return;
            }
            catch (FormatException error)
            {
                _notes.Add(error.GetType().Name);
            }
        }
    }
}
