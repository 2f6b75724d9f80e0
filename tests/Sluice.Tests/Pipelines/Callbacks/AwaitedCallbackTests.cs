namespace Sluice.Tests;

/// <summary>Delegates that return nothing, in each form that people write: what is asynchronous is waited for.</summary>
public sealed class AwaitedCallbackTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Each makes a pipeline that calls the given work with 1 and then with 2.</summary>
    private static readonly Dictionary<string, Func<Func<int, Task>, Pipeline>> s_forms = new()
    {
        ["ForEach: async lambda"] = work => Ones().To(Sink.ForEach<int>(async n => await work(n))),
        ["ForEach: async lambda with a block"] = work => Ones().To(Sink.ForEach<int>(async n =>
        {
            await work(n);
        })),
        ["ForEach: async lambda that says its type"] = work => Ones().To(Sink.ForEach(async (int n) => await work(n))),
        ["ForEach: async lambda with a token"] = work => Ones().To(Sink.ForEach<int>(async (n, token) => await work(n))),
        ["ForEach: lambda that returns a task"] = work => Ones().To(Sink.ForEach<int>(n => work(n))),
        ["ForEach: lambda that returns a task with a result"] = work => Ones().To(Sink.ForEach<int>(n => Counted(work(n)))),
        ["ForEach: lambda that returns a value task"] = work => Ones().To(Sink.ForEach<int>(n => new ValueTask(work(n)))),
        ["ForEach: lambda with a token that returns a task"] = work => Ones().To(Sink.ForEach<int>((n, token) => work(n))),
        ["ForEach: lambda with a token that returns a value task"] = work => Ones().To(Sink.ForEach<int>((n, token) => new ValueTask(work(n)))),
        ["ForEach: method that returns a task"] = work => Ones().To(Sink.ForEach<int>(new Worker(work).Work)),
        ["ForEach: method that returns a value task"] = work => Ones().To(Sink.ForEach<int>(new Worker(work).WorkOfValue)),
        ["ForEach: method with a token that returns a task"] = work => Ones().To(Sink.ForEach<int>(new Worker(work).WorkWithToken)),
        ["ForEach: method with a token that returns a value task"] = work => Ones().To(Sink.ForEach<int>(new Worker(work).WorkOfValueWithToken)),
        ["ForEach: delegate"] = work => Ones().To(Sink.ForEach(work)),

        ["Tap: async lambda"] = work => Ended(Ones().Tap(async n => await work(n))),
        ["Tap: async lambda with a token"] = work => Ended(Ones().Tap(async (n, token) => await work(n))),
        ["Tap: lambda that returns a task"] = work => Ended(Ones().Tap(n => work(n))),
        ["Tap: lambda that returns a value task"] = work => Ended(Ones().Tap(n => new ValueTask(work(n)))),
        ["Tap: method that returns a task"] = work => Ended(Ones().Tap(new Worker(work).Work)),
        ["Tap: method that returns a value task"] = work => Ended(Ones().Tap(new Worker(work).WorkOfValue)),
        ["Tap: method with a token that returns a task"] = work => Ended(Ones().Tap(new Worker(work).WorkWithToken)),
        ["Tap: method with a token that returns a value task"] = work => Ended(Ones().Tap(new Worker(work).WorkOfValueWithToken)),
        ["Tap as a stage: async lambda"] = work => Ended(Ones().Through(Stage.Tap<int>(async n => await work(n)))),
        ["Tap as a stage: async lambda with a token"] = work => Ended(Ones().Through(Stage.Tap<int>(async (n, token) => await work(n)))),
        ["Tap as a stage: lambda that returns a task"] = work => Ended(Ones().Through(Stage.Tap<int>(n => work(n)))),

        ["OnError: async lambda"] = work => Ended(Ones().Through(Failing().OnError(ErrorPolicy.Skip, async letter => await work(letter.Item)))),
        ["OnError: async lambda with a token"] = work => Ended(Ones().Through(Failing().OnError(ErrorPolicy.Skip, async (letter, token) => await work(letter.Item)))),
        ["OnError: lambda that returns a task"] = work => Ended(Ones().Through(Failing().OnError(ErrorPolicy.Skip, letter => work(letter.Item)))),
        ["OnError: lambda that returns a value task"] = work => Ended(Ones().Through(Failing().OnError(ErrorPolicy.Skip, letter => new ValueTask(work(letter.Item))))),
        ["OnError: lambda with a token that returns a task"] = work => Ended(Ones().Through(Failing().OnError(ErrorPolicy.Skip, (letter, token) => work(letter.Item)))),
        ["OnError of SelectAsync: async lambda"] = work => Ended(Ones().Through(Stage.SelectAsync<int, int>((n, _) => Task.FromException<int>(new FormatException()), 1).OnError(ErrorPolicy.Skip, async letter => await work(letter.Item)))),

        ["Route to stages: async lambda"] = work => Ended(Ones().Route([(n => n > 2, Stage.Skip<int>(0))], onUnmatched: async n => await work(n))),
        ["Route to stages: lambda that returns a task"] = work => Ended(Ones().Route([(n => n > 2, Stage.Skip<int>(0))], onUnmatched: n => work(n))),
        ["Route to sinks: async lambda"] = work => Ones().Route([(n => n > 2, Sink.Count<int>())], onUnmatched: async n => await work(n)),
        ["Route to sinks: lambda that returns a task"] = work => Ones().Route([(n => n > 2, Sink.Count<int>())], onUnmatched: n => work(n)),
        ["Route as a sink: async lambda"] = work => Ones().To(Sink.Route<int>([(n => n > 2, Sink.Count<int>())], onUnmatched: async n => await work(n))),
        ["Route as a stage: async lambda"] = work => Ended(Ones().Through(Stage.Route<int, int>([(n => n > 2, Stage.Skip<int>(0))], onUnmatched: async n => await work(n)))),

        ["TumblingWindow: async lambda"] = work => Ended(Late().TumblingWindow(At, TimeSpan.FromMinutes(1), late: async n => await work(n))),
        ["TumblingWindow: lambda that returns a task"] = work => Ended(Late().TumblingWindow(At, TimeSpan.FromMinutes(1), late: n => work(n))),
        ["SlidingWindow: async lambda"] = work => Ended(Late().SlidingWindow(At, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), late: async n => await work(n))),
        ["SlidingWindow: lambda that returns a task"] = work => Ended(Late().SlidingWindow(At, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), late: n => work(n))),
        ["SessionWindow: async lambda"] = work => Ended(Late().SessionWindow(At, TimeSpan.FromMinutes(1), late: async n => await work(n))),
        ["SessionWindow: lambda that returns a task"] = work => Ended(Late().SessionWindow(At, TimeSpan.FromMinutes(1), late: n => work(n))),
        ["Join, first: async lambda"] = work => Ended(Late().Join(Source.From([1000]), n => n, n => n, At, At, TimeSpan.Zero, (n, _) => n, 9, lateFirst: async n => await work(n))),
        ["Join, second: async lambda"] = work => Ended(Source.From([1000]).Join(Late(), n => n, n => n, At, At, TimeSpan.Zero, (n, _) => n, 9, lateSecond: async n => await work(n))),
        ["Join, first: lambda that returns a task"] = work => Ended(Late().Join(Source.From([1000]), n => n, n => n, At, At, TimeSpan.Zero, (n, _) => n, 9, lateFirst: n => work(n))),

        ["Feedback: async lambda"] = work => Ended(Source.From([9]).Feedback<int, int>(SendBackTooMuch, 1, OnFull.DropNewest, async n => await work(n))),
        ["Feedback: lambda that returns a task"] = work => Ended(Source.From([9]).Feedback<int, int>(SendBackTooMuch, 1, OnFull.DropNewest, n => work(n))),
    };

    public static TheoryData<string> Forms => [.. s_forms.Keys];

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task The_next_item_is_taken_when_the_call_is_done(string form)
    {
        var (done, log) = (new Signal(), new List<string>());
        var run = s_forms[form](Work).RunAsync();
        Assert.Equal(["begin 1"], log);
        Assert.False(run.IsCompleted);

        done.Set();

        await Wait.For(run);
        Assert.Equal(["begin 1", "end 1", "begin 2", "end 2"], log);

        async Task Work(int n)
        {
            log.Add($"begin {n}");
            await done.Task;
            log.Add($"end {n}");
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task What_the_task_ends_with_fails_the_run_at_that_item(string form)
    {
        var (began, cause, log) = (new Signal(), new FormatException("This call fails."), new List<int>());
        var run = s_forms[form](Work).RunAsync();
        Assert.Equal([1], log);
        Assert.False(run.IsCompleted);

        began.Set();

        var error = await Assert.ThrowsAnyAsync<Exception>(() => Wait.For(run));
        Assert.Contains(cause, Causes(error));
        Assert.True(error.Data.Contains("Sluice.Stage"), "The failure does not name the stage.");
        Assert.Equal([1], log);

        async Task Work(int n)
        {
            log.Add(n);
            await began.Task;
            throw cause;
        }
    }

    [Fact]
    public async Task A_buffer_waits_for_what_is_done_with_the_items_that_it_drops()
    {
        foreach (var isTask in (bool[])[false, true])
        {
            var (stored, taken, log) = (new Signal(), new Signal(), new List<int>());
            var source = Source.From([1, 2, 3, 4, 5]);
            var buffered = isTask ? source.Buffer(1, OnFull.DropNewest, n => Store(n)) : source.Buffer(1, OnFull.DropNewest, async n => await Store(n));
            var run = buffered.To(Sink.ForEach<int>(async n =>
            {
                await taken.Task;
                log.Add(n);
            })).RunAsync();
            Assert.Equal([-3], log); // the first is being handled and the second waits

            taken.Set();
            Assert.False(run.IsCompleted);
            stored.Set();

            await Wait.For(run);
            Assert.Equal(5, log.Select(Math.Abs).Distinct().Count());

            async Task Store(int n)
            {
                log.Add(-n);
                await stored.Task;
            }
        }
    }

    [Fact]
    public async Task A_call_that_returns_no_task_fails_the_run()
    {
        foreach (var pipeline in (Pipeline[])[Ones().To(Sink.ForEach((Func<int, Task>)(_ => null!))), Ended(Ones().Tap((_, _) => (Task)null!))])
        {
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(pipeline.RunAsync()));
            Assert.Contains("null instead of a task", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_returns_nothing_is_called_as_before()
    {
        var (log, set) = (new List<int>(), new HashSet<int>());
        await Wait.For(Ones().Tap(log.Add).Tap(n => log.Add(10 * n)).Tap(n => set.Add(n)).Tap(n => _ = n)
            .Through(Stage.Tap<int>(n =>
            {
                log.Add(100 * n);
            }))
            .To(Sink.ForEach<int>(n => log.Add(1000 * n))).RunAsync());

        Assert.Equal([1, 10, 100, 1000, 2, 20, 200, 2000], log);
        Assert.Equal([1, 2], set);
    }

    [Fact]
    public async Task A_lambda_that_only_throws_fails_the_run()
    {
        var cause = new FormatException();

        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(Ones().To(Sink.ForEach<int>(_ => throw cause)).RunAsync())));
        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(Ended(Ones().Tap(_ => throw cause)).RunAsync())));
    }

    [Fact]
    public async Task An_operator_without_its_callback_is_not_ambiguous()
    {
        Assert.Equal([1, 2], await Wait.For(Ones().Buffer(3).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal([1, 2], await Wait.For(Ones().Buffer(3, dropped: null).To(Sink.ToList<int>()).RunAsync()));
        Assert.Equal(1, await Wait.For(Late().TumblingWindow(At, TimeSpan.FromMinutes(1)).To(Sink.Count<Window<int>>()).RunAsync()));
    }

    private static Source<int> Ones() => Source.From([1, 2]);

    /// <summary>1 and 2 come later than they should.</summary>
    private static Source<int> Late() => Source.From([1000, 1, 2]);

    private static DateTimeOffset At(int minute) => s_start.AddMinutes(minute);

    private static Pipeline Ended<T>(Source<T> source) => source.To(Sink.Create<T>(Stages.Drain));

    private static Stage<int, int> Failing() => Stage.Select<int, int>(_ => throw new FormatException("This stage fails at each item."));

    private static async Coroutine SendBackTooMuch(Inbox<int> items, Target<int> next, Target<int> back)
    {
        await foreach (var item in items)
        {
            if (item == 9)
            {
                await back.SendAsync(0);
                await back.SendAsync(1);
                await back.SendAsync(2);
            }
        }
    }

    private static async Task<int> Counted(Task work)
    {
        await work;
        return 1;
    }

    private static IEnumerable<Exception> Causes(Exception error) =>
        [error, .. error is AggregateException several ? several.InnerExceptions.SelectMany(Causes) : error.InnerException is { } inner ? Causes(inner) : []];

    private sealed class Worker(Func<int, Task> work)
    {
        internal Task Work(int n) => work(n);

        internal ValueTask WorkOfValue(int n) => new(work(n));

        internal Task WorkWithToken(int n, CancellationToken token) => work(n);

        internal ValueTask WorkOfValueWithToken(int n, CancellationToken token) => new(work(n));
    }
}
