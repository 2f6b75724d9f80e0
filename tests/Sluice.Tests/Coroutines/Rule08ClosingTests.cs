namespace Sluice.Tests;

public sealed class Rule08ClosingTests
{
    [Fact]
    public async Task Rule_8_a_close_ends_the_await_foreach_and_the_code_after_it_runs_and_may_send()
    {
        var results = new List<int>();
        var next = Target.Start<int>(inbox => Stages.Collect(inbox, results));
        var target = Target.Start<int>(async inbox =>
        {
            var sum = 0;
            await foreach (var item in inbox)
            {
                sum += item;
            }

            await next.SendAsync(sum);
            await next.SendAsync(-1);
        });
        await Wait.For(target.SendAsync(1));
        await Wait.For(target.SendAsync(2));
        Assert.Empty(results);

        await Wait.For(target.CloseAsync());

        Assert.Equal([3, -1], results);
        Assert.Equal(CoroutineStatus.Completed, target.Status);
        Assert.Equal(CoroutineStatus.Waiting, next.Status);
    }

    [Fact]
    public async Task Rule_8_ReceiveAsync_throws_InboxClosedException_which_may_escape_as_a_normal_end()
    {
        Exception? seen = null;
        var target = Target.Start<int>(async inbox =>
        {
            try
            {
                await inbox.ReceiveAsync();
            }
            catch (Exception error)
            {
                seen = error;
                throw;
            }
        });

        await Wait.For(target.CloseAsync());

        Assert.IsType<InboxClosedException>(seen);
        Assert.Equal(CoroutineStatus.Completed, target.Status);
        await Wait.For(target.Completion);
    }

    [Fact]
    public async Task Rule_8_a_close_takes_its_place_behind_sends_that_wait_and_later_sends_are_refused()
    {
        var io = new Signal();
        var seen = new List<int>();
        var target = Target.Start<int>(async inbox =>
        {
            await io.Task;
            await Stages.Collect(inbox, seen);
        });
        var sends = Enumerable.Range(1, 3).Select(item => target.SendAsync(item).AsTask()).ToArray();

        var close = target.CloseAsync().AsTask();
        var late = target.SendAsync(4).AsTask();

        Assert.False(close.IsCompleted);
        Assert.True(target.IsClosed);
        await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(late));
        io.Set();
        await Wait.For(Task.WhenAll(sends));
        await Wait.For(close);
        Assert.Equal([1, 2, 3], seen);
        await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(target.SendAsync(5)));
    }

    [Fact]
    public async Task Rule_8_a_close_completes_when_the_receiver_has_finished()
    {
        var io = new Signal();
        var finished = false;
        var target = Target.Start<int>(async inbox =>
        {
            await Stages.Drain(inbox);
            await io.Task;
            finished = true;
        });

        var close = target.CloseAsync().AsTask();

        Assert.False(close.IsCompleted);
        Assert.False(target.Completion.IsCompleted);
        io.Set();
        await Wait.For(close);
        Assert.True(finished);
        Assert.Equal(CoroutineStatus.Completed, target.Status);
    }

    [Fact]
    public async Task Rule_8_the_completion_of_a_closed_coroutine_completes_whenever_it_is_asked_for()
    {
        for (var round = 0; round < 500; round++)
        {
            var target = Target.Start<int>(Stages.Drain);
            using var both = new Barrier(2);
            var asked = Task.Run(() =>
            {
                Assert.True(both.SignalAndWait(Wait.Limit));
                return target.Completion;
            });

            Assert.True(both.SignalAndWait(Wait.Limit));
            await Wait.For(target.CloseAsync());

            await Wait.For(asked);
            Assert.True(target.Completion.IsCompletedSuccessfully);
            Assert.Equal(CoroutineStatus.Completed, target.Status);
        }
    }

    [Fact]
    public async Task Rule_8_what_the_receiver_raises_while_it_finishes_comes_out_of_the_close()
    {
        var failure = new FormatException();
        var target = Target.Start<int>(async inbox =>
        {
            await Stages.Drain(inbox);
            throw failure;
        });

        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => Wait.For(target.CloseAsync())));

        Assert.Equal(CoroutineStatus.Faulted, target.Status);
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => Wait.For(target.Completion)));
    }

    [Fact]
    public async Task Rule_8_closing_twice_does_nothing()
    {
        var io = new Signal();
        var ends = 0;
        var target = Target.Start<int>(async inbox =>
        {
            await Stages.Drain(inbox);
            await io.Task;
            ends++;
        });

        var first = target.CloseAsync().AsTask();
        var second = target.CloseAsync().AsTask();
        io.Set();
        await Wait.For(first);
        await Wait.For(second);
        await Wait.For(target.CloseAsync());

        Assert.Equal(1, ends);
        Assert.Equal(CoroutineStatus.Completed, target.Status);
    }

    [Fact]
    public async Task Rule_8_closing_a_target_that_has_failed_does_nothing()
    {
        var target = Target.Start<int>(inbox => throw new FormatException());

        await Wait.For(target.CloseAsync());

        Assert.Equal(CoroutineStatus.Faulted, target.Status);
    }

    [Fact]
    public async Task Rule_8_leaving_an_await_foreach_does_not_close_the_inbox()
    {
        var seen = new List<string>();
        var target = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                seen.Add($"loop {item}");
                break;
            }

            seen.Add($"receive {await inbox.ReceiveAsync()}");
            await foreach (var item in inbox)
            {
                seen.Add($"second loop {item}");
            }
        });

        for (var i = 1; i <= 3; i++)
        {
            await Wait.For(target.SendAsync(i));
        }

        Assert.Equal(["loop 1", "receive 2", "second loop 3"], seen);
        Assert.Null(typeof(Inbox<int>.Enumerator).GetMethod("DisposeAsync"));
    }

    [Fact]
    public async Task Rule_8_await_using_closes_a_target()
    {
        var log = new List<string>();
        await using (var target = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                log.Add($"{item}");
            }

            log.Add("ended");
        }))
        {
            await Wait.For(target.SendAsync(1));
            log.Add("leaving");
        }

        Assert.Equal(["1", "leaving", "ended"], log);
    }
}
