namespace Sluice;

public static partial class Stage
{
    /// <summary>Sends an item on and drops all others that come within a given time after it.</summary>
    /// <remarks>It keeps nothing, and an item that is sent on is not delayed. The time is that of the run's clock and counts from
    /// when the item was taken, not from when the receiver has handled it. Use <see cref="RateLimit"/> to lose nothing, and
    /// <see cref="Sample"/> for the last item of each time instead of the first.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="interval">How long items are dropped after one that was sent on; more than zero.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="interval"/> is not more than zero.</exception>
    public static Stage<T, T> Throttle<T>(TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        return Create<T, T>((items, next) => ThrottleFrom(items, next, interval), "Throttle").Described($"{interval}");
    }

    private static async Coroutine ThrottleFrom<T>(Inbox<T> items, Target<T> next, TimeSpan interval)
    {
        var began = new ElapsedTime(items.TimeProvider);
        TimeSpan? sent = null;
        await foreach (var item in items)
        {
            if (sent is null || began.Value - sent >= interval)
            {
                sent = began.Value;
                await next.SendAsync(item);
            }
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Throttle"/>
    /// <param name="source">The source.</param>
    /// <param name="interval">How long items are dropped after one that was sent on; more than zero.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> Throttle<T>(this Source<T> source, TimeSpan interval)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Throttle<T>(interval));
    }
}
