using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Passes on the items that a condition holds for.</summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="predicate">The condition. What it throws fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="predicate"/> is null.</exception>
    public static Stage<T, T> Where<T>(Func<T, bool> predicate, [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return FromOperator<T, T>(next => new WhereOperator<T>(next, predicate), "Where", expression).KeepingNothing();
    }

    private sealed class WhereOperator<T>(Target<T> next, Func<T, bool> predicate) : Operator<T, T>(next)
    {
        public override ValueTask SendAsync(T item)
        {
            if (IsClosed)
            {
                return RefuseAsync();
            }

            bool passes;
            try
            {
                passes = predicate(item);
            }
            catch (Exception error)
            {
                return FailAsync(error);
            }

            return passes ? Next.SendAsync(item) : default;
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Where"/>
    /// <param name="source">The source.</param>
    /// <param name="predicate">The condition. What it throws fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> Where<T>(this Source<T> source, Func<T, bool> predicate, [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Where(predicate, expression));
    }
}
