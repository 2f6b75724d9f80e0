using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Sends on each item but the first together with the one before it.</summary>
    /// <remarks>It keeps one item. Fewer than two items give nothing; at the end nothing more is sent.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <returns>The stage.</returns>
    public static Stage<T, (T Previous, T Current)> Pairwise<T>() =>
        Pairwise<T, (T Previous, T Current)>(static (previous, current) => (previous, current), expression: null);

    /// <summary>Makes something of each item but the first and the one before it.</summary>
    /// <remarks>It keeps one item. Fewer than two items give nothing; at the end nothing more is sent.</remarks>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TOut">The type of the items that go out.</typeparam>
    /// <param name="selector">Makes the new item of the previous and the current one. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="selector"/> is null.</exception>
    public static Stage<TIn, TOut> Pairwise<TIn, TOut>(Func<TIn, TIn, TOut> selector, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return FromOperator<TIn, TOut>(next => new PairwiseOperator<TIn, TOut>(next, selector), "Pairwise", expression);
    }

    private sealed class PairwiseOperator<TIn, TOut>(Target<TOut> next, Func<TIn, TIn, TOut> selector) : Operator<TIn, TOut>(next)
    {
        private bool _hasPrevious;
        private TIn _previous = default!;

        public override ValueTask SendAsync(TIn item)
        {
            if (IsClosed)
            {
                return RefuseAsync();
            }

            if (!_hasPrevious)
            {
                (_hasPrevious, _previous) = (true, item);
                return default;
            }

            TOut result;
            try
            {
                result = selector(_previous, item);
            }
            catch (Exception error)
            {
                return FailAsync(error);
            }

            _previous = item;
            return Next.SendAsync(result);
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Pairwise{T}()"/>
    /// <param name="source">The source.</param>
    /// <returns>The longer source.</returns>
    public static Source<(T Previous, T Current)> Pairwise<T>(this Source<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Pairwise<T>());
    }

    /// <inheritdoc cref="Stage.Pairwise{TIn, TOut}(Func{TIn, TIn, TOut}, string)"/>
    /// <param name="source">The source.</param>
    /// <param name="selector">Makes the new item of the previous and the current one. What it throws fails the run, as from
    /// this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<TOut> Pairwise<TIn, TOut>(this Source<TIn> source, Func<TIn, TIn, TOut> selector, [CallerArgumentExpression(nameof(selector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Pairwise(selector, expression));
    }
}
