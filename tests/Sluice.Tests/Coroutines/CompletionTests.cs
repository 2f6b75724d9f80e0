namespace Sluice.Tests;

/// <summary>A run, a completion or a send that has ended lets its waiters go on at once, even if other waiters block.</summary>
/// <remarks>Each body may block, so it has a thread of its own; a test that fails leaves that blocked.</remarks>
public sealed class CompletionTests
{
    /// <summary>A run that ends on a pool thread, after <paramref name="signal"/>.</summary>
    private static Task<List<int>> RunAfter(Signal signal) => SourceAfter(signal).To(Sink.ToList<int>()).RunAsync();

    private static Source<int> SourceAfter(Signal signal) => Source.Create<int>(async (next, _) =>
    {
        await signal.Task.ConfigureAwait(false);
        await next.SendAsync(1);
    });

    private static Signal SetSoon()
    {
        var signal = new Signal();
        ThreadPool.QueueUserWorkItem(_ => signal.Set());
        return signal;
    }

    /// <summary>Awaits first, then blocks; the await has begun when this returns.</summary>
    private static async Task AwaitThenBlock(Task first, Action block)
    {
        await first.ConfigureAwait(false);
        block();
    }

    private static void BlockForRun()
    {
        Assert.Equal([1], RunAfter(SetSoon()).GetAwaiter().GetResult());
        Assert.Equal([1], Source.From([1]).To(Sink.ToList<int>()).RunAsync().GetAwaiter().GetResult()); // on this thread to its end
    }

    [Fact]
    public async Task After_an_await_of_one_run_another_can_be_waited_for_by_blocking()
    {
        var signal = new Signal();
        var after = AwaitThenBlock(RunAfter(signal), BlockForRun);
        signal.Set();

        await Wait.For(after);
    }

    [Fact]
    public async Task After_an_await_of_a_send_a_run_can_be_waited_for_by_blocking()
    {
        var signal = new Signal();
        var target = Target.Start<int>(async inbox =>
        {
            await inbox.ReceiveAsync();
            await signal.Task.ConfigureAwait(false);
        });
        var after = AwaitThenBlock(target.SendAsync(1).AsTask(), BlockForRun);
        signal.Set();

        await Wait.For(after);
    }

    [Fact]
    public async Task After_an_await_of_a_completion_a_run_can_be_waited_for_by_blocking()
    {
        var signal = new Signal();
        var target = Target.Start<int>(async _ => await signal.Task.ConfigureAwait(false));
        var after = AwaitThenBlock(target.Completion, BlockForRun);
        signal.Set();

        await Wait.For(after);
    }

    [Fact]
    public async Task After_an_await_of_a_coroutine_a_run_can_be_waited_for_by_blocking()
    {
        var signal = new Signal();
        var after = AfterCoroutine();
        signal.Set();

        await Wait.For(after);

        async Task AfterCoroutine()
        {
            await Follow();
            BlockForRun();
        }

        async Coroutine Follow() => await signal.Task.ConfigureAwait(false);
    }

    [Fact]
    public Task A_delegate_of_a_stage_can_block_for_an_independent_run() => Wait.For(Threads.Run(() =>
    {
        var sums = Source.From([1, 2, 3])
            .Select(n => n + Source.From([10, 20]).To(Sink.Aggregate<int, int>(0, static (sum, x) => sum + x)).RunAsync().Result)
            .Select(n => n + RunAfter(SetSoon()).Result[0])
            .To(Sink.ToList<int>()).RunAsync();

        Assert.Equal([32, 33, 34], sums.GetAwaiter().GetResult());
    }));

    [Fact]
    public Task A_delegate_of_a_stage_can_block_for_the_completion_of_a_target() => Wait.For(Threads.Run(() =>
    {
        var io = new Signal();
        var away = Target.Start<int, int>(async inbox =>
        {
            await io.Task.ConfigureAwait(false);
            return 7;
        });
        var list = Source.From([1, 2]).Select(n =>
        {
            ThreadPool.QueueUserWorkItem(_ => SetOnce(io));
            return n + away.Completion.Result;
        }).To(Sink.ToList<int>()).RunAsync();

        Assert.Equal([8, 9], list.GetAwaiter().GetResult());
    }));

    [Fact]
    public Task The_iterator_of_a_source_can_block_for_an_independent_run() => Wait.For(Threads.Run(() =>
    {
        Assert.Equal([1, 1], Source.From(Numbers()).To(Sink.ToList<int>()).RunAsync().GetAwaiter().GetResult());

        static IEnumerable<int> Numbers()
        {
            yield return RunAfter(SetSoon()).Result[0];
            yield return Source.From([1]).To(Sink.ToList<int>()).RunAsync().Result[0];
        }
    }));

    [Fact]
    public Task An_observer_can_block_for_an_independent_run() => Wait.For(Threads.Run(() =>
    {
        var seen = new List<int>();
        using var ended = new ManualResetEventSlim();
        using var subscription = Source.From([1, 2]).AsObservable().Subscribe(new Observer(
            n => seen.Add(n + RunAfter(SetSoon()).Result[0]),
            ended.Set));
        Threads.Block(ended);

        Assert.Equal([2, 3], seen);
    }));

    [Fact]
    public async Task Items_can_be_enumerated_by_blocking_after_an_await()
    {
        var signal = new Signal();
        var after = AwaitThenBlock(RunAfter(signal), static () => Assert.Equal([1], FromSoon().ToAsyncEnumerable().ToBlockingEnumerable()));
        signal.Set();

        await Wait.For(after);

        static Source<int> FromSoon() => SourceAfter(SetSoon());
    }

    [Fact]
    public Task Code_that_continues_a_run_and_wants_to_run_at_once_can_block_for_another() => Wait.For(Threads.Run(() =>
    {
        var signal = new Signal();
        var continued = RunAfter(signal).ContinueWith(
            first => first.Result[0] + RunAfter(SetSoon()).Result[0],
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        signal.Set();

        Assert.Equal(2, continued.GetAwaiter().GetResult());
    }));

    [Fact]
    public async Task Senders_whose_sends_complete_together_do_not_wait_for_each_others_code()
    {
        var io = new Signal();
        using var othersWentOn = new CountdownEvent(2);
        var target = Target.Start<int>(async inbox =>
        {
            await io.Task.ConfigureAwait(false);
            await Stages.Drain(inbox);
        });
        var first = 0;
        var senders = Enumerable.Range(0, 3).Select(async n =>
        {
            await target.SendAsync(n).ConfigureAwait(false);
            if (Interlocked.Exchange(ref first, 1) == 0)
            {
                Assert.True(othersWentOn.Wait(Wait.Limit), "the other two senders waited for the first one's code");
            }
            else
            {
                othersWentOn.Signal();
            }
        }).ToArray();

        io.Set();

        await Wait.For(Task.WhenAll(senders));
    }

    [Fact]
    public async Task A_sender_that_brings_an_item_does_not_wait_for_the_code_of_another()
    {
        var io = new Manual();
        using var release = new ManualResetEventSlim();
        var target = Target.Start<int>(async inbox =>
        {
            await inbox.ReceiveAsync();
            await io;
            await Stages.Drain(inbox);
        });
        var busy = Block(target.SendAsync(1));

        var completing = Threads.Run(io.Complete);
        await Wait.For(completing);
        await Wait.For(target.SendAsync(2));

        release.Set();
        await Wait.For(busy);

        async Task Block(ValueTask sent)
        {
            await sent.ConfigureAwait(false);
            Threads.Block(release);
        }
    }

    [Fact]
    public async Task A_sender_is_told_although_the_strand_is_never_let_go()
    {
        var told = new Signal();
        var started = new TaskCompletionSource<Target<int>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var run = Threads.Run(() => Source.From(UntilTold()).To(async items =>
        {
            started.SetResult(Target.Start<int>(Stages.Drain)); // shares the strand
            await Stages.Drain(items);
        }).RunAsync().GetAwaiter().GetResult());
        var inner = await Wait.For(started.Task);

        await Wait.For(inner.SendAsync(1));

        told.Set();
        await Wait.For(run);

        IEnumerable<int> UntilTold()
        {
            for (var watch = System.Diagnostics.Stopwatch.StartNew(); !told.Task.IsCompleted && watch.Elapsed < Wait.Limit;)
            {
                yield return 1;
            }
        }
    }

    private static void SetOnce(Signal signal)
    {
        lock (signal)
        {
            if (!signal.Task.IsCompleted)
            {
                signal.Set();
            }
        }
    }

    private sealed class Observer(Action<int> next, Action ended) : IObserver<int>
    {
        public void OnNext(int value) => next(value);

        public void OnError(Exception error) => ended();

        public void OnCompleted() => ended();
    }
}
