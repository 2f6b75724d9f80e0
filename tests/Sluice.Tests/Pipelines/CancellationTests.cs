using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class CancellationTests : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<string> _notes = [];
    private readonly List<int> _items = [];

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task A_source_that_waits_is_canceled_and_finally_blocks_run()
    {
        var channel = Channel.CreateUnbounded<int>();
        var run = Source.From(channel.Reader)
            .Through<int>((items, next) => Stages.PassOnNoting(items, next, "stage", _notes))
            .To(items => Stages.CollectNoting(items, _items, "sink", _notes)).RunAsync(_stop.Token);
        Assert.False(run.IsCompleted);

        await _stop.CancelAsync();

        await AssertCanceled(run);
        Assert.Equal(["sink", "stage"], _notes.Order());
    }

    [Fact]
    public async Task A_stage_that_waits_for_IO_with_its_inbox_token_is_canceled()
    {
        var run = Source.From([1, 2]).To(async items =>
        {
            await foreach (var item in items)
            {
                try
                {
                    await new Signal().Task.WaitAsync(items.Cancellation);
                }
                finally
                {
                    _notes.Add($"finally {item}");
                }
            }
        }).RunAsync(_stop.Token);
        Assert.False(run.IsCompleted);

        await _stop.CancelAsync();

        await AssertCanceled(run);
        Assert.Equal(["finally 1"], _notes);
    }

    [Fact]
    public async Task A_send_that_is_pending_is_canceled_and_the_run_waits_for_the_receiver()
    {
        var (busy, sendCanceled) = (new Signal(), new Signal());
        var run = Source.From([1]).Through<int>(async (items, next) =>
        {
            try
            {
                await next.SendAsync(await items.ReceiveAsync());
            }
            catch (OperationCanceledException)
            {
                sendCanceled.Set();
                throw;
            }
        }).To(async items =>
        {
            await foreach (var item in items)
            {
                await busy.Task;
                _items.Add(item);
            }
        }).RunAsync(_stop.Token);
        Assert.False(run.IsCompleted);

        await _stop.CancelAsync();
        await Wait.For(sendCanceled.Task);
        Assert.False(run.IsCompleted);
        busy.Set();

        await AssertCanceled(run);
        Assert.Equal([1], _items);
    }

    [Fact]
    public async Task An_endless_synchronous_source_is_canceled_between_two_items()
    {
        var numbers = new Numbers();
        var run = Source.From(numbers.Endless()).Where(x => x > 0).To(CancelAt(100)).RunAsync(_stop.Token);

        await AssertCanceled(run);
        Assert.Equal(100, _items.Count);
        Assert.InRange(numbers.Produced, 100, 101);
        Assert.Equal(1, numbers.Ended);
        Assert.Equal(["sink"], _notes);
    }

    [Fact]
    public async Task An_array_is_canceled_in_the_middle_of_a_chunk()
    {
        var run = Source.From(Enumerable.Range(1, 1000).ToArray()).To(CancelAt(100)).RunAsync(_stop.Token);

        await AssertCanceled(run);
        Assert.Equal(100, _items.Count);
        Assert.Equal(["sink"], _notes);
    }

    [Fact]
    public async Task A_run_is_canceled_from_another_thread_while_it_is_busy()
    {
        var started = new Signal();
        var endless = Source.From(Enumerable.Repeat(0, int.MaxValue).Select(x => x));
        var run = Task.Run(() => endless.Through<int>(Stages.Pass).To(async items =>
        {
            await items.ReceiveAsync();
            started.Set();
            await foreach (var _ in items)
            {
            }
        }).RunAsync(_stop.Token));
        await Wait.For(started.Task);

        await _stop.CancelAsync();

        await AssertCanceled(run);
    }

    [Fact]
    public async Task A_run_that_is_canceled_before_its_start_starts_nothing()
    {
        var numbers = new Numbers();
        await _stop.CancelAsync();

        var run = Source.From(numbers.Endless()).To(items => Stages.CollectNoting(items, _items, "sink", _notes)).RunAsync(_stop.Token);

        await AssertCanceled(run);
        Assert.Equal(0, numbers.Produced);
        Assert.Empty(_notes);
    }

    [Fact]
    public async Task A_stage_may_await_in_its_finally_block_after_a_cancellation()
    {
        var clean = new Signal();
        var run = Source.From(Channel.CreateUnbounded<int>().Reader).To(async items =>
        {
            try
            {
                await items.ReceiveAsync();
            }
            finally
            {
                await clean.Task;
                _notes.Add("clean");
            }
        }).RunAsync(_stop.Token);
        await _stop.CancelAsync();
        Assert.False(run.IsCompleted);

        clean.Set();

        await AssertCanceled(run);
        Assert.Equal(["clean"], _notes);
    }

    [Fact]
    public async Task A_cancellation_after_the_end_changes_nothing()
    {
        var run = Source.From([1, 2]).To(Sink.ToList<int>()).RunAsync(_stop.Token);
        Assert.Equal([1, 2], await Wait.For(run));

        await _stop.CancelAsync();

        Assert.True(run.IsCompletedSuccessfully);
    }

    private async Task AssertCanceled(Task run)
    {
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal(_stop.Token, error.CancellationToken);
        Assert.True(run.IsCanceled);
    }

    private Sink<int> CancelAt(int count) => Sink.Create<int>(async items =>
    {
        try
        {
            await foreach (var item in items)
            {
                _items.Add(item);
                if (_items.Count == count)
                {
                    _stop.Cancel();
                }
            }
        }
        finally
        {
            _notes.Add("sink");
        }
    });
}
