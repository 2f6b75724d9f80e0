using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Looks at each item and passes it on.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="action">Called with each item. What it throws fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="action"/> is null.</exception>
    /// <exception cref="ArgumentException">Thrown: <paramref name="action"/> is an <c>async void</c> method.</exception>
    public static Stage<T, T> Tap<T>(Action<T> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        Callback.RefuseAsyncVoid(action);
        return FromOperator<T, T>(next => new TapOperator<T>(next, action), "Tap", expression).KeepingNothing().ActingOutside();
    }

    /// <summary>Does something asynchronous with each item and then passes it on, one at a time: the next item waits until it is done.</summary>
    /// <remarks>An <c>async</c> lambda is taken as this overload, or as the one with a token if it has two parameters.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="action">Called with each item. What it throws, or its task ends with, fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="action"/> is null.</exception>
    [OverloadResolutionPriority(2)]
    public static Stage<T, T> Tap<T>(Func<T, ValueTask> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return AwaitEach(Callback.WithToken(action), expression);
    }

    /// <inheritdoc cref="Tap{T}(Func{T, ValueTask}, string?)"/>
    public static Stage<T, T> Tap<T>(Func<T, Task> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return AwaitEach(Callback.WithToken(action), expression);
    }

    /// <inheritdoc cref="Tap{T}(Func{T, ValueTask}, string?)"/>
    /// <param name="action">Called with each item and with the token of the stage (<see cref="Inbox{T}.Cancellation"/>). What it throws, or
    /// its task ends with, fails the run, as from this node; a cancellation counts as what has cancelled the token.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    [OverloadResolutionPriority(1)]
    public static Stage<T, T> Tap<T>(Func<T, CancellationToken, ValueTask> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return AwaitEach(action, expression);
    }

    /// <inheritdoc cref="Tap{T}(Func{T, CancellationToken, ValueTask}, string?)"/>
    public static Stage<T, T> Tap<T>(Func<T, CancellationToken, Task> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return AwaitEach(Callback.WithToken(action), expression);
    }

    private static Stage<T, T> AwaitEach<T>(Func<T, CancellationToken, ValueTask> action, string? expression) =>
        Create<T, T>((items, next) => TapFrom(items, next, action), "Tap").Described(expression).KeepingNothing().ActingOutside();

    private static async Coroutine TapFrom<T>(Inbox<T> items, Target<T> next, Func<T, CancellationToken, ValueTask> action)
    {
        await foreach (var item in items)
        {
            await action(item, items.Cancellation);
            await next.SendAsync(item);
        }
    }

    private sealed class TapOperator<T>(Target<T> next, Action<T> action) : Operator<T, T>(next)
    {
        public override ValueTask SendAsync(T item)
        {
            if (IsClosed)
            {
                return RefuseAsync();
            }

            try
            {
                action(item);
            }
            catch (Exception error)
            {
                return FailAsync(error);
            }

            return Next.SendAsync(item);
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Tap{T}(Action{T}, string?)"/>
    /// <param name="source">The source.</param>
    /// <param name="action">Called with each item. What it throws fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> Tap<T>(this Source<T> source, Action<T> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Tap(action, expression));
    }

    /// <inheritdoc cref="Stage.Tap{T}(Func{T, ValueTask}, string?)"/>
    /// <param name="source">The source.</param>
    /// <param name="action">Called with each item. What it throws, or its task ends with, fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    [OverloadResolutionPriority(2)]
    public static Source<T> Tap<T>(this Source<T> source, Func<T, ValueTask> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Tap(action, expression));
    }

    /// <inheritdoc cref="Tap{T}(Source{T}, Func{T, ValueTask}, string?)"/>
    public static Source<T> Tap<T>(this Source<T> source, Func<T, Task> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Tap(action, expression));
    }

    /// <inheritdoc cref="Stage.Tap{T}(Func{T, CancellationToken, ValueTask}, string?)"/>
    /// <param name="source">The source.</param>
    /// <param name="action">Called with each item and with the token of the stage (<see cref="Inbox{T}.Cancellation"/>). What it throws, or
    /// its task ends with, fails the run, as from this node; a cancellation counts as what has cancelled the token.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    [OverloadResolutionPriority(1)]
    public static Source<T> Tap<T>(this Source<T> source, Func<T, CancellationToken, ValueTask> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Tap(action, expression));
    }

    /// <inheritdoc cref="Tap{T}(Source{T}, Func{T, CancellationToken, ValueTask}, string?)"/>
    public static Source<T> Tap<T>(this Source<T> source, Func<T, CancellationToken, Task> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Tap(action, expression));
    }
}
