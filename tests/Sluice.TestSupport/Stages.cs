namespace Sluice.Tests;

/// <summary>Coroutines that many tests need.</summary>
internal static class Stages
{
    internal static async Coroutine Pass<T>(Inbox<T> inbox, Target<T> next)
    {
        await foreach (var item in inbox)
        {
            await next.SendAsync(item);
        }
    }

    internal static async Coroutine Collect<T>(Inbox<T> inbox, List<T> items)
    {
        await foreach (var item in inbox)
        {
            items.Add(item);
        }
    }

    internal static async Coroutine TakeOne<T>(Inbox<T> inbox) => await inbox.ReceiveAsync();

    internal static async Coroutine Drain<T>(Inbox<T> inbox)
    {
        await foreach (var item in inbox)
        {
        }
    }

    /// <summary>A send that must complete before it returns.</summary>
    internal static void SendNow<T>(this Target<T> target, T item) => Now(target.SendAsync(item));

    internal static void CloseNow<T>(this Target<T> target) => Now(target.CloseAsync());

    private static void Now(ValueTask done)
    {
        if (!done.IsCompleted)
        {
            throw new InvalidOperationException("The call did not complete synchronously.");
        }

        done.GetAwaiter().GetResult();
    }

    internal static IEnumerable<Exception> SelfAndInner(this Exception error)
    {
        for (var at = error; at is not null; at = at.InnerException)
        {
            yield return at;
        }
    }

    internal static async Coroutine Filter<T>(Inbox<T> items, Target<T> next, Func<T, bool> passes)
    {
        await foreach (var item in items)
        {
            if (passes(item))
            {
                await next.SendAsync(item);
            }
        }
    }

    /// <summary>Passes on, and leaves a note in its finally block.</summary>
    internal static async Coroutine PassOnNoting<T>(Inbox<T> items, Target<T> next, string name, List<string> notes)
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
            notes.Add(name);
        }
    }

    /// <summary>Collects, and leaves a note in its finally block.</summary>
    internal static async Coroutine CollectNoting<T>(Inbox<T> items, List<T> list, string name, List<string> notes)
    {
        try
        {
            await foreach (var item in items)
            {
                list.Add(item);
            }
        }
        finally
        {
            notes.Add(name);
        }
    }

    internal static int ThrowAt(int item, int bad, Exception error) => item == bad ? throw error : item;
}
