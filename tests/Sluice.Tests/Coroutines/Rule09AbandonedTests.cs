namespace Sluice.Tests;

public sealed class Rule09AbandonedTests
{
    [Fact]
    public async Task Rule_9_a_coroutine_that_receives_past_close_64_times_is_abandoned()
    {
        var closings = 0;
        var finallyRan = false;
        var target = Target.Start<int>(
            async inbox =>
            {
                try
                {
                    while (true)
                    {
                        try
                        {
                            await inbox.ReceiveAsync();
                        }
                        catch (InboxClosedException)
                        {
                            closings++;
                        }
                    }
                }
                finally
                {
                    finallyRan = true;
                }
            },
            "stubborn");

        await AssertAbandoned(target);

        Assert.InRange(closings, 64, 65); // the receive that waited, and those past close
        Assert.False(finallyRan);
    }

    [Fact]
    public async Task Rule_9_a_coroutine_that_starts_its_await_foreach_again_and_again_is_abandoned()
    {
        var loops = 0;
        var finallyRan = false;
        var target = Target.Start<int>(
            async inbox =>
            {
                try
                {
                    while (true)
                    {
                        await foreach (var item in inbox)
                        {
                        }

                        loops++;
                    }
                }
                finally
                {
                    finallyRan = true;
                }
            },
            "stubborn");

        await AssertAbandoned(target);

        Assert.InRange(loops, 64, 65);
        Assert.False(finallyRan);
    }

    [Fact]
    public async Task Rule_9_a_coroutine_that_is_abandoned_after_a_foreign_await_fails_its_close_too()
    {
        var io = new Signal();
        var target = Target.Start<int>(
            async inbox =>
            {
                while (true)
                {
                    await Stages.Drain(inbox);
                    await io.Task;
                }
            },
            "stubborn");

        var close = target.CloseAsync().AsTask();
        Assert.False(close.IsCompleted);
        io.Set();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(close));
        Assert.Contains("stubborn", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule_9_a_coroutine_that_receives_past_close_a_few_times_gets_closed_again_and_ends_normally()
    {
        var closings = 0;
        var target = Target.Start<int>(async inbox =>
        {
            while (closings < 60)
            {
                try
                {
                    await inbox.ReceiveAsync();
                }
                catch (InboxClosedException)
                {
                    closings++;
                }
            }
        });

        await Wait.For(target.CloseAsync());

        Assert.Equal(60, closings);
        Assert.Equal(CoroutineStatus.Completed, target.Status);
    }

    private static async Task AssertAbandoned(CoroutineTarget<int> target)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(target.CloseAsync()));
        Assert.Contains("stubborn", error.Message, StringComparison.Ordinal);
        Assert.Equal(CoroutineStatus.Faulted, target.Status);
        Assert.Same(error, await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(target.Completion)));
    }
}
