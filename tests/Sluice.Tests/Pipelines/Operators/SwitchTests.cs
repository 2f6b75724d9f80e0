using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class SwitchTests : IContract
{
    private readonly List<string> _notes = [];
    private readonly List<Channel<int>> _inner = [];
    private readonly Channel<int> _outer = Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true });
    private int _opened;

    PipelineGraph IContract.Graph => Source.From([1]).Switch(Inner).To(Sink.Count<int>()).Graph;

    [Fact]
    public async Task A_new_source_ends_the_one_before_and_the_last_goes_on_behind_the_end()
    {
        await NoContext.Enter();
        var run = Source.From(_outer.Reader).Switch(Inner).To(Sink.ForEach<int>(x => _notes.Add($"{x}"))).RunAsync();

        _outer.Writer.TryWrite(1);
        _inner[0].Writer.TryWrite(11);
        _outer.Writer.TryWrite(2);
        _inner[0].Writer.TryWrite(12);
        _inner[1].Writer.TryWrite(21);
        _outer.Writer.Complete();
        _inner[1].Writer.TryWrite(22);
        Assert.False(run.IsCompleted);
        _inner[1].Writer.Complete();

        await Wait.For(run);
        Assert.Equal(["11", "end 1", "21", "22", "end 2"], _notes);
    }

    [Fact]
    public async Task An_item_that_is_being_handled_is_waited_for_before_the_next_source_begins()
    {
        await NoContext.Enter();
        var signal = new Signal();
        var run = Source.From(_outer.Reader).Switch(Inner).To(Sink.ForEach<int>(async (x, _) =>
        {
            await signal.Task;
            _notes.Add($"{x}");
        })).RunAsync();

        _outer.Writer.TryWrite(1);
        _inner[0].Writer.TryWrite(11);
        _outer.Writer.TryWrite(2);
        Assert.Single(_inner);
        signal.Set();
        await Wait.Until(() => Volatile.Read(ref _opened) == 2, "the second source");
        _outer.Writer.Complete();
        _inner[1].Writer.Complete();

        await Wait.For(run);
        Assert.Equal(["end 1", "11", "end 2"], _notes); // what is before the item is cancelled at once
    }

    [Fact]
    public async Task A_sequence_that_is_replaced_has_been_disposed_of_when_the_next_begins()
    {
        await NoContext.Enter();
        var run = Source.From(_outer.Reader).Switch(x => Waiting(x)).To(Sink.ForEach<int>(x => _notes.Add($"{x}"))).RunAsync();

        _outer.Writer.TryWrite(1);
        _outer.Writer.TryWrite(2);
        _outer.Writer.Complete(new FormatException());

        await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Equal(["1", "end 1", "2", "end 2"], _notes);
    }

    [Fact]
    public async Task A_failure_at_the_end_of_a_source_that_is_replaced_is_a_failure()
    {
        await NoContext.Enter();
        var (cause, silent) = (new FormatException(), Channel.CreateUnbounded<int>());
        var run = Source.From(_outer.Reader).Switch(x => Source.From(silent.Reader).Through<int>(async (items, next) =>
        {
            try
            {
                await Stages.Pass(items, next);
            }
            finally
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
            }
        })).To(Sink.Count<int>()).RunAsync();

        _outer.Writer.TryWrite(1);
        _outer.Writer.TryWrite(2);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("Switch", cause.Data["Sluice.Stage"]);
    }

    [Fact]
    public void What_is_missing_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("selector", () => Stage.Switch((Func<int, Source<int>>)null!));
        Assert.Throws<ArgumentNullException>("selector", () => Source.From([1]).Switch((Func<int, IAsyncEnumerable<int>>)null!));
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).Switch(x => Source.From([x])));
    }

    private Source<int> Inner(int item)
    {
        var channel = Channel.CreateUnbounded<int>(new() { AllowSynchronousContinuations = true });
        _inner.Add(channel);
        Interlocked.Increment(ref _opened);
        return Source.From(channel.Reader).Through<int>((items, next) => Stages.PassOnNoting(items, next, $"end {item}", _notes));
    }

    private async IAsyncEnumerable<int> Waiting(int item, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation = default)
    {
        try
        {
            yield return item;
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
        }
        finally
        {
            _notes.Add($"end {item}");
        }
    }
}
