namespace Sluice.Tests;

public sealed class ContextFlowTests
{
    private static readonly AsyncLocal<string?> s_local = new();

    [Fact]
    public void A_stage_sees_the_AsyncLocal_values_of_the_sender_of_each_item()
    {
        var seen = new List<string?>();
        var last = Target.Start<int>(inbox => Record(inbox, seen));
        var first = Target.Start<int>(inbox => Stages.Pass(inbox, last));

        foreach (var value in new[] { "one", "two", null, "three" })
        {
            s_local.Value = value;
            first.SendNow(1);
        }

        Assert.Equal(["one", "two", null, "three"], seen);
    }

    [Fact]
    public async Task The_senders_context_is_kept_across_a_foreign_await()
    {
        var io = new Signal();
        var seen = new List<string>();
        var target = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                seen.Add($"{item} {s_local.Value}");
                await io.Task;
                seen.Add($"{item} {s_local.Value}");
            }
        });

        s_local.Value = "one";
        var sent = target.SendAsync(1).AsTask();
        s_local.Value = "two";
        io.Set();
        await Wait.For(sent);
        await Wait.For(target.SendAsync(2));

        Assert.Equal(["1 one", "1 one", "2 two", "2 two"], seen);
    }

    [Fact]
    public async Task An_item_that_waits_for_its_turn_is_handled_in_the_context_of_its_own_sender()
    {
        var io = new Signal();
        var seen = new List<string?>();
        var target = Target.Start<int>(async inbox =>
        {
            await io.Task;
            await Record(inbox, seen);
        });
        var sends = new List<Task>();
        foreach (var value in new[] { "one", "two", "three" })
        {
            s_local.Value = value;
            sends.Add(target.SendAsync(1).AsTask());
        }

        s_local.Value = "test";
        io.Set();
        await Wait.For(Task.WhenAll(sends));

        Assert.Equal(["one", "two", "three"], seen);
        Assert.Equal("test", s_local.Value);
    }

    [Fact]
    public async Task A_throw_and_a_close_are_handled_in_the_context_of_their_sender()
    {
        var seen = new List<string?>();
        var target = Target.Start<int>(async inbox =>
        {
            try
            {
                await inbox.ReceiveAsync();
            }
            catch (FormatException)
            {
                seen.Add(s_local.Value);
            }

            await Stages.Drain(inbox);
            seen.Add(s_local.Value);
        });

        s_local.Value = "throws";
        await Wait.For(target.ThrowAsync(new FormatException()));
        s_local.Value = "closes";
        await Wait.For(target.CloseAsync());

        Assert.Equal(["throws", "closes"], seen);
    }

    [Fact]
    public void A_change_made_inside_a_stage_does_not_leak_to_the_sender_by_hand()
    {
        var target = Target.Start<int>(Change);
        s_local.Value = "sender";

        target.SendNow(1);

        Assert.Equal("sender", s_local.Value);
    }

    [Fact]
    public void A_change_made_before_the_first_receive_does_not_leak_to_the_starter()
    {
        s_local.Value = "starter";

        var target = Target.Start<int>(async inbox =>
        {
            s_local.Value = "changed";
            await inbox.ReceiveAsync();
        });

        Assert.Equal(CoroutineStatus.Waiting, target.Status);
        Assert.Equal("starter", s_local.Value);
    }

    [Fact]
    public void A_change_made_inside_a_stage_that_stays_pending_does_not_leak_to_the_sender_by_hand()
    {
        var io = new Signal();
        var target = Target.Start<int>(async inbox =>
        {
            await inbox.ReceiveAsync();
            s_local.Value = "changed";
            await io.Task;
        });
        s_local.Value = "sender";

        var sent = target.SendAsync(1).AsTask();

        Assert.False(sent.IsCompleted);
        Assert.Equal("sender", s_local.Value);
        io.Set();
    }

    private static async Coroutine Record(Inbox<int> inbox, List<string?> seen)
    {
        await foreach (var item in inbox)
        {
            seen.Add(s_local.Value);
        }
    }

    private static async Coroutine Change(Inbox<int> inbox)
    {
        await foreach (var item in inbox)
        {
            s_local.Value = "changed";
        }
    }
}
