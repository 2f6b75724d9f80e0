namespace Sluice.Tests;

public sealed class ChildCoroutineTests
{
    [Fact]
    public async Task A_coroutine_that_has_ended_gives_its_result_again()
    {
        var log = new List<string>();
        var target = Target.Start<int>(async inbox =>
        {
            var child = Leaf(inbox);
            log.Add($"{await child}");
            log.Add($"{await child}");
        });

        await Wait.For(target.SendAsync(1));

        Assert.Equal(["1", "1"], log);
    }

    [Fact]
    public async Task A_coroutine_cannot_be_awaited_by_two_at_the_same_time()
    {
        var log = new List<string>();
        var target = Target.Start<int>(async inbox =>
        {
            var child = Leaf(inbox);
            var first = AddOne(child);
            try
            {
                await AddOne(child);
            }
            catch (InvalidOperationException)
            {
                log.Add("refused");
            }

            log.Add($"{await first}");
        });
        Assert.Equal(["refused"], log);

        await Wait.For(target.SendAsync(1));

        Assert.Equal(["refused", "2"], log);
    }

    [Fact]
    public async Task A_coroutine_can_be_awaited_by_Task_code_outside_every_strand()
    {
        var io = new Signal();
        var answer = Await(After(io.Task));
        Assert.False(answer.IsCompleted);

        io.Set();

        Assert.Equal(0, await Wait.For(answer));
        var failing = new Signal();
        var failed = Await(After(failing.Task));
        failing.Fail(new FormatException());
        await Assert.ThrowsAsync<FormatException>(() => Wait.For(failed));
    }

    [Fact]
    public async Task A_coroutine_can_be_awaited_by_Task_code_that_a_stage_awaits()
    {
        var seen = new List<int>();
        var target = Target.Start<int>(async inbox =>
        {
            seen.Add(await Await(Leaf(inbox)));
            seen.Add(await inbox.ReceiveAsync());
        });

        await Wait.For(target.SendAsync(1));
        await Wait.For(target.SendAsync(2));

        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task A_child_that_is_started_and_not_awaited_runs_beside_its_parent()
    {
        var io = new Signal();
        var done = new Signal();
        var seen = new List<int>();
        var target = Target.Start<int>(async inbox =>
        {
            _ = Beside(io.Task, done);
            await Stages.Collect(inbox, seen);
        });

        await Wait.For(target.SendAsync(1));
        Assert.False(done.Task.IsCompleted);
        io.Set();
        await Wait.For(done.Task);
        await Wait.For(target.SendAsync(2));

        Assert.Equal([1, 2], seen);
    }

    [Fact]
    public async Task Two_coroutines_cannot_receive_from_one_inbox_at_the_same_time()
    {
        var target = Target.Start<int>(async inbox =>
        {
            var first = Leaf(inbox);
            await inbox.ReceiveAsync();
            await first;
        });

        await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(target.Completion));

        Assert.Equal(CoroutineStatus.Faulted, target.Status);
    }

    private static async Task<int> Await(Coroutine<int> coroutine) => await coroutine;

    private static async Coroutine Beside(Task io, Signal done)
    {
        await io;
        done.Set();
    }

    private static async Coroutine<int> After(Task io)
    {
        await io;
        return 0;
    }

    private static async Coroutine<int> Leaf(Inbox<int> inbox) => await inbox.ReceiveAsync();

    private static async Coroutine<int> AddOne(Coroutine<int> inner) => 1 + await inner;
}
