namespace Sluice;

public static partial class Stage
{
    /// <summary>Passes on the first items and then ends, and with it everything before it.</summary>
    /// <remarks>It ends with the last item it passes on, not when another one comes; a count of 0 ends at once.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="count">How many items to pass on; 0 or more.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="count"/> is negative.</exception>
    public static Stage<T, T> Take<T>(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return Create<T, T>((items, next) => TakeFrom(items, next, count), "Take").Described($"{count}");
    }

    private static async Coroutine TakeFrom<T>(Inbox<T> items, Target<T> next, long count)
    {
        for (var taken = 0L; taken < count; taken++) // what is taken is state, the count is configuration
        {
            await next.SendAsync(await items.ReceiveAsync());
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Take"/>
    /// <param name="source">The source.</param>
    /// <param name="count">How many items to pass on; 0 or more.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> Take<T>(this Source<T> source, long count)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Take<T>(count));
    }
}
