using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Takes items while the receiver still handles an earlier one, so that the nodes before it can go on.</summary>
    /// <remarks>The items keep their order. Memory: at most <paramref name="capacity"/> items wait, besides the one that the
    /// receiver handles. When the items before it end, what waits is still sent. What waits is dropped, without a call of
    /// <paramref name="dropped"/>, if what is before it fails, if no one takes the items any more, or if the run is
    /// cancelled.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="capacity">How many items may wait; 1 or more. Memory is taken only as items come.</param>
    /// <param name="onFull">What to do with an item for which there is no room; default <see cref="OnFull.Wait"/>.</param>
    /// <param name="dropped">Called with each item that is dropped because the buffer is full, as part of the node: what it
    /// throws fails the run. Default: nothing is called.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="capacity"/> is less than 1, or
    /// <paramref name="onFull"/> is none of the values.</exception>
    /// <exception cref="ArgumentException">Thrown: <paramref name="dropped"/> is an <c>async void</c> method.</exception>
    public static Stage<T, T> Buffer<T>(int capacity, OnFull onFull = OnFull.Wait, Action<T>? dropped = null) => BufferOf(capacity, onFull, Callback.Of(dropped));

    /// <inheritdoc cref="Buffer{T}(int, OnFull, Action{T})"/>
    /// <param name="capacity">How many items may wait; 1 or more. Memory is taken only as items come.</param>
    /// <param name="onFull">What to do with an item for which there is no room; default <see cref="OnFull.Wait"/>.</param>
    /// <param name="dropped">Called with each item that is dropped because the buffer is full, as part of the node, which takes no item until
    /// it is done; what it throws, or its task ends with, fails the run. Default: nothing is called.</param>
    [OverloadResolutionPriority(2)]
    public static Stage<T, T> Buffer<T>(int capacity, OnFull onFull = OnFull.Wait, Func<T, ValueTask>? dropped = null) => BufferOf(capacity, onFull, dropped);

    /// <inheritdoc cref="Buffer{T}(int, OnFull, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Stage<T, T> Buffer<T>(int capacity, OnFull onFull = OnFull.Wait, Func<T, Task>? dropped = null) => BufferOf(capacity, onFull, Callback.Of(dropped));

    private static Stage<T, T> BufferOf<T>(int capacity, OnFull onFull, Func<T, ValueTask>? dropped)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        if (!Enum.IsDefined(onFull))
        {
            throw new ArgumentOutOfRangeException(nameof(onFull), onFull, "This is none of the values of OnFull.");
        }

        return Create<T, T>((items, next) => BufferFrom(items, next, capacity, onFull, dropped), "Buffer")
            .Described(onFull == OnFull.Wait ? $"{capacity}" : $"{capacity}, {onFull}")
            .RefusingPolicies(HoldsItems);
    }

    private static async Coroutine BufferFrom<T>(Inbox<T> items, Target<T> next, int capacity, OnFull onFull, Func<T, ValueTask>? dropped)
    {
        var waiting = new Queue<T>();
        Task? sending = null; // null if nothing is under way: a task, even one that has ended, cannot be stored in a snapshot
        while (true)
        {
            while (sending is null or { IsCompleted: true })
            {
                if (sending is not null)
                {
                    await sending.ConfigureAwait(false); // raises what the receiver raised
                    sending = null;
                }

                if (!waiting.TryDequeue(out var first))
                {
                    break;
                }

                sending = UnderWay(next.SendAsync(first));
            }

            if (waiting.Count >= capacity && onFull == OnFull.Wait)
            {
                items.NoteWaitForRoom(true);
                await sending!.ConfigureAwait(false); // without a receive: so the sender waits too
                items.NoteWaitForRoom(false);
                continue;
            }

            var received = sending is null ? await items.TryReceiveAsync(s_forever) : await items.TryReceiveAsync(sending);
            if (received.IsClosed)
            {
                break;
            }

            if (!received.IsItem)
            {
                continue;
            }

            if (waiting.Count < capacity || sending is null or { IsCompleted: true }) // if it is, there is room in a moment
            {
                waiting.Enqueue(received.Item);
            }
            else if (onFull == OnFull.Fail)
            {
                throw new InvalidOperationException($"The buffer is full: {capacity} items wait and one more has come.");
            }
            else if (onFull == OnFull.DropOldest)
            {
                var oldest = waiting.Dequeue();
                waiting.Enqueue(received.Item);
                await (dropped?.Invoke(oldest) ?? default);
            }
            else
            {
                await (dropped?.Invoke(received.Item) ?? default);
            }
        }

        if (sending is not null)
        {
            items.NoteWaitForRoom(true);
            await sending.ConfigureAwait(false);
            items.NoteWaitForRoom(false);
        }

        while (waiting.TryDequeue(out var item))
        {
            await next.SendAsync(item);
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Buffer{T}(int, OnFull, Action{T})"/>
    /// <param name="source">The source.</param>
    /// <param name="capacity">How many items may wait; 1 or more. Memory is taken only as items come.</param>
    /// <param name="onFull">What to do with an item for which there is no room; default <see cref="OnFull.Wait"/>.</param>
    /// <param name="dropped">Called with each item that is dropped because the buffer is full, as part of the node: what it
    /// throws fails the run. Default: nothing is called.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> Buffer<T>(this Source<T> source, int capacity, OnFull onFull = OnFull.Wait, Action<T>? dropped = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Buffer(capacity, onFull, dropped));
    }

    /// <inheritdoc cref="Stage.Buffer{T}(int, OnFull, Func{T, ValueTask})"/>
    /// <param name="source">The source.</param>
    /// <param name="capacity">How many items may wait; 1 or more. Memory is taken only as items come.</param>
    /// <param name="onFull">What to do with an item for which there is no room; default <see cref="OnFull.Wait"/>.</param>
    /// <param name="dropped">Called with each item that is dropped because the buffer is full, as part of the node, which takes no item until
    /// it is done; what it throws, or its task ends with, fails the run. Default: nothing is called.</param>
    /// <returns>The longer source.</returns>
    [OverloadResolutionPriority(2)]
    public static Source<T> Buffer<T>(this Source<T> source, int capacity, OnFull onFull = OnFull.Wait, Func<T, ValueTask>? dropped = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Buffer(capacity, onFull, dropped));
    }

    /// <inheritdoc cref="Buffer{T}(Source{T}, int, OnFull, Func{T, ValueTask})"/>
    [OverloadResolutionPriority(1)]
    public static Source<T> Buffer<T>(this Source<T> source, int capacity, OnFull onFull = OnFull.Wait, Func<T, Task>? dropped = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Buffer(capacity, onFull, dropped));
    }
}
