using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Passes on the first item, and then each that is not the same as the one passed on before it.</summary>
    /// <remarks>It keeps one item. At the end nothing more is sent.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="comparer">Decides which items are the same. What it throws fails the run, as from this node. Default the
    /// type's own equality.</param>
    /// <returns>The stage.</returns>
    public static Stage<T, T> DistinctUntilChanged<T>(IEqualityComparer<T>? comparer = null) =>
        DistinctUntilChanged<T, T>(static item => item, comparer, expression: null);

    /// <summary>Passes on the first item, and then each whose key is not the same as that of the one passed on before it.</summary>
    /// <remarks>It keeps one key. At the end nothing more is sent.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TKey">The type of the keys.</typeparam>
    /// <param name="keySelector">Gives an item's key, which may be null. What it throws fails the run, as from this node.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the
    /// type's own equality.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="keySelector"/> is null.</exception>
    public static Stage<T, T> DistinctUntilChanged<T, TKey>(Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer = null, [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(keySelector);
        return FromOperator<T, T>(
            next => new DistinctUntilChangedOperator<T, TKey>(next, keySelector, comparer ?? EqualityComparer<TKey>.Default),
            "DistinctUntilChanged",
            expression);
    }

    private sealed class DistinctUntilChangedOperator<T, TKey>(Target<T> next, Func<T, TKey> keySelector, IEqualityComparer<TKey> comparer) : Operator<T, T>(next)
    {
        private bool _hasKey;
        private TKey _key = default!;

        public override ValueTask SendAsync(T item)
        {
            if (IsClosed)
            {
                return RefuseAsync();
            }

            try
            {
                var key = keySelector(item);
                if (_hasKey && comparer.Equals(_key, key))
                {
                    return default;
                }

                (_hasKey, _key) = (true, key);
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
    /// <inheritdoc cref="Stage.DistinctUntilChanged{T}(IEqualityComparer{T})"/>
    /// <param name="source">The source.</param>
    /// <param name="comparer">Decides which items are the same. What it throws fails the run, as from this node. Default the
    /// type's own equality.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> DistinctUntilChanged<T>(this Source<T> source, IEqualityComparer<T>? comparer = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.DistinctUntilChanged(comparer));
    }

    /// <inheritdoc cref="Stage.DistinctUntilChanged{T, TKey}(Func{T, TKey}, IEqualityComparer{TKey}, string)"/>
    /// <param name="source">The source.</param>
    /// <param name="keySelector">Gives an item's key, which may be null. What it throws fails the run, as from this node.</param>
    /// <param name="comparer">Decides which keys are the same. What it throws fails the run, as from this node. Default the
    /// type's own equality.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> DistinctUntilChanged<T, TKey>(this Source<T> source, Func<T, TKey> keySelector, IEqualityComparer<TKey>? comparer = null, [CallerArgumentExpression(nameof(keySelector))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.DistinctUntilChanged(keySelector, comparer, expression));
    }
}
