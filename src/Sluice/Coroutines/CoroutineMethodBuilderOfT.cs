using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>Builds <c>async Coroutine&lt;TResult&gt;</c> methods; used by the compiler, not by people.</summary>
/// <remarks>Thread safety: none; the compiler's code uses it from one strand.</remarks>
/// <typeparam name="TResult">The type of the result.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public struct CoroutineMethodBuilder<TResult>
{
    // What it shares with its twin is in Suspending. The rest is the compiler's pattern, which asks for two structs, and Start: a method for both would be one
    // more call around the MoveNext of each coroutine that is started, or a field for a result that most have none of.

    /// <summary>The box once suspended. Set before the state machine is copied into the box, so that the copy has it.</summary>
    private Coroutine<TResult>? _coroutine;

    /// <summary>That of a coroutine that was read from a snapshot.</summary>
    internal CoroutineMethodBuilder(Coroutine<TResult> coroutine) => _coroutine = coroutine;

    /// <summary>The coroutine that the method returns.</summary>
    public readonly Coroutine<TResult> Task => _coroutine!;

#pragma warning disable CA1000 // the compiler's pattern asks for a static member
    /// <summary>Makes a builder.</summary>
    /// <returns>The builder.</returns>
    public static CoroutineMethodBuilder<TResult> Create() => default;
#pragma warning restore CA1000

    /// <summary>Runs the method up to its first suspension.</summary>
    /// <typeparam name="TStateMachine">The compiler's type.</typeparam>
    /// <param name="stateMachine">The method's state.</param>
    public void Start<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        var thread = StrandThread.Current;
        if (thread.TryGoDeeper())
        {
            var context = ExecutionContext.Capture();
            stateMachine.MoveNext();
            thread.ComeBack();
            if (_coroutine is not null)
            {
                ContextFlow.Restore(context); // it has gone away, or waits: what it changed is not its caller's
            }
        }
        else
        {
            Suspending.StartLater(Box(ref stateMachine));
        }
    }

#pragma warning disable CA1822 // the compiler's pattern asks for an instance member
    /// <summary>Required by the compiler's pattern; does nothing.</summary>
    /// <param name="stateMachine">Not used.</param>
    public readonly void SetStateMachine(IAsyncStateMachine stateMachine)
    {
    }
#pragma warning restore CA1822

    /// <summary>Called at the method's end.</summary>
    /// <param name="result">What it returns.</param>
    public void SetResult(TResult result)
    {
        if (_coroutine is null)
        {
            _coroutine = new EndedCoroutine<TResult>(result);
        }
        else
        {
            _coroutine.Result = result;
            _coroutine.Complete();
        }
    }

    /// <summary>Called when an exception escapes.</summary>
    /// <param name="exception">The exception.</param>
    public void SetException(Exception exception)
    {
        if (_coroutine is null)
        {
            _coroutine = new EndedCoroutine<TResult>(exception);
        }
        else
        {
            _coroutine.Fail(exception);
        }
    }

    /// <summary>Suspends the method at an await.</summary>
    /// <typeparam name="TAwaiter">The awaiter's type.</typeparam>
    /// <typeparam name="TStateMachine">The compiler's type.</typeparam>
    /// <param name="awaiter">The awaiter.</param>
    /// <param name="stateMachine">The method's state.</param>
    public void AwaitOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : INotifyCompletion
        where TStateMachine : IAsyncStateMachine =>
        Suspending.AtSafe(ref awaiter, Box(ref stateMachine));

    /// <summary>Suspends the method at an await.</summary>
    /// <typeparam name="TAwaiter">The awaiter's type.</typeparam>
    /// <typeparam name="TStateMachine">The compiler's type.</typeparam>
    /// <param name="awaiter">The awaiter.</param>
    /// <param name="stateMachine">The method's state.</param>
    public void AwaitUnsafeOnCompleted<TAwaiter, TStateMachine>(ref TAwaiter awaiter, ref TStateMachine stateMachine)
        where TAwaiter : ICriticalNotifyCompletion
        where TStateMachine : IAsyncStateMachine =>
        Suspending.At(ref awaiter, _coroutine ?? Box(ref stateMachine));

    private Coroutine<TResult> Box<TStateMachine>(ref TStateMachine stateMachine)
        where TStateMachine : IAsyncStateMachine
    {
        if (_coroutine is null)
        {
            var box = new CoroutineBox<TStateMachine, TResult>();
            _coroutine = box;
            box.StateMachine = stateMachine;
        }

        return _coroutine;
    }
}
