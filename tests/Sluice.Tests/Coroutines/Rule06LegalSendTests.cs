namespace Sluice.Tests;

public sealed class Rule06LegalSendTests
{
    [Fact]
    public async Task Rule_6_a_send_back_that_is_not_awaited_is_legal_and_is_delivered()
    {
        var returned = new List<Task>();
        var (a, seen) = Ring.Start(async (inbox, back) =>
        {
            await foreach (var item in inbox)
            {
                if (item < 100)
                {
                    returned.Add(back().SendAsync(item + 100).AsTask());
                }
            }
        });

        await Wait.For(a.SendAsync(1));
        await Wait.For(a.SendAsync(2));
        await Wait.For(a.CloseAsync());

        Assert.Equal([1, 101, 2, 102], seen);
        Assert.Equal(2, returned.Count);
        await Wait.For(Task.WhenAll(returned));
    }

    [Fact]
    public async Task Rule_6_a_send_to_itself_that_is_not_awaited_is_legal_and_is_delivered()
    {
        CoroutineTarget<int> a = null!;
        var seen = new List<int>();
        a = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                seen.Add(item);
                if (item < 100)
                {
                    _ = a.SendAsync(item + 100).AsTask();
                }
            }
        });

        await Wait.For(a.SendAsync(1));
        await Wait.For(a.CloseAsync());

        Assert.Equal([1, 101], seen);
    }

    [Fact]
    public async Task Rule_6_a_coroutine_that_catches_the_error_of_a_cycle_goes_on()
    {
        CoroutineTarget<int> a = null!;
        var seen = new List<int>();
        InvalidOperationException? caught = null;
        a = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                seen.Add(item);
                try
                {
                    await (caught is null ? a.SendAsync(item) : ValueTask.CompletedTask);
                }
                catch (InvalidOperationException error)
                {
                    caught = error;
                }
            }
        });

        await Wait.For(a.SendAsync(1));
        Assert.NotNull(caught);
        Assert.Equal(CoroutineStatus.Waiting, a.Status);
        await Wait.For(a.SendAsync(2));

        Assert.Equal(2, seen[^1]);
        await Wait.For(a.CloseAsync());
    }
}
