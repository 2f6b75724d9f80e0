namespace Sluice.Tests;

/// <summary>A source and a sink that go in steps: static methods, so that they are portable.</summary>
internal static class StepParts
{
    /// <summary>Sends an item, and holds its thread until the test has seen that item at the end.</summary>
    internal static async Coroutine SendAndBlock(SourceRun<int> run, Post post, int count)
    {
        for (var item = 0; item < count; item++)
        {
            await run.Next.SendAsync(item);
            post.Ask($"sent {item}");
        }
    }

    /// <summary>The same, but it waits without its thread.</summary>
    internal static async Coroutine SendAndWait(SourceRun<int> run, Post post, int count)
    {
        for (var item = 0; item < count; item++)
        {
            await run.Next.SendAsync(item);
            await post.AskAsync($"sent {item}", run.Cancellation);
        }
    }

    internal static async Coroutine See(Inbox<int> items, Post post)
    {
        await foreach (var item in items)
        {
            post.Say($"saw {item}");
        }
    }
}
