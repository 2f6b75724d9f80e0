namespace Sluice.Tests;

/// <summary>Callbacks that still run when the main task and all others have ended.</summary>
public sealed class LoopEndTests
{
    [Theory]
    [InlineData("posted")]
    [InlineData("posted as from any thread")]
    [InlineData("through the context")]
    [InlineData("by Task.Yield, not awaited")]
    public void What_posts_itself_again_does_not_keep_the_loop_alive(string how)
    {
        var calls = 0;
        OnLoop.Run(() =>
        {
            Again();
            return Task.CompletedTask;
        });

        Assert.InRange(calls, 2, 10_000);

        void Again()
        {
            calls++;
            switch (how)
            {
                case "posted":
                    EventLoop.Current.Post(Again);
                    break;
                case "posted as from any thread":
                    EventLoop.Current.PostThreadSafe(Again);
                    break;
                case "through the context":
                    SynchronizationContext.Current!.Post(_ => Again(), null);
                    break;
                default:
                    _ = YieldAsync();
                    break;
            }
        }

        async Task YieldAsync()
        {
            while (true)
            {
                await Task.Yield();
                calls++;
            }
        }
    }

    [Fact]
    public void What_was_posted_before_the_end_runs_and_what_that_posts_too()
    {
        var calls = 0;
        OnLoop.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                EventLoop.Current.Post(() => EventLoop.Current.Post(() => EventLoop.Current.Post(() => calls++)));
            }

            return Task.CompletedTask;
        });

        Assert.Equal(10_000, calls);
    }

    [Fact]
    public void What_other_threads_have_posted_runs_also_while_callbacks_post_themselves()
    {
        var (calls, others) = (0, 0);
        OnLoop.Run(async () =>
        {
            var loop = EventLoop.Current;
            loop.Post(Again);
            await EventLoop.RunInThreadAsync(() =>
            {
                for (var i = 0; i < 10_000; i++)
                {
                    loop.PostThreadSafe(() => others++);
                }
            });

            void Again()
            {
                calls++;
                loop.Post(Again);
            }
        });

        Assert.Equal(10_000, others);
        Assert.InRange(calls, 1, int.MaxValue);
    }

    [Fact]
    public void Code_that_nobody_awaits_cleans_up_to_its_end()
    {
        var cleaned = 0;
        OnLoop.Run(async () =>
        {
            _ = CleanUpAsync();
            await EventLoop.YieldAsync();
        });

        Assert.Equal(101, cleaned);

        async Task CleanUpAsync()
        {
            try
            {
                await EventLoop.SleepAsync(Timeout.InfiniteTimeSpan);
            }
            finally
            {
                for (var i = 0; i < 100; i++)
                {
                    await Task.Yield();
                    cleaned++;
                }

                cleaned++;
            }
        }
    }
}
