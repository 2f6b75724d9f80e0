using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Turns each item into any number of others.</summary>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="selector">Gives the new items, which are sent on one by one as they are enumerated. What it throws
    /// fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="selector"/> is null.</exception>
    public static Stage<TIn, TOut> SelectMany<TIn, TOut>(Func<TIn, IEnumerable<TOut>> selector, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return Create<TIn, TOut>((items, next) => SelectManyFrom(items, next, selector), "SelectMany").Described(expression).KeepingNothing();
    }

    private static async Coroutine SelectManyFrom<TIn, TOut>(Inbox<TIn> items, Target<TOut> next, Func<TIn, IEnumerable<TOut>> selector)
    {
        await foreach (var item in items)
        {
            foreach (var result in selector(item))
            {
                await next.SendAsync(result);
            }
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.SelectMany"/>
    /// <param name="source">The source.</param>
    /// <param name="selector">Gives the new items, which are sent on one by one as they are enumerated. What it throws
    /// fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> SelectMany<TIn, TOut>(this Source<TIn> source, Func<TIn, IEnumerable<TOut>> selector, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SelectMany(selector, expression));
    }
}
