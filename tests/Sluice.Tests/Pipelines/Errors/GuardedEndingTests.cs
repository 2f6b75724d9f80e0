using System.Threading.Channels;

namespace Sluice.Tests;

/// <summary>Ends that an error policy does not handle, and the end of a stage that has one.</summary>
public sealed class GuardedEndingTests
{
    private static readonly ErrorPolicy[] s_policies = [ErrorPolicy.Skip, ErrorPolicy.Retry(2, thenSkip: true), ErrorPolicy.Restart(2)];

    private readonly List<int> _seen = [];
    private readonly List<string> _notes = [];
    private readonly FormatException _cause = new("cause");

    public static TheoryData<int> Policies => [0, 1, 2];

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_failure_after_the_close_has_no_item_and_fails_the_run(int policy)
    {
        var run = Start(policy, async (items, next) =>
        {
            await Stages.Pass(items, next);
            throw _cause;
        });

        Assert.Same(_cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("guarded", _cause.Data["Sluice.Stage"]);
        Assert.Equal([1, 2, 3], _seen);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_stage_that_fails_before_its_first_receive_fails_the_run_and_nothing_is_produced(int policy)
    {
        var numbers = new Numbers();
        var run = Source.From(numbers.Endless()).Through(Guarded(policy, (_, _) => throw _cause)).To(Sink.Count<int>()).RunAsync();

        Assert.Same(_cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal(0, numbers.Produced);
        Assert.Same(_cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(Source.From(numbers.Endless())
            .Through(Stage.FromOperator<int, int>(_ => throw _cause, "broken").OnError(s_policies[policy])).To(Sink.Count<int>()).RunAsync())));
        Assert.Equal(0, numbers.Produced);
    }

    [Theory]
    [InlineData("no item", 0)]
    [InlineData("no item", 1)]
    [InlineData("an item waits", 0)]
    [InlineData("an item waits", 1)]
    [InlineData("closed", 0)]
    public async Task A_stage_that_fails_later_but_before_its_first_receive_fails_the_run_at_once(string how, int policy)
    {
        var (fail, channel) = (new Signal(), Channel.CreateUnbounded<int>());
        var run = Source.From(channel.Reader).Through(Guarded(policy, async (items, next) =>
        {
            await fail.Task;
            await Stages.Pass(items, next);
        })).To(Sink.Count<int>()).RunAsync();
        if (how == "an item waits")
        {
            channel.Writer.TryWrite(1);
        }

        if (how == "closed")
        {
            channel.Writer.Complete();
        }

        Assert.False(run.IsCompleted);
        fail.Fail(_cause);

        Assert.Same(_cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
    }

    [Fact]
    public async Task A_fresh_start_that_fails_is_a_failure_of_the_item_that_is_retried()
    {
        var starts = 0;
        var run = Start(ErrorPolicy.Retry(2), async (items, next) =>
        {
            Stages.ThrowAt(++starts, 2, new NotSupportedException());
            await foreach (var item in items)
            {
                await next.SendAsync(Stages.ThrowAt(item, starts == 3 ? 0 : 2, _cause));
            }
        });

        await Wait.For(run);
        Assert.Equal(3, starts);
        Assert.Equal([1, 2, 3], _seen);
    }

    [Fact]
    public async Task A_fresh_start_that_fails_without_an_item_fails_the_run()
    {
        var starts = 0;
        var second = new NotSupportedException();
        var run = Start(ErrorPolicy.Skip, async (items, next) =>
        {
            Stages.ThrowAt(++starts, 2, second);
            await foreach (var item in items)
            {
                await next.SendAsync(Stages.ThrowAt(item, 2, _cause));
            }
        });

        Assert.Same(second, await Assert.ThrowsAsync<NotSupportedException>(() => Wait.For(run)));
        Assert.Equal([1], _seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stage_that_ends_by_itself_ends_the_source(bool waits)
    {
        var numbers = new Numbers();
        var run = Source.From(numbers.Endless()).Through(Guarded(0, async (items, next) =>
        {
            await next.SendAsync(await items.ReceiveAsync());
            if (waits)
            {
                await Task.Yield();
            }
        })).To(Sink.ForEach<int>(_seen.Add)).RunAsync();

        await Wait.For(run);
        Assert.Equal([1], _seen);
        Assert.Equal(1, numbers.Ended);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task An_early_end_behind_it_is_no_error_and_raised_once_at_its_receive(int policy)
    {
        var numbers = new Numbers();
        var run = Source.From(numbers.Endless()).Through(Guarded(policy, async (items, next) =>
        {
            try
            {
                await Stages.Filter(items, next, x => x <= 2);
            }
            catch (TargetClosedException)
            {
                _notes.Add("told");
            }

            await Stages.Filter(items, next, x => { _notes.Add($"{x}"); return x == 4; });
        })).To(Sink.Create<int>(async items => _seen.AddRange(await items.ReceiveAsync(), await items.ReceiveAsync()))).RunAsync();

        await Wait.For(run);
        Assert.Equal([1, 2], _seen);
        Assert.Equal(["told", "3", "4"], _notes);
        Assert.Equal((4, 1), (numbers.Produced, numbers.Ended));
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_failure_behind_it_is_neither_retried_nor_skipped(int policy)
    {
        var (bad, attempts) = (new NotSupportedException(), new List<int>());
        var run = Source.From([1, 2, 3]).Through(Guarded(policy, async (items, next) =>
        {
            await foreach (var item in items)
            {
                attempts.Add(item);
                try
                {
                    await next.SendAsync(item);
                }
                catch (NotSupportedException error)
                {
                    throw new InvalidOperationException("wrapped", error);
                }
            }
        })).To(Sink.ForEach<int>(item => Stages.ThrowAt(item, 2, bad)).Named("bad")).RunAsync();

        Assert.Same(bad, await Assert.ThrowsAsync<NotSupportedException>(() => Wait.For(run)));
        Assert.Equal("bad", bad.Data["Sluice.Stage"]);
        Assert.Equal([1, 2], attempts);
    }

    [Theory]
    [MemberData(nameof(Policies))]
    public async Task A_failure_before_it_is_thrown_in_and_is_not_its_own(int policy)
    {
        var run = Source.From(Enumerable.Range(1, 3).Select(x => Stages.ThrowAt(x, 3, _cause))).Named("bad")
            .Through(Guarded(policy, (items, next) => Stages.PassOnNoting(items, next, "finally", _notes))).To(Sink.ForEach<int>(_seen.Add)).RunAsync();

        Assert.Same(_cause, await Assert.ThrowsAsync<FormatException>(() => Wait.For(run)));
        Assert.Equal("bad", _cause.Data["Sluice.Stage"]);
        Assert.Equal([1, 2], _seen);
        Assert.Equal(["finally"], _notes);
    }

    [Fact]
    public async Task A_stage_may_catch_what_a_stage_before_it_throws_in()
    {
        var run = Source.From([1, 2, 3]).Through<int>(async (items, next) =>
        {
            await foreach (var item in items)
            {
                await (item == 2 ? next.ThrowAsync(_cause) : next.SendAsync(item));
            }
        }).Through(Guarded(0, async (items, next) =>
        {
            try
            {
                await Stages.Pass(items, next);
            }
            catch (FormatException)
            {
                await next.SendAsync(-2);
                await Stages.Pass(items, next);
            }
        })).To(Sink.ForEach<int>(_seen.Add)).RunAsync();

        await Wait.For(run);
        Assert.Equal([1, -2, 3], _seen);
    }

    [Fact]
    public async Task The_token_of_the_run_reaches_the_stage_and_its_cancellation_is_no_error()
    {
        using var stop = new CancellationTokenSource();
        var run = Source.From([1, 2]).Through(Guarded(1, async (items, next) =>
        {
            try
            {
                await items.ReceiveAsync();
                await new Signal().Task.WaitAsync(items.Cancellation);
            }
            finally
            {
                _notes.Add("finally");
            }
        })).To(Sink.Count<int>()).RunAsync(stop.Token);
        Assert.False(run.IsCompleted);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.True(run.IsCanceled);
        Assert.Equal(["finally"], _notes);
    }

    [Fact]
    public async Task A_canceled_stage_may_await_in_its_finally_block_and_the_run_waits_for_it()
    {
        using var stop = new CancellationTokenSource();
        var clean = new Signal();
        var run = Source.From(Channel.CreateUnbounded<int>().Reader).Through(Guarded(0, async (items, _) =>
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
        })).To(Sink.Count<int>()).RunAsync(stop.Token);
        await stop.CancelAsync();
        Assert.False(run.IsCompleted);

        clean.Set();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Wait.For(run));
        Assert.Equal(["clean"], _notes);
    }

    [Fact]
    public async Task A_failure_after_a_wait_is_handled_too()
    {
        var failing = new Failing().At(2, times: 1);
        var run = Start(ErrorPolicy.Retry(1), async (items, next) =>
        {
            await foreach (var item in items)
            {
                await Task.Yield();
                await next.SendAsync(failing.Look(item));
            }
        });

        await Wait.For(run);
        Assert.Equal([1, 2, 3], _seen);
    }

    [Fact]
    public async Task An_end_of_the_inbox_in_the_middle_of_a_group_is_a_normal_end()
    {
        await Wait.For(Start(ErrorPolicy.Skip, async (items, next) =>
        {
            while (true)
            {
                await next.SendAsync(await items.ReceiveAsync() + await items.ReceiveAsync());
            }
        }));

        Assert.Equal([3], _seen);
    }

    [Fact]
    public async Task A_child_that_failed_and_was_never_awaited_is_still_reported()
    {
        var run = Start(ErrorPolicy.Skip, async (items, next) =>
        {
            await foreach (var item in items)
            {
                _ = Child();
                throw new NotSupportedException();
            }
        });

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(run));
        Assert.Same(_cause, error);

        async Coroutine Child()
        {
            await ValueTask.CompletedTask;
            throw _cause;
        }
    }

    [Fact]
    public async Task Handled_failures_leave_no_unobserved_task()
    {
        var unobserved = new List<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e)
        {
            lock (unobserved)
            {
                unobserved.AddRange(e.Exception.Flatten().InnerExceptions.Where(error => error.Message.StartsWith("item ", StringComparison.Ordinal)));
            }
        }

        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            for (var i = 0; i < 10; i++)
            {
                var failing = new Failing().At(2).At(3, times: 1);
                await Wait.For(Source.From([1, 2, 3]).Through(failing.Stage().OnError(ErrorPolicy.Retry(1, thenSkip: true))).To(Sink.Count<int>()).RunAsync());
            }

            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.Empty(unobserved);
    }

    [Fact]
    public async Task A_hundred_thousand_fresh_starts_need_no_stack_and_keep_the_order()
    {
        var failing = new Failing();
        var items = Enumerable.Range(1, 100_000).ToArray();
        foreach (var item in items)
        {
            failing.At(item, times: 1);
        }

        var stage = Stage.Select<int, int>(failing.Look).OnError(ErrorPolicy.Retry(1));
        Assert.Equal(items, await Wait.For(Source.From(items).Through(stage).To(Sink.ToList<int>()).RunAsync()));
    }

    private static Stage<int, int> Guarded(int policy, Func<Inbox<int>, Target<int>, Coroutine> body) =>
        Stage.Create(body, "guarded").OnError(s_policies[policy]);

    private Task Start(int policy, Func<Inbox<int>, Target<int>, Coroutine> body) => Start(s_policies[policy], body);

    private Task Start(ErrorPolicy policy, Func<Inbox<int>, Target<int>, Coroutine> body) =>
        Source.From([1, 2, 3]).Through(Stage.Create(body, "guarded").OnError(policy)).To(Sink.ForEach<int>(_seen.Add)).RunAsync();
}
