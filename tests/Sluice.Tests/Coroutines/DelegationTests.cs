using System.Runtime.CompilerServices;

namespace Sluice.Tests;

public sealed class DelegationTests
{
    [Fact]
    public async Task An_awaited_coroutine_receives_in_place_of_its_awaiter_and_gives_back_its_result()
    {
        var log = new List<string>();
        var target = Target.Start<int>(async inbox =>
        {
            log.Add($"own {await inbox.ReceiveAsync()}");
            log.Add($"sum {await SumOf(inbox, 3)}");
            log.Add($"own {await inbox.ReceiveAsync()}");
        });

        for (var i = 1; i <= 5; i++)
        {
            await Wait.For(target.SendAsync(i));
        }

        Assert.Equal(["own 1", "sum 9", "own 5"], log);
        Assert.Equal(CoroutineStatus.Completed, target.Status);
    }

    [Fact]
    public async Task Coroutines_nest_and_their_finally_blocks_run_in_order_once()
    {
        var log = new List<string>();
        var target = Target.Start<int>(inbox => Level(inbox, 3, log));

        await Wait.For(target.SendAsync(7));
        await Wait.For(target.CloseAsync());

        Assert.Equal(["enter 3", "enter 2", "enter 1", "received 7", "leave 1", "leave 2", "leave 3"], log);
    }

    [Fact]
    public async Task A_close_reaches_the_innermost_coroutine_and_passes_through_its_awaiters()
    {
        var log = new List<string>();
        var target = Target.Start<int>(inbox => Level(inbox, 3, log));

        await Wait.For(target.CloseAsync());

        Assert.Equal(["enter 3", "enter 2", "enter 1", "leave 1", "leave 2", "leave 3"], log);
        Assert.Equal(CoroutineStatus.Completed, target.Status);
    }

    [Fact]
    public async Task An_exception_passes_to_the_awaiter_with_its_original_stack_and_may_be_caught_there()
    {
        FormatException? caught = null;
        var target = Target.Start<int>(async inbox =>
        {
            try
            {
                await ReceiveAndExplode(inbox);
            }
            catch (FormatException error)
            {
                caught = error;
            }

            await inbox.ReceiveAsync();
        });

        await Wait.For(target.SendAsync(1));

        Assert.NotNull(caught);
        Assert.Contains(nameof(Explode), caught.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(ReceiveAndExplode), caught.StackTrace, StringComparison.Ordinal);
        Assert.Equal(CoroutineStatus.Waiting, target.Status);
    }

    [Fact]
    public async Task An_exception_that_no_awaiter_catches_reaches_the_sender_with_its_original_stack()
    {
        var target = Target.Start<int>(async inbox => await ReceiveAndExplode(inbox));

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(target.SendAsync(1)));

        Assert.Contains(nameof(Explode), error.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_thrown_in_is_raised_at_the_innermost_receive()
    {
        var target = Target.Start<int, string>(async inbox =>
        {
            try
            {
                return $"{await SumOf(inbox, 2)}";
            }
            catch (TimeoutException)
            {
                return $"timed out, then {await SumOf(inbox, 2)}";
            }
        });

        await Wait.For(target.SendAsync(100));
        await Wait.For(target.ThrowAsync(new TimeoutException()));
        await Wait.For(target.SendAsync(1));
        await Wait.For(target.SendAsync(2));

        Assert.Equal("timed out, then 3", await Wait.For(target.Completion));
    }

    [Fact]
    public async Task A_coroutine_that_ends_before_its_first_suspension_gives_its_result_at_once()
    {
        var results = new List<int>();
        var target = Target.Start<int>(async inbox =>
        {
            for (var i = 0; i < 1_000; i++)
            {
                results.Add(await SumOf(inbox, 0));
            }

            results.Add(await SumOf(inbox, 1));
        });
        Assert.Equal(1_000, results.Count);

        await Wait.For(target.SendAsync(5));

        Assert.Equal(5, results[^1]);
    }

    [Fact]
    public async Task A_failure_before_the_first_suspension_is_raised_where_the_coroutine_is_awaited()
    {
        var log = new List<string>();
        var target = Target.Start<int>(async inbox =>
        {
            var child = SumOf(inbox, -1);
            log.Add("called");
            try
            {
                await child;
            }
            catch (ArgumentOutOfRangeException)
            {
                log.Add("raised");
            }
        });

        await Wait.For(target.Completion);

        Assert.Equal(["called", "raised"], log);
    }

    private static async Coroutine<int> SumOf(Inbox<int> inbox, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var sum = 0;
        for (var i = 0; i < count; i++)
        {
            sum += await inbox.ReceiveAsync();
        }

        return sum;
    }

    private static async Coroutine Level(Inbox<int> inbox, int level, List<string> log)
    {
        log.Add($"enter {level}");
        try
        {
            if (level > 1)
            {
                await Level(inbox, level - 1, log);
            }
            else
            {
                log.Add($"received {await inbox.ReceiveAsync()}");
            }
        }
        finally
        {
            log.Add($"leave {level}");
        }
    }

    private static async Coroutine<int> ReceiveAndExplode(Inbox<int> inbox)
    {
        Explode(await inbox.ReceiveAsync());
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Explode(int item) => throw new FormatException($"{item}");
}
