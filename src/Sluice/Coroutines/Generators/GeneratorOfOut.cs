using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>A generator: a coroutine that runs to its next yield each time it is asked, on the caller's stack. Its
/// <see cref="Generator.Start{TOut}"/> makes it.</summary>
/// <remarks>
/// <para>Enumerating it is asking for the next value until it ends, from where it is: a second <c>foreach</c> goes on where
/// the first one left, and leaving one does not close the generator. Dispose it when it is not to be run to its end, so that
/// its <c>finally</c> blocks run: nothing else runs them. A step does not allocate.</para>
/// <para>Thread safety: one thread at a time; it need not always be the same. A second one at the same moment gets an
/// <see cref="InvalidOperationException"/>, and does nothing. The thread that uses it first has the cheapest way in; the first call of another thread
/// ends that for good.</para>
/// </remarks>
/// <typeparam name="TOut">The type of the values that it yields.</typeparam>
[DebuggerDisplay("{Exchange.DebuggerText,nq}")]
public class Generator<TOut> : IEnumerable<TOut>, IDisposable
{
    internal Generator(Exchange<TOut> exchange) => Exchange = exchange;

    /// <summary>The name it was started with, else the name of the coroutine's method.</summary>
    public string Name => Exchange.Name;

    /// <summary>Gets whether it has ended: returned, failed or been closed.</summary>
    public bool IsCompleted => Exchange.State == ExchangeState.Ended;

    /// <summary>The value that it yielded last, at which it waits.</summary>
    /// <exception cref="InvalidOperationException">Thrown: it does not wait at a yield: it has not started, runs or has ended.</exception>
    public TOut Current => Exchange.IsAtYield ? Exchange.Current
        : throw new InvalidOperationException($"The generator '{Name}' has no current value: it {(IsCompleted ? "has ended" : "does not wait at a yield")}.");

    internal Exchange<TOut> Exchange { get; }

    private protected virtual object? ResultOrNull => null;

    /// <summary>Runs it to its next yield. A yield that waits for a value gets the default of its type.</summary>
    /// <returns>The value that it yields.</returns>
    /// <exception cref="GeneratorCompletedException">Thrown: it ended instead, or had ended before.</exception>
    /// <exception cref="InvalidOperationException">Thrown: it is executing already, something delegates to it, or it awaited
    /// something other than its exchange, which ends it.</exception>
    /// <exception cref="Exception">Thrown: what it fails with, once.</exception>
    public TOut Next() => Exchange.TryNext(out var value) ? value : throw NewCompleted();

    /// <summary>Runs it to its next yield, as <see cref="Next"/>, but reports its end without an exception.</summary>
    /// <param name="value">The value that it yields.</param>
    /// <returns>False: it ended instead, or had ended before.</returns>
    /// <inheritdoc cref="Next" path="/exception[position()>1]"/>
    public bool TryNext([MaybeNullWhen(false)] out TOut value) => Exchange.TryNext(out value);

    /// <summary>Raises an error at the yield where it waits and runs it to its next one. Before the start that ends it.</summary>
    /// <param name="error">The error; it keeps the stack that it has.</param>
    /// <returns>The value that it yields, if it handles the error.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="error"/> is null.</exception>
    /// <exception cref="GeneratorCompletedException">Thrown: it handled the error and ended.</exception>
    /// <exception cref="InvalidOperationException">Thrown: as by <see cref="Next"/>.</exception>
    /// <exception cref="Exception">Thrown: the error itself if it is not handled, or if the generator had ended before; else
    /// what it fails with.</exception>
    public TOut Throw(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return Exchange.TryThrow(error, out var value) ? value : throw NewCompleted();
    }

    /// <summary>Ends it: raises <see cref="ExchangeClosedException"/> at the yield where it waits, so that its <c>finally</c>
    /// blocks run; those that it delegates to are closed first. Before the start nothing runs; after the end nothing happens.</summary>
    /// <exception cref="InvalidOperationException">Thrown: it yielded again instead, and waits there; or as by <see cref="Next"/>.</exception>
    /// <exception cref="Exception">Thrown: what it fails with instead of ending.</exception>
    public void Close() => Exchange.Close();

    /// <summary>Closes it: see <see cref="Close"/>.</summary>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Supports <c>foreach</c>, from where the generator is.</summary>
    /// <returns>The enumerator; disposing it does nothing.</returns>
    public Enumerator GetEnumerator() => new(this);

    IEnumerator<TOut> IEnumerable<TOut>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>For debuggers: name, state, what it delegates to.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => Exchange.DebuggerText;

    private protected GeneratorCompletedException NewCompleted() => Exchange.NewCompleted(Exchange.HasReturned ? ResultOrNull : null);

    /// <summary>The state of a <c>foreach</c> over a generator: nothing but the generator itself.</summary>
    public readonly struct Enumerator : IEnumerator<TOut>
    {
        private readonly Generator<TOut> _generator;

        internal Enumerator(Generator<TOut> generator) => _generator = generator;

        /// <summary>The value that was yielded last.</summary>
        public TOut Current => _generator.Exchange.Current;

        object? IEnumerator.Current => Current;

        /// <summary>Runs the generator to its next yield.</summary>
        /// <returns>False: it has ended.</returns>
        /// <exception cref="Exception">Thrown: as by <see cref="TryNext"/>.</exception>
        public bool MoveNext() => _generator.Exchange.TryNext(out _);

        void IEnumerator.Reset() => throw new NotSupportedException("A generator runs once: start another one.");

        void IDisposable.Dispose()
        {
            // leaving a foreach does not close the generator
        }
    }
}
