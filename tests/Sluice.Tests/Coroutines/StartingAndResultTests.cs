namespace Sluice.Tests;

public sealed class StartingAndResultTests
{
    [Fact]
    public void Starting_runs_a_coroutine_at_once_up_to_its_first_receive()
    {
        var log = new List<string>();

        var target = Target.Start<int>(async inbox =>
        {
            log.Add("primed");
            await inbox.ReceiveAsync();
            log.Add("received");
        });

        Assert.Equal(["primed"], log);
        Assert.Equal(CoroutineStatus.Waiting, target.Status);
    }

    [Fact]
    public async Task Starting_runs_up_to_a_foreign_await_and_a_send_waits_until_the_first_receive()
    {
        var io = new Signal();
        var seen = new List<int>();
        var target = Target.Start<int>(async inbox =>
        {
            await io.Task;
            await foreach (var item in inbox)
            {
                seen.Add(item);
            }
        });

        var sent = target.SendAsync(1).AsTask();

        Assert.False(sent.IsCompleted);
        io.Set();
        await Wait.For(sent);
        Assert.Equal([1], seen);
    }

    [Fact]
    public async Task Starting_never_throws_a_failure_before_the_first_receive_makes_a_failed_target()
    {
        var failure = new FormatException("no configuration");

        var target = Target.Start<int>(async inbox =>
        {
            Fail(failure);
            await inbox.ReceiveAsync();
        });

        Assert.Equal(CoroutineStatus.Faulted, target.Status);
        var refused = await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(target.SendAsync(1)));
        Assert.Same(failure, refused.InnerException);
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => Wait.For(target.Completion)));
    }

    [Fact]
    public async Task Starting_never_throws_even_if_the_method_that_makes_the_coroutine_does()
    {
        var failure = new FormatException("no coroutine");

        var target = Target.Start<int>(inbox =>
        {
            Fail(failure);
            return Stages.TakeOne(inbox);
        });

        Assert.Equal(CoroutineStatus.Faulted, target.Status);
        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => Wait.For(target.Completion)));
    }

    [Fact]
    public async Task Starting_a_coroutine_that_ends_before_its_first_receive_makes_a_completed_target()
    {
        var wanted = 0;

        var target = Target.Start<int>(async inbox =>
        {
            while (wanted-- > 0)
            {
                await inbox.ReceiveAsync();
            }
        });

        Assert.Equal(CoroutineStatus.Completed, target.Status);
        await Wait.For(target.Completion);
        await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(target.SendAsync(1)));
    }

    [Fact]
    public async Task The_result_of_a_coroutine_comes_out_of_Completion()
    {
        var target = Target.Start<int, int>(async inbox =>
        {
            var sum = 0;
            await foreach (var item in inbox)
            {
                sum += item;
            }

            return sum;
        });
        var completion = target.Completion;

        for (var i = 1; i <= 4; i++)
        {
            await Wait.For(target.SendAsync(i));
        }

        Assert.False(completion.IsCompleted);
        await Wait.For(target.CloseAsync());
        Assert.Equal(10, await Wait.For(completion));
        Assert.Equal(10, await Wait.For(target.Completion));
        Assert.Equal(CoroutineStatus.Completed, target.Status);
    }

    [Fact]
    public async Task A_result_that_is_there_before_close_comes_out_of_Completion_too()
    {
        var target = Target.Start<string, string>(async inbox => await inbox.ReceiveAsync());

        await Wait.For(target.SendAsync("first"));

        Assert.Equal("first", await Wait.For(target.Completion));
        await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(target.SendAsync("second")));
    }

    [Fact]
    public async Task Rule_5_InboxClosedException_that_escapes_from_a_coroutine_with_a_result_is_a_failure()
    {
        var target = Target.Start<int, int>(async inbox => await inbox.ReceiveAsync());

        var closed = await Assert.ThrowsAsync<InboxClosedException>(() => Wait.For(target.CloseAsync()));

        Assert.Equal(CoroutineStatus.Faulted, target.Status);
        Assert.Same(closed, await Assert.ThrowsAsync<InboxClosedException>(() => Wait.For(target.Completion)));
    }

    [Fact]
    public async Task Rule_5_InboxClosedException_of_another_inbox_is_a_failure()
    {
        InboxClosedException? foreign = null;
        var other = Target.Start<int>(async inbox =>
        {
            try
            {
                await inbox.ReceiveAsync();
            }
            catch (InboxClosedException error)
            {
                foreign = error;
            }
        });
        await Wait.For(other.CloseAsync());
        var target = Target.Start<int>(async inbox =>
        {
            await inbox.ReceiveAsync();
            throw foreign!;
        });

        await Assert.ThrowsAsync<InboxClosedException>(() => Wait.For(target.SendAsync(1)));

        Assert.Equal(CoroutineStatus.Faulted, target.Status);
        await Assert.ThrowsAsync<InboxClosedException>(() => Wait.For(target.Completion));
    }

    private static void Fail(Exception failure) => throw failure;
}
