using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Stage
{
    /// <summary>Folds the items one by one into a state, and sends the state on after each.</summary>
    /// <remarks>The seed itself is not sent: without items nothing comes out, and nothing more is sent at the end. Each run
    /// begins with the same seed, so give a value or something immutable, not an object that the accumulator changes.</remarks>
    /// <typeparam name="TIn">The type of the items that come in.</typeparam>
    /// <typeparam name="TState">The type of the state, and so of the items that go out.</typeparam>
    /// <param name="seed">The state before the first item.</param>
    /// <param name="accumulator">Makes the new state from the state and an item. What it throws fails the run, as from this
    /// node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The stage.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="accumulator"/> is null.</exception>
    public static Stage<TIn, TState> Scan<TIn, TState>(TState seed, Func<TState, TIn, TState> accumulator, [CallerArgumentExpression(nameof(accumulator))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulator);
        return FromOperator<TIn, TState>(next => new ScanOperator<TIn, TState>(next, seed, accumulator), "Scan", expression);
    }

    private sealed class ScanOperator<TIn, TState>(Target<TState> next, TState seed, Func<TState, TIn, TState> accumulator) : Operator<TIn, TState>(next)
    {
        private TState _state = seed;

        public override ValueTask SendAsync(TIn item)
        {
            if (IsClosed)
            {
                return RefuseAsync();
            }

            try
            {
                _state = accumulator(_state, item);
            }
            catch (Exception error)
            {
                return FailAsync(error);
            }

            return Next.SendAsync(_state);
        }
    }
}

public static partial class SourceOperators
{
    /// <inheritdoc cref="Stage.Scan"/>
    /// <param name="source">The source.</param>
    /// <param name="seed">The state before the first item.</param>
    /// <param name="accumulator">Makes the new state from the state and an item. What it throws fails the run, as from this
    /// node.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The longer source.</returns>
    public static Source<TState> Scan<TIn, TState>(this Source<TIn> source, TState seed, Func<TState, TIn, TState> accumulator, [CallerArgumentExpression(nameof(accumulator))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Through(Stage.Scan(seed, accumulator, expression));
    }
}
