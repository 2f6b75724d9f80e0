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
    public static Stage<T, T> Tap<T>(Action<T> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(action);
        return FromOperator<T, T>(next => new TapOperator<T>(next, action), "Tap", expression);
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
    /// <inheritdoc cref="Stage.Tap"/>
    /// <param name="source">The source.</param>
    /// <param name="action">Called with each item. What it throws fails the run, as from this node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<T> Tap<T>(this Source<T> source, Action<T> action, [CallerArgumentExpression(nameof(action))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Tap(action, expression));
    }
}
