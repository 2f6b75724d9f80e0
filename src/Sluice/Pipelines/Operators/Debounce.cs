namespace Sluice;

public static partial class Stage
{
    /// <summary>Sends an item on once no other has come for a given time; an item that another follows sooner is dropped.</summary>
    /// <remarks>It keeps one item. When the items before it end, that item is sent at once. It is dropped if what is before it
    /// fails, if no one takes the items any more, or if the run is cancelled. The time is that of the run's clock. Items that
    /// never pause are all dropped but the last. While the receiver handles an item, none is taken: of items that wait
    /// in that time the last is kept.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="quiet">How long no other item may come; more than zero.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="quiet"/> is not more than zero.</exception>
    public static Stage<T, T> Debounce<T>(TimeSpan quiet)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(quiet, TimeSpan.Zero);
        return Create<T, T>((items, next) => DebounceFrom(items, next, quiet), "Debounce").Described($"{quiet}")
            .RefusingPolicies(HoldsItems);
    }

    private static async Coroutine DebounceFrom<T>(Inbox<T> items, Target<T> next, TimeSpan quiet)
    {
        var latest = default(Received<T>);
        while (true)
        {
            var received = await items.TryReceiveAsync(latest.IsItem ? quiet : s_forever);
            if (!received.IsItem && latest.IsItem)
            {
                await next.SendAsync(latest.Item);
            }

            if (received.IsClosed)
            {
                return;
            }

            latest = received;
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Debounce"/>
    /// <param name="source">The source.</param>
    /// <param name="quiet">How long no other item may come; more than zero.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> Debounce<T>(this Source<T> source, TimeSpan quiet)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Debounce<T>(quiet));
    }
}
