using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Leaves out items as long as a condition holds, and passes on all the others.</summary>
    /// <remarks>The first item that the condition does not hold for is passed on; the condition is not asked again after it.
    /// If that item never comes nothing is passed on.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <param name="predicate">The condition. What it throws fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="predicate"/> is null.</exception>
    public static Stage<T, T> SkipWhile<T>(Func<T, bool> predicate, [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        return FromOperator<T, T>(next => new SkipWhileOperator<T>(next, predicate), "SkipWhile", expression);
    }

    private sealed class SkipWhileOperator<T>(Target<T> next, Func<T, bool> predicate) : Operator<T, T>(next)
    {
        private bool _passes;

        public override ValueTask SendAsync(T item)
        {
            if (IsClosed)
            {
                return RefuseAsync();
            }

            if (!_passes)
            {
                try
                {
                    _passes = !predicate(item);
                }
                catch (Exception error)
                {
                    return FailAsync(error);
                }
            }

            return _passes ? Next.SendAsync(item) : default;
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.SkipWhile"/>
    /// <param name="source">The source.</param>
    /// <param name="predicate">The condition. What it throws fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> SkipWhile<T>(this Source<T> source, Func<T, bool> predicate, [CallerArgumentExpression(nameof(predicate))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.SkipWhile(predicate, expression));
    }
}
