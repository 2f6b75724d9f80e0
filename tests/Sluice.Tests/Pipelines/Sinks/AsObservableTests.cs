using System.Threading.Channels;

namespace Sluice.Tests;

public sealed class AsObservableTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task An_observer_gets_the_items_in_order_and_one_completion(int count)
    {
        var observable = Source.From(Enumerable.Range(1, count)).AsObservable();
        for (var run = 0; run < 2; run++)
        {
            var observer = new Observer();
            observable.Subscribe(observer);

            Assert.Null(await Wait.For(observer.Ended));
            Assert.Equal(Enumerable.Range(1, count), observer.Items);
        }
    }

    [Fact]
    public async Task A_failure_comes_to_OnError_once_after_the_items_before()
    {
        var (observer, cause) = (new Observer(), new FormatException());
        Source.From(Enumerable.Range(1, 5).Select(x => Stages.ThrowAt(x, 3, cause))).AsObservable().Subscribe(observer);

        Assert.Same(cause, await Wait.For(observer.Ended));
        Assert.Equal([1, 2], observer.Items);
    }

    [Fact]
    public async Task A_cancellation_that_is_nobodys_wish_is_an_error()
    {
        var observer = new Observer();
        Source.From(new[] { 1 }.Select(x => Stages.ThrowAt(x, 1, new OperationCanceledException()))).AsObservable().Subscribe(observer);

        Assert.IsType<OperationCanceledException>(await Wait.For(observer.Ended));
    }

    [Fact]
    public async Task Disposing_cancels_the_run_and_nothing_more_is_called()
    {
        var (channel, ended) = (Channel.CreateUnbounded<int>(), new Signal());
        var observer = new Observer();
        channel.Writer.TryWrite(1);
        var subscription = Source.From(channel.Reader).Through<int>((items, next) => PassUntil(items, next, ended)).AsObservable().Subscribe(observer);
        await Wait.For(observer.First.Task);

        subscription.Dispose();
        subscription.Dispose();

        await Wait.For(ended.Task);
        channel.Writer.TryWrite(2);
        Assert.Equal([1], observer.Items);
        Assert.False(observer.Ended.IsCompleted);
    }

    [Fact]
    public async Task Subscribe_returns_also_when_the_source_never_waits_and_an_observer_may_dispose_within_OnNext()
    {
        var (numbers, subscribed, ended) = (new Numbers(), new Signal(), new Signal());
        IDisposable? subscription = null;
        var observer = new Observer
        {
            OnItem = async item =>
            {
                await subscribed.Task;
                if (item == 3)
                {
                    subscription!.Dispose();
                }
            },
        };
        subscription = Source.From(numbers.Endless()).Through<int>((items, next) => PassUntil(items, next, ended)).AsObservable().Subscribe(observer);
        subscribed.Set();

        await Wait.For(ended.Task);
        Assert.Equal([1, 2, 3], observer.Items);
        Assert.False(observer.Ended.IsCompleted);
    }

    [Fact]
    public async Task What_the_observer_throws_ends_the_run_and_comes_to_its_OnError()
    {
        var (numbers, cause) = (new Numbers(), new FormatException());
        var observer = new Observer { OnItem = item => Task.FromResult(Stages.ThrowAt(item, 2, cause)) };
        Source.From(numbers.Endless()).AsObservable().Subscribe(observer);

        Assert.Same(cause, await Wait.For(observer.Ended));
        Assert.Equal((2, 1), (numbers.Produced, numbers.Ended));
    }

    [Fact]
    public async Task An_observable_of_a_pipeline_feeds_another_one()
    {
        var observable = Source.From(Enumerable.Range(1, 1000)).AsObservable();

        Assert.Equal(Enumerable.Range(1, 1000), await Wait.For(Source.From(observable, 3, OnFull.Wait).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal([1, 2], await Wait.For(Source.From(observable, 3, OnFull.Wait).Take(2).To(Sink.ToList<int>()).RunAsync()));
    }

    [Fact]
    public void Null_is_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("source", () => ((Source<int>)null!).AsObservable());
        Assert.Throws<ArgumentNullException>("observer", () => Source.From([1]).AsObservable().Subscribe(null!));
    }

    /// <summary>Passes on, and reports when it has ended.</summary>
    private static async Coroutine PassUntil(Inbox<int> items, Target<int> next, Signal ended)
    {
        try
        {
            await Stages.Pass(items, next);
        }
        finally
        {
            ended.Set();
        }
    }

    private sealed class Observer : IObserver<int>
    {
        private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _inside;

        internal List<int> Items { get; } = [];

        internal Signal First { get; } = new();

        internal Func<int, Task>? OnItem { get; init; }

        internal Task<Exception?> Ended => _ended.Task;

        public void OnNext(int value)
        {
            Assert.Equal(1, Interlocked.Increment(ref _inside));
            Assert.False(_ended.Task.IsCompleted);
            Items.Add(value);
            if (Items.Count == 1)
            {
                First.Set();
            }

            Interlocked.Decrement(ref _inside);
            Wait.For(OnItem?.Invoke(value) ?? Task.CompletedTask, "what the test does with an item").GetAwaiter().GetResult();
        }

        public void OnError(Exception error) => _ended.SetResult(error);

        public void OnCompleted() => _ended.SetResult(null);
    }
}
