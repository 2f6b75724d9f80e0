using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>A coroutine with a result, which <c>await</c> gives back: see <see cref="Coroutine"/>.</summary>
/// <remarks>Thread safety: as <see cref="Coroutine"/>.</remarks>
/// <typeparam name="TResult">The type of the result.</typeparam>
[AsyncMethodBuilder(typeof(CoroutineMethodBuilder<>))]
public abstract class Coroutine<TResult> : Coroutine
{
    private TResult _result = default!;

    private protected Coroutine(IStrandHome? home)
        : base(home)
    {
    }

    /// <summary>Written once, before the coroutine is marked as ended.</summary>
    internal ref TResult Result => ref _result;

    internal override object? BoxedResult => Result;

    /// <summary>Supports <c>await</c>; the compiler calls it.</summary>
    /// <returns>The awaiter.</returns>
    public new Awaiter GetAwaiter() => new(this);

    /// <summary>The awaiter of a coroutine with a result; used by the compiler.</summary>
    public new readonly struct Awaiter : ICriticalNotifyCompletion, IChildAwaiter
    {
        private readonly Coroutine<TResult> _coroutine;

        internal Awaiter(Coroutine<TResult> coroutine) => _coroutine = coroutine;

        /// <summary>Gets whether the coroutine has ended.</summary>
        public bool IsCompleted => _coroutine.IsCompleted;

        Coroutine IChildAwaiter.Child => _coroutine;

        /// <summary>Ends the await.</summary>
        /// <returns>The coroutine's result.</returns>
        /// <exception cref="Exception">The failure of the coroutine, of any type.</exception>
        public TResult GetResult()
        {
            _coroutine.Observe();
            return _coroutine.Result;
        }

        /// <summary>Resumes <paramref name="continuation"/> when the coroutine has ended.</summary>
        /// <param name="continuation">What goes on then, outside of the coroutine's strand.</param>
        public void OnCompleted(Action continuation) => _coroutine.ContinueWith(ContextFlow.Keep(continuation));

        /// <inheritdoc cref="OnCompleted"/>
        [EditorBrowsable(EditorBrowsableState.Never)]
        public void UnsafeOnCompleted(Action continuation) => _coroutine.ContinueWith(continuation);
    }
}
