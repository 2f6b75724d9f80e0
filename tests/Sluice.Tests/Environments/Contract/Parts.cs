namespace Sluice.Tests;

/// <summary>Stages and sinks that the contract has in every environment: static methods, so that they are portable.</summary>
internal static class Parts
{
    /// <summary>Whole numbers from 0 on, without a gap; returns how many.</summary>
    internal static async Coroutine<int> CountInOrder(Inbox<int> items)
    {
        var next = 0;
        await foreach (var item in items)
        {
            if (item != next)
            {
                throw new InvalidOperationException($"{item} came instead of {next}.");
            }

            next++;
        }

        return next;
    }

    /// <summary>Asks for leave to handle each item, by the item's text.</summary>
    internal static async Coroutine Ask(Inbox<int> items, Post post)
    {
        await foreach (var item in items)
        {
            await post.AskAsync($"item {item}", items.Cancellation);
        }
    }

    /// <summary>Passes on, and says when its finally block runs.</summary>
    internal static async Coroutine PassSaying(Inbox<int> items, Target<int> next, Post post, string name)
    {
        try
        {
            await foreach (var item in items)
            {
                await next.SendAsync(item);
            }
        }
        finally
        {
            post.Say(name);
        }
    }

    /// <summary>Takes all, and says when its finally block runs.</summary>
    internal static async Coroutine DrainSaying(Inbox<int> items, Post post, string name)
    {
        try
        {
            await foreach (var _ in items)
            {
            }
        }
        finally
        {
            post.Say(name);
        }
    }

    /// <summary>Sends the totals so far, and -1 when its input has ended.</summary>
    internal static async Coroutine Totals(Inbox<int> items, Target<long> next)
    {
        var total = 0L;
        await foreach (var item in items)
        {
            total += item;
            await next.SendAsync(total);
        }

        await next.SendAsync(-1);
    }

    /// <summary>Two states, one of them a coroutine of its own: what is between a negative number and a zero is a sentence.</summary>
    internal static async Coroutine Sentences(Inbox<int> items, Target<List<int>> next)
    {
        while (true)
        {
            if (await items.ReceiveAsync() < 0)
            {
                await next.SendAsync(await Sentence(items));
            }
        }
    }

    private static async Coroutine<List<int>> Sentence(Inbox<int> items)
    {
        var words = new List<int>();
        while (await items.ReceiveAsync() is not 0 and var word)
        {
            words.Add(word);
        }

        return words;
    }
}
