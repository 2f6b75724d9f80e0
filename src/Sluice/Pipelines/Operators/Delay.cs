namespace Sluice;

public static partial class Stage
{
    /// <summary>Sends each item on a given time after it has come.</summary>
    /// <remarks>The items keep their order and their distances, by the run's clock, which counts from when an item is taken.
    /// Memory: at most <paramref name="capacity"/> items wait; if so, no more are taken until the first of them is sent, and a
    /// receiver that is slow delays further. When the items before it end, what waits is still sent, each item at its time.
    /// What waits is dropped if what is before it fails, if no one takes the items any more, or if the run is cancelled.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="time">How long each item waits; zero or more.</param>
    /// <param name="capacity">How many items may wait; 1 or more. Memory is taken only as items come.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="time"/> is negative, or
    /// <paramref name="capacity"/> is less than 1.</exception>
    public static Stage<T, T> Delay<T>(TimeSpan time, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return Create<T, T>((items, next) => DelayFrom(items, next, time, capacity), "Delay").Described($"{time}, {capacity}")
            .RefusingPolicies(HoldsItems);
    }

    private static async Coroutine DelayFrom<T>(Inbox<T> items, Target<T> next, TimeSpan time, int capacity)
    {
        var clock = items.TimeProvider;
        var began = new ElapsedTime(clock);
        var waiting = new Queue<(T Item, TimeSpan Taken)>();
        var isOpen = true;
        while (isOpen || waiting.Count > 0)
        {
            var left = waiting.TryPeek(out var first) ? TimeLeft(began, first.Taken, time) : s_forever;
            if (left == TimeSpan.Zero)
            {
                waiting.Dequeue();
                await next.SendAsync(first.Item);
            }
            else if (!isOpen || waiting.Count >= capacity)
            {
                await items.PauseAsync(left);
                items.Cancellation.ThrowIfCancellationRequested();
            }
            else
            {
                var received = await items.TryReceiveAsync(left);
                isOpen = !received.IsClosed;
                if (received.IsItem)
                {
                    waiting.Enqueue((received.Item, began.Value));
                }
            }
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Delay"/>
    /// <param name="source">The source.</param>
    /// <param name="time">How long each item waits; zero or more.</param>
    /// <param name="capacity">How many items may wait; 1 or more. Memory is taken only as items come.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> Delay<T>(this Source<T> source, TimeSpan time, int capacity)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Delay<T>(time, capacity));
    }
}
