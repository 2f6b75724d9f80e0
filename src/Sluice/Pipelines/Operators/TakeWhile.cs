using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Passes on items as long as a condition holds, and then ends, and with it everything before it.</summary>
    /// <remarks>It ends with the first item that the condition does not hold for, not when another one comes. If that never
    /// comes it ends with what is before it.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="predicate">The condition. What it throws fails the run, as from this node.</param>
    /// <param name="inclusive">Whether the item that the condition does not hold for is passed on too, as the last one.
    /// Default false.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="predicate"/> is null.</exception>
    public static Stage<T, T> TakeWhile<T>(Func<T, bool> predicate, bool inclusive = false, [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return Create<T, T>((items, next) => TakeWhileFrom(items, next, predicate, inclusive), "TakeWhile").Described(expression);
    }

    private static async Coroutine TakeWhileFrom<T>(Inbox<T> items, Target<T> next, Func<T, bool> predicate, bool inclusive)
    {
        await foreach (var item in items)
        {
            var goesOn = predicate(item);
            if (goesOn || inclusive)
            {
                await next.SendAsync(item);
            }

            if (!goesOn)
            {
                return;
            }
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.TakeWhile"/>
    /// <param name="source">The source.</param>
    /// <param name="predicate">The condition. What it throws fails the run, as from this node.</param>
    /// <param name="inclusive">Whether the item that the condition does not hold for is passed on too, as the last one.
    /// Default false.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> TakeWhile<T>(this Source<T> source, Func<T, bool> predicate, bool inclusive = false, [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.TakeWhile(predicate, inclusive, expression));
    }
}
