using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Sink
{
    /// <summary>Collects all items, in their order; the list is the result of the run.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <returns>The sink.</returns>
    public static Sink<T, List<T>> ToList<T>() => Create<T, List<T>>(CollectFrom, "ToList");

    /// <summary>Counts the items; the count is the result of the run.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <returns>The sink.</returns>
    public static Sink<T, long> Count<T>() => Create<T, long>(CountFrom, "Count");

    /// <summary>Does something with each item.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="action">Called with each item. What it throws fails the run.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="action"/> is null.</exception>
    public static Sink<T> ForEach<T>(Action<T> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Create<T>(items => DoForEach(items, action), NodeNames.Of(action, expression, "ForEach"));
    }

    /// <summary>Does something asynchronous with each item, one at a time: the next item waits until it is done.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="action">Called with each item and the run's token. What it throws fails the run.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="action"/> is null.</exception>
    public static Sink<T> ForEach<T>(Func<T, CancellationToken, ValueTask> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return Create<T>(items => DoForEach(items, action), NodeNames.Of(action, expression, "ForEach"));
    }

    private static async Coroutine<List<T>> CollectFrom<T>(Inbox<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items)
        {
            list.Add(item);
        }

        return list;
    }

    private static async Coroutine<long> CountFrom<T>(Inbox<T> items)
    {
        var count = 0L;
        await foreach (var _ in items)
        {
            count++;
        }

        return count;
    }

    private static async Coroutine DoForEach<T>(Inbox<T> items, Action<T> action)
    {
        await foreach (var item in items)
        {
            action(item);
        }
    }

    private static async Coroutine DoForEach<T>(Inbox<T> items, Func<T, CancellationToken, ValueTask> action)
    {
        await foreach (var item in items)
        {
            await action(item, items.Cancellation);
        }
    }
}
