namespace Sluice.Tests;

public sealed class ObservableSourceTests
{
    [Fact]
    public async Task Items_come_in_order_and_completion_ends_the_run_which_unsubscribes()
    {
        var subject = new Subject<int>();
        var run = Source.From(subject, 4).To(Sink.ToList<int>()).RunAsync();
        subject.Observer.OnNext(1);
        subject.Observer.OnNext(2);
        Assert.Equal((false, 0), (run.IsCompleted, subject.Unsubscribed));

        subject.Observer.OnCompleted();

        Assert.Equal([1, 2], await Wait.For(run));
        Assert.Equal(1, subject.Unsubscribed);
    }

    [Fact]
    public async Task An_observable_may_complete_without_items_and_inside_Subscribe()
    {
        var subject = new Subject<int> { OnSubscribe = observer => observer.OnCompleted() };

        Assert.Empty(await Wait.For(Source.From(subject, 1).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal(1, subject.Unsubscribed);
    }

    [Fact]
    public async Task Its_error_fails_the_run_after_the_items_before()
    {
        var (seen, cause) = (new List<int>(), new FormatException());
        var subject = new Subject<int>
        {
            OnSubscribe = observer =>
            {
                observer.OnNext(1);
                observer.OnNext(2);
                observer.OnError(cause);
            },
        };
        var run = Source.From(subject, 4).To(Sink.ForEach<int>(seen.Add)).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("From", cause.Data["Sluice.Stage"]);
        Assert.Equal([1, 2], seen);
        Assert.Equal(1, subject.Unsubscribed);
    }

    [Fact]
    public async Task An_error_of_Subscribe_fails_the_run()
    {
        var cause = new FormatException();
        var run = Source.From(new Subject<int> { OnSubscribe = _ => throw cause }, 4).To(Sink.Count<int>()).RunAsync();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
    }

    [Fact]
    public async Task An_early_end_unsubscribes_and_what_comes_later_is_ignored()
    {
        var subject = new Subject<int>();
        var run = Source.From(subject, 2).Take(1).To(Sink.ToList<int>()).RunAsync();
        subject.Observer.OnNext(1);

        Assert.Equal([1], await Wait.For(run));
        Assert.Equal(1, subject.Unsubscribed);
        subject.Observer.OnNext(2);
        subject.Observer.OnError(new FormatException());
    }

    [Fact]
    public async Task A_failure_behind_it_unsubscribes()
    {
        var (subject, cause) = (new Subject<int>(), new FormatException());
        var run = Source.From(subject, 2).To(Sink.ForEach<int>(x => Stages.ThrowAt(x, 1, cause))).RunAsync();
        subject.Observer.OnNext(1);

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal(1, subject.Unsubscribed);
    }

    [Theory]
    [InlineData(OnFull.Fail)]
    [InlineData(OnFull.Wait)]
    public async Task A_run_that_waits_for_items_is_canceled_and_unsubscribes(OnFull onFull)
    {
        using var stop = new CancellationTokenSource();
        var subject = new Subject<int>();
        var run = Source.From(subject, 2, onFull).To(Sink.Count<int>()).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal(1, subject.Unsubscribed);
    }

    [Fact]
    public async Task A_full_buffer_fails_the_run_after_the_items_in_it()
    {
        var (seen, subject) = (new List<int>(), PushingInSubscribe(5));
        var run = Source.From(subject, 3).To(Sink.ForEach<int>(seen.Add)).RunAsync();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(run));
        Assert.Contains("3 were waiting", error.Message, StringComparison.Ordinal);
        Assert.Equal("From", error.Data["Sluice.Stage"]);
        Assert.Equal([1, 2, 3], seen);
        Assert.Equal(1, subject.Unsubscribed);
    }

    [Theory]
    [InlineData(OnFull.DropOldest, new[] { 3, 4, 5 })]
    [InlineData(OnFull.DropNewest, new[] { 1, 2, 3 })]
    public async Task A_full_buffer_drops_what_was_chosen(OnFull onFull, int[] left) =>
        Assert.Equal(left, await Wait.For(Source.From(PushingInSubscribe(5), 3, onFull).To(Sink.ToList<int>()).RunAsync()));

    [Fact]
    public async Task With_room_for_all_nothing_is_dropped() =>
        Assert.Equal([1, 2, 3], await Wait.For(Source.From(PushingInSubscribe(3), 3).To(Sink.ToList<int>()).RunAsync()));

    [Fact]
    public async Task A_full_buffer_blocks_the_thread_that_pushes_until_there_is_room()
    {
        var (subject, signal, pushed) = (new Subject<int>(), new Signal(), 0);
        var run = Source.From(subject, 1, OnFull.Wait).To(Sink.Create<int, List<int>>(async items =>
        {
            var list = new List<int>();
            await foreach (var item in items)
            {
                await signal.Task;
                list.Add(item);
            }

            return list;
        })).RunAsync();
        var pushing = Task.Run(() =>
        {
            for (var i = 1; i <= 1000; i++)
            {
                subject.Observer.OnNext(i);
                Volatile.Write(ref pushed, i);
            }

            subject.Observer.OnCompleted();
        });
        // One item is with the sink and one in the buffer, so that at the most two pushes can have returned.
        Assert.InRange(Volatile.Read(ref pushed), 0, 2);

        signal.Set();

        await Wait.For(pushing);
        Assert.Equal(Enumerable.Range(1, 1000), await Wait.For(run));
    }

    [Fact]
    public async Task A_thread_that_waits_for_room_is_let_go_when_the_run_ends()
    {
        using var stop = new CancellationTokenSource();
        var (subject, arrived) = (new Subject<int>(), new Signal());
        var run = Source.From(subject, 1, OnFull.Wait).To(Sink.ForEach<int>(async (item, token) =>
        {
            arrived.Set();
            await new Signal().Task.WaitAsync(token);
        })).RunAsync(stop.Token);
        var pushing = Task.Run(() =>
        {
            for (var i = 1; i <= 10; i++)
            {
                subject.Observer.OnNext(i);
            }
        });
        await Wait.For(arrived.Task);
        Assert.False(pushing.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        await Wait.For(pushing);
    }

    [Fact]
    public async Task A_push_from_inside_the_run_that_would_wait_for_ever_fails_the_run()
    {
        var inSubscribe = Source.From(PushingInSubscribe(5), 3, OnFull.Wait).To(Sink.ToList<int>()).RunAsync();
        Assert.Contains("inside the run", (await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(inSubscribe))).Message, StringComparison.Ordinal);

        var subject = new Subject<int>();
        var inStage = Source.From(subject, 1, OnFull.Wait).To(Sink.ForEach<int>(x =>
        {
            subject.Observer.OnNext(x + 1);
            subject.Observer.OnNext(x + 2);
        })).RunAsync();
        subject.Observer.OnNext(1);
        Assert.Contains("inside the run", (await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(inStage))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_arguments_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>("items", () => Source.From((IObservable<int>)null!, 1));
        Assert.Throws<ArgumentOutOfRangeException>("capacity", () => Source.From(new Subject<int>(), 0));
        Assert.Throws<ArgumentOutOfRangeException>("onFull", () => Source.From(new Subject<int>(), 1, (OnFull)9));
    }

    private static Subject<int> PushingInSubscribe(int count) => new()
    {
        OnSubscribe = observer =>
        {
            for (var i = 1; i <= count; i++)
            {
                observer.OnNext(i);
            }

            observer.OnCompleted();
        },
    };
}
