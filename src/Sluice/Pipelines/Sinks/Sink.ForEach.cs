using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Sink
{
    /// <summary>Does something with each item.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="action">Called with each item. What it throws fails the run.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="action"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: <paramref name="action"/> is an <c>async void</c> method.</exception>
    public static Sink<T> ForEach<T>(Action<T> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        Callback.RefuseAsyncVoid(action);
        return Create<T>(items => DoForEach(items, action), NodeNames.Of(action, expression, "ForEach")).ActingOutside();
    }

    /// <summary>Does something asynchronous with each item, one at a time: the next item waits until it is done.</summary>
    /// <remarks>An <c>async</c> lambda is taken as this overload, or as the one with a token if it has two parameters.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="action">Called with each item. What it throws, or its task ends with, fails the run.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="action"/> is null.</exception>
    [OverloadResolutionPriority(2)]
    public static Sink<T> ForEach<T>(Func<T, ValueTask> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return AwaitEach(Callback.WithToken(action), action, expression);
    }

    /// <inheritdoc cref="ForEach{T}(Func{T, ValueTask}, string?)"/>
    public static Sink<T> ForEach<T>(Func<T, Task> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return AwaitEach(Callback.WithToken(action), action, expression);
    }

    /// <inheritdoc cref="ForEach{T}(Func{T, ValueTask}, string?)"/>
    /// <param name="action">Called with each item and with the token of the sink (<see cref="Inbox{T}.Cancellation"/>). What it throws, or
    /// its task ends with, fails the run; a cancellation counts as what has cancelled the token.</param>
    /// <param name="expression">Filled in by the compiler.</param>
    [OverloadResolutionPriority(1)]
    public static Sink<T> ForEach<T>(Func<T, CancellationToken, ValueTask> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return AwaitEach(action, action, expression);
    }

    /// <inheritdoc cref="ForEach{T}(Func{T, CancellationToken, ValueTask}, string?)"/>
    public static Sink<T> ForEach<T>(Func<T, CancellationToken, Task> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return AwaitEach(Callback.WithToken(action), action, expression);
    }

    private static Sink<T> AwaitEach<T>(Func<T, CancellationToken, ValueTask> call, Delegate action, string? expression) =>
        Create<T>(items => DoForEach(items, call), NodeNames.Of(action, expression, "ForEach")).ActingOutside();

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
