using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>A generator that also takes values: each one sent comes out of the yield where it waits.</summary>
/// <remarks>As <see cref="Generator{TOut}"/>. Thread safety: one thread at a time.</remarks>
/// <typeparam name="TIn">The type of the values that are sent to it.</typeparam>
/// <typeparam name="TOut">The type of the values that it yields.</typeparam>
public class Generator<TIn, TOut> : Generator<TOut>
{
    private readonly Exchange<TIn, TOut> _exchange;

    internal Generator(Exchange<TIn, TOut> exchange)
        : base(exchange) => _exchange = exchange;

    /// <summary>Gives a value to the yield where it waits and runs it to its next one.</summary>
    /// <param name="value">The value. Sending the default of the type is the same as <see cref="Generator{TOut}.Next"/>,
    /// except to a generator that has not started: it takes nothing but null.</param>
    /// <returns>The value that it yields.</returns>
    /// <exception cref="GeneratorCompletedException">Thrown: it ended instead, or had ended before.</exception>
    /// <exception cref="InvalidOperationException">Thrown: it has not started, or delegates to a generator with another type of
    /// input, and is as before; it is executing already, something delegates to it, or it awaited something other than its
    /// exchange, which ends it.</exception>
    /// <exception cref="Exception">Thrown: what it fails with, once.</exception>
    public TOut Send(TIn value) => _exchange.TrySend(value, out var next) ? next : throw NewCompleted();

    /// <summary>Gives it a value and runs it to its next yield, as <see cref="Send"/>, but reports its end without an exception.</summary>
    /// <param name="value">The value.</param>
    /// <param name="next">The value that it yields.</param>
    /// <returns>False: it ended instead, or had ended before.</returns>
    /// <inheritdoc cref="Send" path="/exception[position()>1]"/>
    public bool TrySend(TIn value, [MaybeNullWhen(false)] out TOut next) => _exchange.TrySend(value, out next);
}

/// <summary>A generator that takes values and returns a result when it ends.</summary>
/// <remarks>As <see cref="Generator{TOut}"/>. Thread safety: one thread at a time.</remarks>
/// <typeparam name="TIn">The type of the values that are sent to it.</typeparam>
/// <typeparam name="TOut">The type of the values that it yields.</typeparam>
/// <typeparam name="TResult">The type of its result.</typeparam>
public sealed class Generator<TIn, TOut, TResult> : Generator<TIn, TOut>
{
    internal Generator(Exchange<TIn, TOut> exchange)
        : base(exchange)
    {
    }

    /// <summary>Its result. One that was closed has a result if it handled that and returned.</summary>
    /// <exception cref="InvalidOperationException">Thrown: it has not ended, or was closed before it returned, or failed (the
    /// failure is the inner exception).</exception>
    public TResult Result => Exchange.ResultAs<TResult>();

    private protected override object? ResultOrNull => Result;
}
