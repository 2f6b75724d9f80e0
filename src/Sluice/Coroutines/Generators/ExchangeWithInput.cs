using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The two-way port of a generator's body: each yield gives a value out and gets back the one that is sent in.</summary>
/// <remarks>As <see cref="Exchange{TOut}"/>; a coroutine that takes one of those can be given this one too, and drops what is
/// sent to it. Thread safety: none; it belongs to its generator.</remarks>
/// <typeparam name="TIn">The type of the values that are sent in.</typeparam>
/// <typeparam name="TOut">The type of the values that are yielded.</typeparam>
public sealed class Exchange<TIn, TOut> : Exchange<TOut>
{
    private TIn _sent = default!;

    internal Exchange(Delegate body, string? name) => Define(body, name);

    internal override Type? InputType => typeof(TIn);

    /// <summary>Gives a value to the caller that asked for the next one and waits for the answer.</summary>
    /// <param name="value">The value.</param>
    /// <returns>What to await, at once: the value that was sent; the default of its type when resumed with
    /// <see cref="Generator{TOut}.Next"/>.</returns>
    /// <exception cref="ExchangeClosedException">Awaited: the generator is closed. Let it pass: that is a normal end.</exception>
    /// <exception cref="InvalidOperationException">Awaited: the generator is not running here, because the exchange was passed
    /// to something else or another of its coroutines waits at a yield; or it is awaited by something that is not a coroutine.</exception>
    /// <exception cref="Exception">Awaited: what was thrown in with <see cref="Generator{TOut}.Throw"/>.</exception>
    public new YieldAwaitable Yield(TOut value)
    {
        Offer(value);
        return new(this);
    }

    /// <summary>Runs to the next yield with a value for the yield that waits. False: it has ended.</summary>
    internal bool TrySend(TIn value, out TOut next)
    {
        var thread = Enter();
        if (State == ExchangeState.Suspended)
        {
            _sent = value;
            return Advance(thread, out next);
        }

        return TrySendSlow(value, thread, out next);
    }

    internal override bool TryNext(out TOut value)
    {
        var thread = Enter();
        _sent = default!;
        return State == ExchangeState.Suspended ? Advance(thread, out value) : TryNextSlow(thread, out value);
    }

    private protected override void ForgetSent() => _sent = default!;

    private protected override void RefuseSent(IEnumerable<TOut> items)
    {
        if (!IsDefault(_sent))
        {
            throw new InvalidOperationException($"The generator '{Name}' was sent a value while it delegates to a sequence, which takes none. Use Next, or delegate to a generator.");
        }
    }

    private protected override Coroutine Call(Delegate body) => ((Func<Exchange<TIn, TOut>, Coroutine>)body)(this);

    private bool TrySendSlow(TIn value, StrandThread thread, out TOut next)
    {
        try
        {
            var isYielded = TrySendSlow(value);
            next = Current;
            return isYielded;
        }
        finally
        {
            Leave(thread);
        }
    }

    private bool TrySendSlow(TIn value)
    {
        if (State == ExchangeState.NotStarted && value is not null)
        {
            throw new InvalidOperationException($"The generator '{Name}' has not started, so that no yield waits for a value. Call Next first.");
        }

        if (Innermost is { } innermost)
        {
            if (innermost is Exchange<TIn, TOut> taker)
            {
                taker._sent = value;
                return ResumeInnermost(null);
            }

            if (innermost.InputType is { } other && !IsDefault(value))
            {
                throw new InvalidOperationException($"The generator '{Name}' cannot be sent a {typeof(TIn).Name} now: it delegates to '{innermost.Name}', which takes {other.Name}. Use Next.");
            }
        }

        return TryNextSlow();
    }

    private static bool IsDefault([NotNullWhen(false)] TIn? value) => EqualityComparer<TIn>.Default.Equals(value, default);

    /// <summary>A yield that can be awaited; used by the compiler.</summary>
    public new readonly struct YieldAwaitable : ICriticalNotifyCompletion, IParkingAwaiter
    {
        private readonly Exchange<TIn, TOut> _exchange;

        internal YieldAwaitable(Exchange<TIn, TOut> exchange) => _exchange = exchange;

        /// <summary>False, unless the yield is an error.</summary>
        public bool IsCompleted => _exchange.YieldIsRefused;

        /// <summary>Supports <c>await</c>.</summary>
        /// <returns>This value.</returns>
        public YieldAwaitable GetAwaiter() => this;

        /// <summary>Ends the wait.</summary>
        /// <returns>What was sent.</returns>
        public TIn GetResult()
        {
            _exchange.EndWait();
            return _exchange._sent;
        }

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
