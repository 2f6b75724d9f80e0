namespace Sluice.Tests;

public sealed class Rule01AllocationTests
{
    private const int SendsInARound = 10_000;

    /// <summary>The first round also makes what is made once.</summary>
    private const int Rounds = 2;

    [Fact]
    public void Rule_1_a_send_hands_over_one_item_and_allocates_nothing()
    {
        var count = new int[1];
        AssertAllocatesNothing(Target.Start<int>(inbox => Count(inbox, count)), 7);
        AssertAllocatesNothing(Target.Start<string>(inbox => Count(inbox, count)), "text");
        Assert.True(count[0] >= 2 * SendsInARound);
    }

    [Fact]
    public void Rule_1_an_await_foreach_allocates_nothing()
    {
        var count = new int[1];
        AssertAllocatesNothing(Target.Start<int>(inbox => CountEach(inbox, count)), 7);
        AssertAllocatesNothing(Target.Start<string>(inbox => CountEach(inbox, count)), "text");
        Assert.True(count[0] >= 2 * SendsInARound);
    }

    [Fact]
    public void Rule_1_a_send_through_a_chain_of_coroutines_allocates_nothing()
    {
        var count = new int[1];
        AssertAllocatesNothing(Chain<int>(count), 7);
        AssertAllocatesNothing(Chain<string>(count), "text");
        Assert.True(count[0] >= 2 * SendsInARound);
    }

    [Fact]
    public void Rule_1_a_receive_by_an_awaited_coroutine_allocates_nothing()
    {
        var count = new int[1];
        var target = Target.Start<int>(async inbox => await Count(inbox, count));

        AssertAllocatesNothing(target, 7);
        Assert.True(count[0] >= SendsInARound);
    }

    [Fact]
    public void Rule_8_the_close_of_a_coroutine_that_waits_allocates_nothing()
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var targets = Enumerable.Range(0, 1000).Select(_ => Target.Start<int>(Stages.Drain)).ToArray();
            var before = GC.GetAllocatedBytesForCurrentThread();
            foreach (var target in targets)
            {
                target.CloseNow();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.All(targets, target => Assert.Equal(CoroutineStatus.Completed, target.Status));
        }

        Assert.Equal(0, least);
    }

    private static void AssertAllocatesNothing<T>(Target<T> target, T item)
    {
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < SendsInARound; i++)
            {
                target.SendNow(item);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(least == 0, $"{SendsInARound} sends of {typeof(T)} allocated at least {least} bytes in each of {Rounds} rounds");
    }

    private static Target<T> Chain<T>(int[] count)
    {
        var sink = Target.Start<T>(inbox => Count(inbox, count));
        var second = Target.Start<T>(inbox => Stages.Pass(inbox, sink));
        return Target.Start<T>(inbox => Stages.Pass(inbox, second));
    }

    private static async Coroutine Count<T>(Inbox<T> inbox, int[] count)
    {
        while (true)
        {
            await inbox.ReceiveAsync();
            count[0]++;
        }
    }

    private static async Coroutine CountEach<T>(Inbox<T> inbox, int[] count)
    {
        await foreach (var item in inbox)
        {
            count[0]++;
        }
    }
}
