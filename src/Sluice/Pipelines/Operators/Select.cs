using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Turns each item into another.</summary>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="selector">Makes the new item. What it throws fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="selector"/> is null.</exception>
    public static Stage<TIn, TOut> Select<TIn, TOut>(Func<TIn, TOut> selector, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return FromOperator<TIn, TOut>(next => new SelectOperator<TIn, TOut>(next, selector), "Select", expression).KeepingNothing();
    }

    private sealed class SelectOperator<TIn, TOut>(Target<TOut> next, Func<TIn, TOut> selector) : Operator<TIn, TOut>(next)
    {
        public override ValueTask SendAsync(TIn item)
        {
            if (IsClosed)
            {
                return RefuseAsync();
            }

            TOut result;
            try
            {
                result = selector(item);
            }
            catch (Exception error)
            {
                return FailAsync(error);
            }

            return Next.SendAsync(result);
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Select"/>
    /// <param name="source">The source.</param>
    /// <param name="selector">Makes the new item. What it throws fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> Select<TIn, TOut>(this Source<TIn> source, Func<TIn, TOut> selector, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Select(selector, expression));
    }
}
