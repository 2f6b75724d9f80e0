using Microsoft.Extensions.Time.Testing;

namespace Sluice.Tests;

/// <summary>A clock that stands still, but passes by each pause between two dials: by each time that is as short as those.</summary>
internal class PauselessTime : FakeTimeProvider
{
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(2);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime > TimeSpan.Zero && dueTime <= s_longest)
        {
            Passing(dueTime);
            ThreadPool.QueueUserWorkItem(_ => Advance(dueTime)); // not here: who makes the timer may hold a lock that its callback takes
        }

        return timer;
    }

    /// <summary>Before it passes by a pause.</summary>
    private protected virtual void Passing(TimeSpan pause)
    {
    }
}
