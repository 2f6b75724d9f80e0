namespace Sluice.Tests;

public sealed class DeepDelegationTests
{
    private const int Depth = 200_000;

    [Fact]
    public async Task A_recursion_of_200_000_coroutines_ends_with_its_result()
    {
        var target = Target.Start<int, int>(inbox => Descend(inbox, Depth));

        await Wait.For(target.SendAsync(5));

        Assert.Equal(Depth + 5, await Wait.For(target.Completion));
    }

    [Fact]
    public async Task A_recursion_of_200_000_coroutines_outside_every_target_ends_with_its_result_once_it_is_awaited()
    {
        var io = new Signal();
        var outermost = Outside(Depth, io.Task);
        var sum = Await(outermost);
        Assert.False(sum.IsCompleted);

        io.Set();

        Assert.Equal(Depth, await Wait.For(sum));

        static async Coroutine<int> Outside(int depth, Task io)
        {
            if (depth == 0)
            {
                await io;
                return 0;
            }

            return await Outside(depth - 1, io) + 1;
        }

        static async Task<int> Await(Coroutine<int> coroutine) => await coroutine;
    }

    [Fact]
    public async Task A_recursion_with_an_item_for_each_of_200_000_levels_ends_with_its_result()
    {
        var target = Target.Start<int, long>(inbox => DescendByItems(inbox, Depth));

        for (var i = 0; i <= Depth; i++)
        {
            target.SendNow(1);
        }

        Assert.Equal(Depth + 1L, await Wait.For(target.Completion));
    }

    [Fact]
    public async Task A_chain_of_200_000_coroutines_built_in_a_loop_ends_with_its_result()
    {
        var target = Target.Start<int, int>(inbox => Chain(inbox, Depth));

        await Wait.For(target.SendAsync(5));

        Assert.Equal(Depth + 5, await Wait.For(target.Completion));
    }

    [Fact]
    public async Task A_chain_of_200_000_coroutines_is_resumed_by_a_foreign_await_too()
    {
        var io = new Signal();
        var target = Target.Start<int, int>(async inbox =>
        {
            var at = After(io.Task);
            for (var i = 0; i < Depth; i++)
            {
                at = AddOne(at);
            }

            return await at;
        });

        io.Set();

        Assert.Equal(Depth, await Wait.For(target.Completion));
    }

    [Fact]
    public async Task An_exception_passes_through_a_deep_chain()
    {
        var target = Target.Start<int, int>(inbox => Chain(inbox, 10_000));
        var failure = new FormatException();

        Assert.Same(failure, await Assert.ThrowsAsync<FormatException>(() => Wait.For(target.ThrowAsync(failure))));

        Assert.Equal(CoroutineStatus.Faulted, target.Status);
    }

    private static async Coroutine<int> After(Task io)
    {
        await io;
        return 0;
    }

    private static async Coroutine<int> Leaf(Inbox<int> inbox) => await inbox.ReceiveAsync();

    private static async Coroutine<int> AddOne(Coroutine<int> inner) => 1 + await inner;

    private static async Coroutine<int> Chain(Inbox<int> inbox, int depth)
    {
        var at = Leaf(inbox);
        for (var i = 0; i < depth; i++)
        {
            at = AddOne(at);
        }

        return await at;
    }

    private static async Coroutine<int> Descend(Inbox<int> inbox, int depth) =>
        depth == 0 ? await inbox.ReceiveAsync() : 1 + await Descend(inbox, depth - 1);

    private static async Coroutine<long> DescendByItems(Inbox<int> inbox, int depth)
    {
        var item = await inbox.ReceiveAsync();
        return depth == 0 ? item : item + await DescendByItems(inbox, depth - 1);
    }
}
