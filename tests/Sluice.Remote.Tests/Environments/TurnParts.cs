namespace Sluice.Tests;

/// <summary>Sources that say when they are opened: static methods, so that they are portable.</summary>
internal static class TurnParts
{
    /// <summary>Sends some items.</summary>
    internal static async Coroutine Say(SourceRun<int> run, Post post, string name, int first, int count)
    {
        post.Say($"{name} opens");
        for (var i = 0; i < count; i++)
        {
            await run.Next.SendAsync(first + i);
        }

        post.Say($"{name} ends");
    }

    /// <summary>Fails after an item.</summary>
    internal static async Coroutine Fail(SourceRun<int> run, Post post, string name)
    {
        post.Say($"{name} opens");
        await run.Next.SendAsync(0);
        throw new FormatException(name);
    }

    /// <summary>Sends an item, and waits for the end of the run.</summary>
    internal static async Coroutine Wait(SourceRun<int> run, Post post, string name)
    {
        post.Say($"{name} opens");
        await SendOneAndWait(run);
    }

    internal static async Coroutine SendOneAndWait(SourceRun<int> run)
    {
        await run.Next.SendAsync(0);
        await Task.Delay(Timeout.Infinite, run.Cancellation);
    }

    /// <summary>Has ended when it has begun.</summary>
    internal static async Coroutine EndAtOnce(Inbox<int> items, Target<int> next) => await default(ValueTask);
}
