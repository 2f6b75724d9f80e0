namespace Sluice;

public static partial class Stage
{
    /// <summary>Collects items into arrays of a fixed size.</summary>
    /// <remarks>It keeps fewer than <paramref name="size"/> items. When the items before it end, what is left is sent on as a
    /// last, shorter array, never an empty one. It is dropped if what is before it fails, if no one takes the arrays any
    /// more, or if the run is cancelled. Each array is new and belongs to who receives it.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="size">How many items go into an array; 1 or more. Memory is taken only as items come.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="size"/> is less than 1.</exception>
    public static Stage<T, T[]> Chunk<T>(int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        return Create<T, T[]>((items, next) => ChunkFrom(items, next, size), "Chunk").Described($"{size}");
    }

    /// <summary>Collects items into arrays of a fixed size, but keeps no item for long: an array goes out when it is full or
    /// when its first item has waited for the given time.</summary>
    /// <remarks>As <see cref="Chunk{T}(int)"/>; the time is that of the run's clock, and counts from when the array's first item
    /// was taken. Items that wait already when it is over come into the next array. While the receiver handles an array, no
    /// items are taken.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="size">How many items go into an array at the most; 1 or more. Memory is taken only as items come.</param>
    /// <param name="maxDelay">How long the first item of an array waits at the most; more than zero.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="size"/> is less than 1, or
    /// <paramref name="maxDelay"/> is not more than zero.</exception>
    public static Stage<T, T[]> Chunk<T>(int size, TimeSpan maxDelay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(maxDelay, TimeSpan.Zero);
        return Create<T, T[]>((items, next) => ChunkFrom(items, next, size, maxDelay), "Chunk").Described($"{size}, {maxDelay}")
            .RefusingPolicies(HoldsItems);
    }

    private static async Coroutine ChunkFrom<T>(Inbox<T> items, Target<T[]> next, int size, TimeSpan maxDelay)
    {
        var chunk = new List<T>();
        var began = new ElapsedTime(items.TimeProvider);
        while (true)
        {
            var received = await items.TryReceiveAsync(chunk.Count == 0 ? s_forever : TimeLeft(began, maxDelay));
            if (received.IsItem)
            {
                if (chunk.Count == 0)
                {
                    began.Restart();
                }

                chunk.Add(received.Item);
            }

            while (chunk.Count >= size || (chunk.Count > 0 && (!received.IsItem || began.Value >= maxDelay)))
            {
                await next.SendAsync(TakeFirst(chunk, size));
            }

            if (received.IsClosed)
            {
                return;
            }
        }
    }

    private static async Coroutine ChunkFrom<T>(Inbox<T> items, Target<T[]> next, int size)
    {
        var chunk = new List<T>();
        await foreach (var item in items)
        {
            chunk.Add(item);
            while (chunk.Count >= size) // more only if a run goes on that had a greater size
            {
                await next.SendAsync(TakeFirst(chunk, size));
            }
        }

        if (chunk.Count > 0)
        {
            await next.SendAsync([.. chunk]);
        }
    }

    /// <summary>Takes the items before the array is sent, so that the receiver alone holds them.</summary>
    private static T[] TakeFirst<T>(List<T> chunk, int size)
    {
        if (chunk.Count > size)
        {
            T[] first = [.. chunk.Take(size)];
            chunk.RemoveRange(0, size);
            return first;
        }

        var all = chunk.ToArray();
        chunk.Clear();
        return all;
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Chunk{T}(int)"/>
    /// <param name="source">The source.</param>
    /// <param name="size">How many items go into an array; 1 or more. Memory is taken only as items come.</param>
    /// <returns>The longer source.</returns>
    public static Source<T[]> Chunk<T>(this Source<T> source, int size)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Chunk<T>(size));
    }

    /// <inheritdoc cref="Stage.Chunk{T}(int, TimeSpan)"/>
    /// <param name="source">The source.</param>
    /// <param name="size">How many items go into an array at the most; 1 or more. Memory is taken only as items come.</param>
    /// <param name="maxDelay">How long the first item of an array waits at the most; more than zero.</param>
    /// <returns>The longer source.</returns>
    public static Source<T[]> Chunk<T>(this Source<T> source, int size, TimeSpan maxDelay)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Chunk<T>(size, maxDelay));
    }
}
