namespace Sluice.Tests;

public sealed class Rule10ThrowingTests
{
    [Fact]
    public async Task Rule_10_a_receiver_that_catches_what_is_thrown_in_goes_on()
    {
        var caught = new List<Exception>();
        var seen = new List<int>();
        var target = Target.Start<int>(async inbox =>
        {
            while (true)
            {
                try
                {
                    seen.Add(await inbox.ReceiveAsync());
                }
                catch (FormatException error)
                {
                    caught.Add(error);
                }
            }
        });
        var thrown = new FormatException();

        await Wait.For(target.SendAsync(1));
        await Wait.For(target.ThrowAsync(thrown));
        await Wait.For(target.SendAsync(2));

        Assert.Same(thrown, Assert.Single(caught));
        Assert.Equal([1, 2], seen);
        Assert.Equal(CoroutineStatus.Waiting, target.Status);
    }

    [Fact]
    public async Task Rule_10_what_the_receiver_does_not_catch_comes_back_out_of_ThrowAsync()
    {
        var cleanedUp = false;
        var target = Target.Start<int>(async inbox =>
        {
            try
            {
                await Stages.Drain(inbox);
            }
            finally
            {
                cleanedUp = true;
            }
        });
        var thrown = new FormatException();

        Assert.Same(thrown, await Assert.ThrowsAsync<FormatException>(() => Wait.For(target.ThrowAsync(thrown))));

        Assert.True(cleanedUp);
        Assert.Equal(CoroutineStatus.Faulted, target.Status);
        var refused = await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(target.SendAsync(1)));
        Assert.Same(thrown, refused.InnerException);
    }

    [Fact]
    public async Task Rule_10_a_receiver_that_catches_what_is_thrown_in_may_end_or_raise_something_else()
    {
        var ending = Target.Start<int>(inbox => EndOnFormatException(inbox, null));
        var other = new TimeoutException();
        var raising = Target.Start<int>(inbox => EndOnFormatException(inbox, other));

        await Wait.For(ending.ThrowAsync(new FormatException()));
        Assert.Same(other, await Assert.ThrowsAsync<TimeoutException>(() => Wait.For(raising.ThrowAsync(new FormatException()))));

        Assert.Equal(CoroutineStatus.Completed, ending.Status);
        Assert.Equal(CoroutineStatus.Faulted, raising.Status);
    }

    [Fact]
    public async Task Rule_10_a_throw_waits_for_its_turn()
    {
        var io = new Signal();
        var log = new List<string>();
        var target = Target.Start<int>(async inbox =>
        {
            await inbox.ReceiveAsync();
            await io.Task;
            log.Add("handled");
            await EndOnFormatException(inbox, null);
            log.Add("caught");
        });
        var sent = target.SendAsync(1).AsTask();

        var thrown = target.ThrowAsync(new FormatException()).AsTask();
        Assert.False(thrown.IsCompleted);
        io.Set();
        await Wait.For(sent);
        await Wait.For(thrown);

        Assert.Equal(["handled", "caught"], log);
    }

    [Fact]
    public async Task Rule_10_a_throw_into_an_ended_target_throws_TargetClosedException()
    {
        var target = Target.Start<int>(Stages.TakeOne, "brief");
        await Wait.For(target.SendAsync(1));
        var thrown = new FormatException();

        var refused = await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(target.ThrowAsync(thrown)));

        Assert.Equal("brief", refused.TargetName);
        Assert.Same(thrown, refused.InnerException);
        Assert.Equal(CoroutineStatus.Completed, target.Status);
    }

    private static async Coroutine EndOnFormatException(Inbox<int> inbox, Exception? instead)
    {
        try
        {
            await inbox.ReceiveAsync();
        }
        catch (FormatException)
        {
            if (instead is not null)
            {
                throw instead;
            }
        }
    }
}
