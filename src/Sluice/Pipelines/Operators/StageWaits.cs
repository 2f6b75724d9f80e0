namespace Sluice;

/// <content>What several operators wait with.</content>
public static partial class Stage
{
    /// <summary>The reason why stages that hold items, and send them when their time has come, take no error policy.</summary>
    private const string HoldsItems = "it holds items besides the one that it is given, and a fresh start would lose them. Apply the policy to the stages before and behind it.";

    private static readonly TimeSpan s_forever = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>A send as a task, so that items can be received until it is done.</summary>
    /// <remarks>A coroutine awaits it, not a task: so it completes within the strand, even while a source that never waits
    /// keeps the strand. An error counts as observed: it is awaited here, or the next receive raises the end that came with it.</remarks>
    private static Task UnderWay(ValueTask send)
    {
        if (send.IsCompletedSuccessfully)
        {
            send.GetAwaiter().GetResult();
            return Task.CompletedTask;
        }

        var done = new TaskCompletionSource();
        _ = Follow(send, done);
        return done.Task;

        static async Coroutine Follow(ValueTask send, TaskCompletionSource done)
        {
            try
            {
                await send;
            }
            catch (Exception error)
            {
                done.SetException(error);
                _ = done.Task.Exception;
                return;
            }

            done.SetResult();
        }
    }

    /// <summary>The rest of a time that began with this; zero if it is over.</summary>
    private static TimeSpan TimeLeft(ElapsedTime began, TimeSpan time) => AtLeastZero(time - began.Value);

    /// <summary>The same of a time that did not begin at once.</summary>
    private static TimeSpan TimeLeft(ElapsedTime began, TimeSpan after, TimeSpan time) => AtLeastZero(time - (began.Value - after));

    private static TimeSpan AtLeastZero(TimeSpan time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;
}
