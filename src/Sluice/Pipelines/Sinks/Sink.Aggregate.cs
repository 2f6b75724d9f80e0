using System.Runtime.CompilerServices;

namespace Sluice;

public static partial class Sink
{
    /// <summary>Folds all items into a state; the state after the last item is the result of the run.</summary>
    /// <remarks>Without items the result is the seed. Each run begins with the same seed, so give a value or something
    /// immutable, not an object that the accumulator changes.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <param name="seed">The state before the first item.</param>
    /// <param name="accumulator">Makes the new state from the state and an item. What it throws fails the run.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="accumulator"/> is null.</exception>
    public static Sink<T, TState> Aggregate<T, TState>(TState seed, Func<TState, T, TState> accumulator, [CallerArgumentExpression(nameof(accumulator))] string? expression = null) =>
        Aggregate(seed, accumulator, static state => state, expression);

    /// <summary>Folds all items into a state; what is made of the state after the last item is the result of the run.</summary>
    /// <remarks>Without items the result is made of the seed. Each run begins with the same seed, so give a value or something
    /// immutable, not an object that the accumulator changes.</remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="seed">The state before the first item.</param>
    /// <param name="accumulator">Makes the new state from the state and an item. What it throws fails the run.</param>
    /// <param name="resultSelector">Makes the result from the last state; called once, at the end. What it throws fails the
    /// run.</param>
    /// <param name="expression">Filled in by the compiler; shown in graphs.</param>
    /// <returns>The sink.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="accumulator"/> or <paramref name="resultSelector"/> is
    /// null.</exception>
    public static Sink<T, TResult> Aggregate<T, TState, TResult>(TState seed, Func<TState, T, TState> accumulator, Func<TState, TResult> resultSelector, [CallerArgumentExpression(nameof(accumulator))] string? expression = null)
    {
        ArgumentNullException.ThrowIfNull(accumulator);
        ArgumentNullException.ThrowIfNull(resultSelector);
        return Create<T, TResult>(items => AggregateFrom(items, seed, accumulator, resultSelector), "Aggregate").Described(expression).RefusingPolicies(IsOfAllItems);
    }

    private static async Coroutine<TResult> AggregateFrom<T, TState, TResult>(Inbox<T> items, TState seed, Func<TState, T, TState> accumulator, Func<TState, TResult> resultSelector)
    {
        var state = seed;
        await foreach (var item in items)
        {
            state = accumulator(state, item);
        }

        return resultSelector(state);
    }
}
