namespace Sluice;

public static partial class Stage
{
    /// <summary>Passes the items on, and fails if none comes for a given time.</summary>
    /// <remarks>It keeps nothing. The time is that of the run's clock; it counts while the stage waits for an item, from the start
    /// or from when the receiver has handled the one before, so a slow receiver is no reason to fail.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="limit">How long to wait for an item at the most; more than zero.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="limit"/> is not more than zero.</exception>
    /// <exception cref="TimeoutException">Awaited, from the run: no item has come for that long.</exception>
    public static Stage<T, T> Timeout<T>(TimeSpan limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        return Create<T, T>((items, next) => TimeoutFrom(items, next, limit), "Timeout").Described($"{limit}")
            .RefusingPolicies("it fails when no item has come, so there is none to try again or to leave out. Use a policy for the stage before it, or start the run again.");
    }

    private static async Coroutine TimeoutFrom<T>(Inbox<T> items, Target<T> next, TimeSpan limit)
    {
        while (true)
        {
            var received = await items.TryReceiveAsync(limit);
            if (received.IsClosed)
            {
                return;
            }

            await next.SendAsync(received.IsItem ? received.Item : throw new TimeoutException($"No item has come for {Duration.Text(limit)}."));
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Timeout"/>
    /// <param name="source">The source.</param>
    /// <param name="limit">How long to wait for an item at the most; more than zero.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> Timeout<T>(this Source<T> source, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Timeout<T>(limit));
    }
}
