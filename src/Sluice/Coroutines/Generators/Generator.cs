namespace Sluice;

/// <summary>Makes generators: coroutines that give a value at each step and run when a caller asks for the next one.</summary>
/// <remarks>All of Python's generator protocol (PEP 342, PEP 380), typed. Thread safety: all members may be called from any
/// thread.</remarks>
public static class Generator
{
    /// <summary>Makes a generator of values. Nothing of it runs before the first step.</summary>
    /// <typeparam name="TOut">The type of the values that it yields.</typeparam>
    /// <param name="body">The coroutine's method, or a lambda that calls it with more arguments.</param>
    /// <param name="name">What to call it; default the method's name.</param>
    /// <returns>The generator.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="body"/> is null.</exception>
    public static Generator<TOut> Start<TOut>(Func<Exchange<TOut>, Coroutine> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new(new Exchange<TOut>(body, name));
    }

    /// <summary>Makes a generator that also takes values. Nothing of it runs before the first step.</summary>
    /// <typeparam name="TIn">The type of the values that are sent to it.</typeparam>
    /// <typeparam name="TOut">The type of the values that it yields.</typeparam>
    /// <param name="body">The coroutine's method, or a lambda that calls it with more arguments.</param>
    /// <param name="name">What to call it; default the method's name.</param>
    /// <returns>The generator.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="body"/> is null.</exception>
    public static Generator<TIn, TOut> Start<TIn, TOut>(Func<Exchange<TIn, TOut>, Coroutine> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new(new Exchange<TIn, TOut>(body, name));
    }

    /// <summary>Makes a generator that also takes values and returns a result. Nothing of it runs before the first step.</summary>
    /// <typeparam name="TIn">The type of the values that are sent to it; <c>object?</c> if there are none.</typeparam>
    /// <typeparam name="TOut">The type of the values that it yields.</typeparam>
    /// <typeparam name="TResult">The type of its result.</typeparam>
    /// <param name="body">The coroutine's method, or a lambda that calls it with more arguments.</param>
    /// <param name="name">What to call it; default the method's name.</param>
    /// <returns>The generator.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="body"/> is null.</exception>
    public static Generator<TIn, TOut, TResult> Start<TIn, TOut, TResult>(Func<Exchange<TIn, TOut>, Coroutine<TResult>> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new(new Exchange<TIn, TOut>(body, name));
    }
}
