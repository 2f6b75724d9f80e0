namespace Sluice;

public static partial class Stage
{
    /// <summary>Collects items into arrays of a fixed size.</summary>
    /// <remarks>It keeps fewer than <paramref name="size"/> items. When the items before it end, what is left is sent on as a
    /// last, shorter array, never an empty one. It is dropped if what is before it fails, if nobody takes the arrays any
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

    private static async Coroutine ChunkFrom<T>(Inbox<T> items, Target<T[]> next, int size)
    {
        var chunk = new List<T>();
        await foreach (var item in items)
        {
            chunk.Add(item);
            if (chunk.Count == size)
            {
                var full = chunk.ToArray();
                chunk.Clear(); // before the send, so that the receiver alone holds the items
                await next.SendAsync(full);
            }
        }

        if (chunk.Count > 0)
        {
            await next.SendAsync([.. chunk]);
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Chunk"/>
    /// <param name="source">The source.</param>
    /// <param name="size">How many items go into an array; 1 or more. Memory is taken only as items come.</param>
    /// <returns>The longer source.</returns>
    public static Source<T[]> Chunk<T>(this Source<T> source, int size)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Chunk<T>(size));
    }
}
