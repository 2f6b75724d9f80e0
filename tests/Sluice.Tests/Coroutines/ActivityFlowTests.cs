using System.Diagnostics;

namespace Sluice.Tests;

public sealed class ActivityFlowTests
{
    [Fact]
    public void A_stage_sees_the_Activity_of_the_sender_of_each_item()
    {
        var seen = new List<Activity?>();
        var target = Target.Start<int>(async inbox =>
        {
            await foreach (var item in inbox)
            {
                seen.Add(Activity.Current);
            }
        });

        using var activity = new Activity("sending");
        activity.Start();
        target.SendNow(1);
        activity.Stop();
        target.SendNow(2);

        Assert.Equal(2, seen.Count);
        Assert.Same(activity, seen[0]);
        Assert.NotSame(activity, seen[1]);
    }

    [Fact]
    public async Task The_Activity_of_the_sender_is_kept_across_a_foreign_await()
    {
        var io = new Signal();
        Activity? before = null;
        Activity? after = null;
        var target = Target.Start<int>(async inbox =>
        {
            await inbox.ReceiveAsync();
            before = Activity.Current;
            await io.Task.ConfigureAwait(false);
            after = Activity.Current;
        });

        using var activity = new Activity("sending");
        activity.Start();
        var sent = target.SendAsync(1).AsTask();
        io.Set();
        await Wait.For(sent);

        Assert.Same(activity, before);
        Assert.Same(activity, after);
        Assert.Same(activity, Activity.Current);
    }

    [Fact]
    public void An_Activity_started_inside_a_stage_does_not_leak_to_the_sender_by_hand()
    {
        using var inside = new Activity("inside");
        var target = Target.Start<int>(async inbox =>
        {
            await inbox.ReceiveAsync();
            inside.Start();
            await inbox.ReceiveAsync();
        });

        target.SendNow(1);

        Assert.NotSame(inside, Activity.Current);
    }
}
