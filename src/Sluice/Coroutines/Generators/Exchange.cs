using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The port of a generator's body: it yields values out, one at a time.</summary>
/// <remarks>
/// Only a coroutine (a method that returns <see cref="Coroutine"/>) can yield, one yield at a time. Pass the exchange on to
/// await another coroutine that yields in your place. Thread safety: none; it belongs to its generator. Yielding does not
/// allocate.
/// </remarks>
/// <typeparam name="TOut">The type of the values that are yielded.</typeparam>
[DebuggerDisplay("{DebuggerText,nq}")]
public partial class Exchange<TOut>
{
    private protected Exchange()
    {
    }

    internal Exchange(Delegate body, string? name)
        : this() =>
        Define(body, name);

    /// <summary>Gives a value to the caller that asked for the next one and waits to be asked again.</summary>
    /// <param name="value">The value.</param>
    /// <returns>What to await, at once.</returns>
    /// <exception cref="ExchangeClosedException">Awaited: the generator is closed. Let it pass: that is a normal end.</exception>
    /// <exception cref="InvalidOperationException">Awaited: the generator is not running here, because the exchange was passed
    /// to something else or another of its coroutines waits at a yield; or it is awaited by something that is not a coroutine.</exception>
    /// <exception cref="Exception">Awaited: what was thrown in with <see cref="Generator{TOut}.Throw"/>.</exception>
    public YieldAwaitable Yield(TOut value)
    {
        Offer(value);
        return new(this);
    }

    /// <summary>Delegates to another generator until it ends: it yields in this one's place, and gets what is thrown in;
    /// closing this one closes the other first. It goes on from where it is.</summary>
    /// <remarks>During that time the other generator cannot be used directly. A step costs the same at any depth of delegation.</remarks>
    /// <param name="generator">The other generator.</param>
    /// <returns>What to await, at once.</returns>
    /// <exception cref="ArgumentNullException">Awaited: <paramref name="generator"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Awaited: it is executing, or something delegates to it already.</exception>
    /// <exception cref="Exception">Awaited: what the other generator fails with; and as for <see cref="Yield"/>.</exception>
    public async Coroutine YieldFrom(Generator<TOut> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        await new Delegation(this, generator.Exchange.ForDelegation());
    }

    /// <summary>The same for a generator with a result, which the await gives.</summary>
    /// <remarks>Values that are sent reach the other generator if it takes that type.</remarks>
    /// <inheritdoc cref="YieldFrom(Generator{TOut})"/>
    /// <typeparam name="TIn">The type of the values that are sent to the other generator.</typeparam>
    /// <typeparam name="TResult">The type of its result.</typeparam>
    /// <param name="generator">The other generator.</param>
    /// <returns>What to await, at once; the other's result.</returns>
    public async Coroutine<TResult> YieldFrom<TIn, TResult>(Generator<TIn, TOut, TResult> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        await new Delegation(this, generator.Exchange.ForDelegation());
        return generator.Result;
    }

    /// <summary>Yields every item of a sequence; a <see cref="Generator{TOut}"/> among them is delegated to.</summary>
    /// <remarks>The enumerator is disposed at the end, and also when the generator is closed or an error is thrown in. A
    /// sequence takes no values: sending one to it is an error.</remarks>
    /// <param name="items">The sequence.</param>
    /// <returns>What to await, at once.</returns>
    /// <exception cref="ArgumentNullException">Awaited: <paramref name="items"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Awaited: a value was sent; and as for <see cref="Yield"/>.</exception>
    /// <exception cref="Exception">Awaited: what the sequence throws; and as for <see cref="Yield"/>.</exception>
    public async Coroutine YieldFrom(IEnumerable<TOut> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (items is Generator<TOut> generator)
        {
            await new Delegation(this, generator.Exchange.ForDelegation());
            return;
        }

        foreach (var item in items)
        {
            await Yield(item);
            RefuseSent(items);
        }
    }

    /// <summary>A yield that can be awaited; used by the compiler.</summary>
    public readonly struct YieldAwaitable : ICriticalNotifyCompletion, IParkingAwaiter
    {
        private readonly Exchange<TOut> _exchange;

        internal YieldAwaitable(Exchange<TOut> exchange) => _exchange = exchange;

        /// <summary>False, unless the yield is an error.</summary>
        public bool IsCompleted => _exchange.YieldIsRefused;

        /// <summary>Supports <c>await</c>.</summary>
        /// <returns>This value.</returns>
        public YieldAwaitable GetAwaiter() => this;

        /// <summary>Ends the wait.</summary>
        public void GetResult() => _exchange.EndWait();

        IParkingPlace? IParkingAwaiter.Place => _exchange;

        void IParkingAwaiter.Park(Coroutine coroutine) => _exchange.ParkAtYield(coroutine);

        /// <summary>Only coroutines can yield: anything else gets an error from <see cref="GetResult"/>.</summary>
        /// <param name="continuation">Runs at once.</param>
        public void OnCompleted(Action continuation) => _exchange.RefuseYielder(continuation);

        /// <inheritdoc cref="OnCompleted"/>
        [EditorBrowsable(EditorBrowsableState.Never)]
        public void UnsafeOnCompleted(Action continuation) => _exchange.RefuseYielder(continuation);
    }
}
