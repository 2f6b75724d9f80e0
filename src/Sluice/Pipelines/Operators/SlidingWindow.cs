namespace Sluice;

public static partial class Stage
{
    /// <summary>Sends arrays of the last items, each a given number of items after the one before.</summary>
    /// <remarks>The first array begins with the first item, the next one <paramref name="step"/> items later, and so on: they
    /// overlap if the step is less than the size, and leave items out if it is more. Only full arrays are sent: what has not
    /// filled one when the items before it end is dropped (<see cref="Chunk{T}(int)"/> sends it). Memory: fewer than
    /// <paramref name="size"/> items wait. Each array is new and belongs to who receives it.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="size">How many items are in an array; 1 or more. Memory is taken only as items come.</param>
    /// <param name="step">How many items further each array begins than the one before; 1 or more.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="size"/> or <paramref name="step"/> is less than 1.</exception>
    public static Stage<T, T[]> SlidingWindow<T>(int size, int step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        return Create<T, T[]>((items, next) => SlidingWindowFrom(items, next, size, step), "SlidingWindow").Described($"{size}, {step}");
    }

    private static async Coroutine SlidingWindowFrom<T>(Inbox<T> items, Target<T[]> next, int size, int step)
    {
        var last = new Queue<T>();
        var skip = 0; // items before the next array begins
        await foreach (var item in items)
        {
            if (skip > 0)
            {
                skip--;
                continue;
            }

            last.Enqueue(item);
            while (last.Count >= size) // more only if a run goes on that had a greater size
            {
                T[] window = last.Count == size ? last.ToArray() : [.. last.Take(size)];
                skip = step;
                for (var i = Math.Min(step, last.Count); i > 0; i--)
                {
                    last.Dequeue();
                    skip--;
                }

                await next.SendAsync(window);
            }
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.SlidingWindow{T}(int, int)"/>
    /// <param name="source">The source.</param>
    /// <param name="size">How many items are in an array; 1 or more. Memory is taken only as items come.</param>
    /// <param name="step">How many items further each array begins than the one before; 1 or more.</param>
    /// <returns>The longer source.</returns>
    public static Source<T[]> SlidingWindow<T>(this Source<T> source, int size, int step)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SlidingWindow<T>(size, step));
    }
}
