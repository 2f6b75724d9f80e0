namespace Sluice.Tests;

public sealed class Rule06CycleTests
{
    [Fact]
    public async Task Rule_6_a_cycle_of_two_is_an_error_that_names_the_path()
    {
        var (a, _) = Ring.Start(SendTo);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(a.SendAsync(1)));

        Assert.Contains("A -> B -> A", Plain(error), StringComparison.Ordinal);
        Assert.Equal(CoroutineStatus.Faulted, a.Status);
    }

    [Fact]
    public async Task Rule_6_a_cycle_of_three_is_an_error_that_names_the_path()
    {
        CoroutineTarget<int> a = null!;
        a = Target.Start<int>(
            async inbox =>
            {
                var c = Target.Start<int>(last => SendTo(last, () => a), "C");
                var b = Target.Start<int>(middle => Stages.Pass(middle, c), "B");
                await Stages.Pass(inbox, b);
            },
            "A");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(a.SendAsync(1)));

        Assert.Contains("A -> B -> C -> A", Plain(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule_6_a_coroutine_that_sends_to_itself_gets_an_error_that_names_it()
    {
        CoroutineTarget<int> a = null!;
        a = Target.Start<int>(inbox => SendTo(inbox, () => a), "A");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(a.SendAsync(1)));

        Assert.Contains("A -> A", Plain(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule_6_a_coroutine_sends_to_itself_also_if_an_awaited_coroutine_does_it()
    {
        CoroutineTarget<int> a = null!;
        a = Target.Start<int>(async inbox => await Deeper(inbox, 3, () => a), "A");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(a.SendAsync(1)));

        Assert.Contains("A -> A", Plain(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule_6_a_coroutine_that_closes_itself_and_awaits_it_gets_an_error_that_names_it()
    {
        CoroutineTarget<int> a = null!;
        a = Target.Start<int>(
            async inbox =>
            {
                await foreach (var item in inbox)
                {
                    await a.CloseAsync();
                }
            },
            "A");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(a.SendAsync(1)));

        Assert.Contains("A -> A", Plain(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule_6_a_close_that_is_awaited_may_close_a_cycle_too()
    {
        var (a, _) = Ring.Start(async (inbox, back) =>
        {
            await foreach (var item in inbox)
            {
                await back().CloseAsync();
            }
        });

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(a.SendAsync(1)));

        Assert.Contains("A -> B -> A", Plain(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule_6_a_cycle_is_found_also_if_it_closes_after_a_foreign_await()
    {
        var io = new Signal();
        var (a, _) = Ring.Start(async (inbox, back) =>
        {
            await foreach (var item in inbox)
            {
                await io.Task;
                await back().SendAsync(item);
            }
        });

        var sent = a.SendAsync(1).AsTask();
        Assert.False(sent.IsCompleted);
        io.Set();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(sent));
        Assert.Contains("B -> A", Plain(error), StringComparison.Ordinal);
        Assert.Contains("A -> B", Plain(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule_6_a_cycle_of_targets_that_were_started_side_by_side_is_found_too()
    {
        CoroutineTarget<int> b = null!;
        var a = Target.Start<int>(inbox => SendTo(inbox, () => b), "A");
        b = Target.Start<int>(inbox => SendTo(inbox, () => a), "B");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(a.SendAsync(1)));

        Assert.Contains("A -> B -> A", Plain(error), StringComparison.Ordinal);
    }

    /// <summary>A coroutine that is called runs to its first await before its caller awaits it, so nothing can wait for it yet when it
    /// comes to await the send.</summary>
    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 3)]
    [InlineData(true, 0)]
    [InlineData(true, 3)]
    public async Task Rule_6_a_cycle_is_found_also_if_a_coroutine_closes_it_that_was_called_just_now(bool closes, int levels)
    {
        CoroutineTarget<int> a = null!;
        a = Target.Start<int>(
            async inbox =>
            {
                await foreach (var item in inbox)
                {
                    await Later(levels, () => a, item, closes);
                }
            },
            "A");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(a.SendAsync(1)));

        Assert.Contains("A -> A", Plain(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule_6_so_is_one_of_two_that_call_others_to_send()
    {
        var (a, _) = Ring.Start(async (inbox, back) =>
        {
            await foreach (var item in inbox)
            {
                await Later(1, back, item, closes: false);
            }
        });

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => Wait.For(a.SendAsync(1)));

        Assert.Contains("A -> B -> A", Plain(error), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rule_6_a_send_of_a_coroutine_that_is_awaited_after_it_was_taken_is_no_cycle()
    {
        CoroutineTarget<int> a = null!;
        var seen = new List<int>();
        a = Target.Start<int>(
            async inbox =>
            {
                var first = await inbox.ReceiveAsync();
                var back = Later(0, () => a, first + 1, closes: false);
                seen.Add(await inbox.ReceiveAsync());
                seen.Add(await inbox.ReceiveAsync());
                await back;
            },
            "A");

        await Wait.For(a.SendAsync(1));
        await Wait.For(a.SendAsync(3));
        await Wait.For(a.Completion);

        Assert.Equal([2, 3], seen);
    }

    private static async Coroutine Later(int levels, Func<Target<int>> next, int item, bool closes)
    {
        if (levels > 0)
        {
            await Later(levels - 1, next, item, closes);
        }
        else if (closes)
        {
            await next().CloseAsync();
        }
        else
        {
            await next().SendAsync(item);
        }
    }

    private static async Coroutine SendTo(Inbox<int> inbox, Func<Target<int>> next)
    {
        await foreach (var item in inbox)
        {
            await next().SendAsync(item);
        }
    }

    private static async Coroutine Deeper(Inbox<int> inbox, int levels, Func<Target<int>> self)
    {
        if (levels > 0)
        {
            await Deeper(inbox, levels - 1, self);
        }
        else
        {
            var item = await inbox.ReceiveAsync();
            await self().SendAsync(item);
        }
    }

    /// <summary>The path without the quotes around names.</summary>
    private static string Plain(Exception error) => error.Message.Replace("'", "", StringComparison.Ordinal);
}
