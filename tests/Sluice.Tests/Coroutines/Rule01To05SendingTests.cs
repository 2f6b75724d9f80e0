using System.Runtime.CompilerServices;

namespace Sluice.Tests;

public sealed class Rule01To05SendingTests
{
    [Fact]
    public void Rule_1_a_send_is_handled_on_the_callers_stack_before_it_returns()
    {
        var stacks = new List<string>();
        var target = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                stacks.Add($"{item} {Environment.StackTrace}");
            }
        });

        for (var i = 0; i < 3; i++)
        {
            target.SendNow(i);
            Assert.Equal(i + 1, stacks.Count);
            Assert.StartsWith($"{i} ", stacks[i], StringComparison.Ordinal);
            Assert.Contains(nameof(Rule_1_a_send_is_handled_on_the_callers_stack_before_it_returns), stacks[i], StringComparison.Ordinal);
        }

        Assert.Equal(CoroutineStatus.Waiting, target.Status);
    }

    [Fact]
    public async Task Rule_2_a_send_stays_pending_while_the_receiver_awaits_real_io()
    {
        var io = new Signal();
        var target = Target.Start<int>(async inbox =>
        {
            await inbox.ReceiveAsync();
            await io.Task;
            await inbox.ReceiveAsync();
        });

        var sent = target.SendAsync(1).AsTask();

        Assert.False(sent.IsCompleted);
        Assert.Equal(CoroutineStatus.Busy, target.Status);
        io.Set();
        await Wait.For(sent);
        Assert.Equal(CoroutineStatus.Waiting, target.Status);
    }

    [Fact]
    public async Task Rule_2_the_back_pressure_reaches_the_first_sender_of_a_chain()
    {
        var io = new Signal();
        var last = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                await io.Task;
            }
        });
        var first = Target.Start<int>(inbox => Stages.Pass(inbox, Target.Start<int>(middle => Stages.Pass(middle, last))));

        var sent = first.SendAsync(1).AsTask();

        Assert.False(sent.IsCompleted);
        io.Set();
        await Wait.For(sent);
        Assert.Equal(CoroutineStatus.Waiting, last.Status);
    }

    [Fact]
    public async Task Rule_3_sends_to_a_suspended_busy_receiver_take_their_turns_first_come_first_served()
    {
        const int Senders = 5;
        var seen = new List<int>();
        var arrived = Enumerable.Range(0, Senders).Select(_ => new Signal()).ToArray();
        var release = Enumerable.Range(0, Senders).Select(_ => new Signal()).ToArray();
        var target = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                seen.Add(item);
                arrived[item].Set();
                await release[item].Task;
            }
        });

        var sends = Enumerable.Range(0, Senders).Select(i => target.SendAsync(i).AsTask()).ToArray();

        for (var i = 0; i < Senders; i++)
        {
            await Wait.For(arrived[i].Task);
            Assert.Equal(Enumerable.Range(0, i + 1), seen);
            Assert.All(sends[i..], send => Assert.False(send.IsCompleted));
            release[i].Set();
            await Wait.For(sends[i]);
        }
    }

    [Fact]
    public async Task Rule_4_what_the_receiver_raises_is_thrown_from_that_items_send_with_type_and_stack()
    {
        var target = Target.Start<string>(Parse);
        await Wait.For(target.SendAsync("1"));

        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(target.SendAsync("bad")));

        Assert.Equal("not a number: bad", error.Message);
        Assert.Contains(nameof(ParseOne), error.StackTrace, StringComparison.Ordinal);
        Assert.Equal(CoroutineStatus.Faulted, target.Status);
        Assert.Same(error, await Assert.ThrowsAsync<FormatException>(() => Wait.For(target.Completion)));
    }

    [Fact]
    public async Task Rule_4_later_sends_get_TargetClosedException_with_the_cause_inside()
    {
        var target = Target.Start<string>(Parse);
        var error = await Assert.ThrowsAsync<FormatException>(() => Wait.For(target.SendAsync("bad")));

        for (var i = 0; i < 2; i++)
        {
            var refused = await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(target.SendAsync("2")));
            Assert.Same(error, refused.InnerException);
            Assert.True(refused.Failed);
        }
    }

    [Fact]
    public async Task Rule_4_a_send_that_waits_for_its_turn_gets_TargetClosedException_when_the_receiver_fails()
    {
        var io = new Signal();
        var target = Target.Start<int>(async inbox =>
        {
            await inbox.ReceiveAsync();
            await io.Task;
        });
        var handled = target.SendAsync(1).AsTask();
        var waiting = target.SendAsync(2).AsTask();
        var failure = new TimeoutException();

        io.Fail(failure);

        Assert.Same(failure, await Assert.ThrowsAsync<TimeoutException>(() => Wait.For(handled)));
        var refused = await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(waiting));
        Assert.Same(failure, refused.InnerException);
    }

    [Fact]
    public async Task Rule_5_a_send_to_an_ended_receiver_throws_TargetClosedException_that_names_it()
    {
        var target = Target.Start<int>(Stages.TakeOne, "brief");
        await Wait.For(target.SendAsync(1));

        var refused = await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(target.SendAsync(2)));

        Assert.Equal("brief", refused.TargetName);
        Assert.False(refused.Failed);
        Assert.Null(refused.InnerException);
        Assert.True(target.IsClosed);
        Assert.Equal(CoroutineStatus.Completed, target.Status);
    }

    [Fact]
    public async Task Rule_5_by_hand_the_sender_always_sees_that_a_target_further_on_has_ended()
    {
        var last = Target.Start<int>(Stages.TakeOne, "last");
        var first = Target.Start<int>(inbox => Stages.Pass(inbox, last), "first");
        await Wait.For(first.SendAsync(1));

        var refused = await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(first.SendAsync(2)));

        Assert.Contains(refused.SelfAndInner(), error => error is TargetClosedException { TargetName: "last" });
        await Assert.ThrowsAsync<TargetClosedException>(() => Wait.For(first.SendAsync(3)));
    }

    private static async Coroutine Parse(Inbox<string> inbox)
    {
        await foreach (var text in inbox)
        {
            ParseOne(text);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ParseOne(string text)
    {
        if (!int.TryParse(text, out _))
        {
            throw new FormatException($"not a number: {text}");
        }
    }
}
