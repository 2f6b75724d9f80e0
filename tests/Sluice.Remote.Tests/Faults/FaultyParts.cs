namespace Sluice.Tests;

/// <summary>Stages for workers that do not live long. All send while they handle an item, and none has a state.</summary>
internal static class FaultyParts
{
    internal static async Coroutine Triple(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(3 * item);
        }
    }

    internal static async Coroutine Odd(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            if (item % 2 == 1)
            {
                await next.SendAsync(item);
            }
        }
    }

    /// <summary>A few of most items, and of some more than any boundary of the tests holds.</summary>
    internal static async Coroutine Several(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            var count = item % 50 == 7 ? 100 : item % 4;
            for (var i = 0; i < count; i++)
            {
                await next.SendAsync((1000 * item) + i);
            }
        }
    }

    /// <summary>Gives way between what it sends for an item, so that others have their turn in between.</summary>
    internal static async Coroutine Haltingly(Inbox<int> items, Target<int> next)
    {
        await foreach (var item in items)
        {
            await next.SendAsync(10 * item);
            await Task.Yield();
            await next.SendAsync((10 * item) + 1);
        }
    }

    /// <summary>0, 3, 6 and so on without a gap; returns how many.</summary>
    internal static async Coroutine<int> CountTriples(Inbox<int> items)
    {
        var count = 0;
        await foreach (var item in items)
        {
            count = item == 3 * count ? count + 1 : throw new InvalidOperationException($"{item} came instead of {3 * count}.");
        }

        return count;
    }

    /// <summary>Says what it is about to do on its standard error, then does it, when it comes to an item.</summary>
    internal static async Coroutine DoAt(Inbox<int> items, Target<int> next, int at, Func<Task> what)
    {
        await foreach (var item in items)
        {
            if (item == at)
            {
                await Console.Error.WriteLineAsync($"it happens at {at}");
                await what();
            }

            await next.SendAsync(item);
        }
    }
}
