using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>
/// The return type of an <c>async Coroutine</c> method: straight-line code that suspends where it receives, and whose locals
/// are its state. Awaiting a coroutine is delegation ("yield from"): give it your inbox and it receives in your place.
/// </summary>
/// <remarks>
/// Thread safety: a coroutine belongs to the strand that it was started in and runs only there. One at a time may wait
/// for it, from anywhere; once it has ended, an await gives its outcome again. Starting one costs at most one allocation; there is none if it ends before its first suspension.
/// </remarks>
[AsyncMethodBuilder(typeof(CoroutineMethodBuilder))]
[DebuggerDisplay("{DebuggerText,nq}")]
public abstract class Coroutine
{
    /// <summary>The continuation, which runs when this one ends: null (no one yet), a <see cref="Coroutine"/> of the same strand, an
    /// <see cref="ICoroutineOwner"/>, a <see cref="TaskCompletionSource"/> that outside code awaits, or <see cref="s_done"/>.
    /// Set once by a compare-and-swap, since outside code may register while the coroutine ends.</summary>
    private object? _continuation;

    /// <summary>The strand's home; <see cref="Ended"/> once the coroutine has ended. Owner: the strand's holder.</summary>
    private IStrandHome? _home;

    /// <summary>Everything that only some coroutines need. Owner: the strand's holder.</summary>
    private Suspension? _suspension;

    private static readonly object s_done = new();

    private protected Coroutine(IStrandHome? home) => _home = home;

    internal bool IsCompleted => ReferenceEquals(Volatile.Read(ref _home), Ended.Instance);

    internal ExceptionDispatchInfo? Error => _suspension?.Error;

    /// <inheritdoc cref="Suspension.NameOfEnded"/>
    private protected string? NameOfEnded => _suspension?.NameOfEnded;

    internal IStrandHome? Home => _home;

    internal object? Continuation => _continuation;

    /// <summary>The method's name, for messages and the debugger.</summary>
    internal abstract string MethodName { get; }

    /// <summary>The number of coroutines that it is nested in, and who owns the outermost. Slow: walks the whole chain.</summary>
    internal ICoroutineOwner? FindOwner()
    {
        var at = this;
        while (at._continuation is Coroutine outer)
        {
            at = outer;
        }

        return at._continuation as ICoroutineOwner;
    }

    /// <summary>It waits for a send, and no one can wait for it so far. Who comes to await it, or own it, may close a cycle by that.</summary>
    internal void KeepAwaitedSend(PendingMessage send)
    {
        var at = this;
        while (at._continuation is Coroutine outer)
        {
            at = outer;
        }

        if (at._continuation is null)
        {
            at.Suspension.KeepAwaitedSend(send);
        }
    }

    /// <summary>The compiler's state, for looking into it; null once it has ended.</summary>
    internal virtual object? BoxedStateMachine => null;

    /// <summary>Its result, for callers that do not know the type.</summary>
    internal virtual object? BoxedResult => null;

    /// <summary>Gives one that was read from a snapshot its place.</summary>
    internal void Restore(object? continuation, IStrandHome? home)
    {
        _continuation = continuation;
        _home = home;
    }

    /// <summary>Supports <c>await</c>; the compiler calls it.</summary>
    /// <returns>The awaiter.</returns>
    public Awaiter GetAwaiter() => new(this);

    /// <summary>Runs to the next suspension, and then those that await what ended by it, in a loop: no recursion.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Resume()
    {
        Run();
        if (IsCompleted)
        {
            ResumeAwaiting();
        }
    }

    /// <summary>The first half of <see cref="Resume"/>; the second is <see cref="ResumeAwaitingIfEnded"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void RunAlone() => Run();

    internal void ResumeAwaitingIfEnded()
    {
        if (IsCompleted)
        {
            ResumeAwaiting();
        }
    }

    private void ResumeAwaiting()
    {
        var next = Finish();
        while (next is not null)
        {
            next.Run();
            next = next.IsCompleted ? next.Finish() : null;
        }
    }

    /// <summary>As <see cref="Resume"/>, when it must end by <paramref name="close"/>: one that handles that and ends does
    /// not keep those that await it from being told the same (PEP 380).</summary>
    internal void ResumeToClose(Exception close)
    {
        Run();
        for (var at = this; at.IsCompleted;)
        {
            if (at.Error is null && at._continuation is Coroutine)
            {
                at.Suspension.SetError(close);
            }

            if (at.Finish() is not { } next)
            {
                return;
            }

            at = next;
            at.Run();
        }
    }

    /// <summary>Runs to the next suspension. Does nothing after that, so that it leaves no frame on the stack: a chain of
    /// stages is as deep as its calls, and processors predict the returns of the innermost few dozen only.</summary>
    private protected abstract void Run();

    /// <summary>Lets go of the state; the coroutine to go on with, now that this one has ended.</summary>
    private protected abstract Coroutine? Finish();

    /// <summary>Called at the end of the method, still inside <see cref="Run"/>.</summary>
    internal void Complete() => Volatile.Write(ref _home, Ended.Instance);

    internal void Fail(Exception error)
    {
        if (error is InboxClosedException end)
        {
            end.EscapeFrom(this);
        }

        Suspension.SetError(error);
        if (_continuation is null)
        {
            Suspension.KeepUnobserved(); // until someone awaits it, or the end of the run reports it
            _home?.Strand.AddUnawaited(this);
        }

        Complete();
    }

    /// <summary>Hands the end over to the waiter. A coroutine of the same strand is returned, to be run by
    /// the caller's loop; everything else is told from here.</summary>
    private protected Coroutine? TakeContinuation()
    {
        var next = _continuation ?? Interlocked.CompareExchange(ref _continuation, s_done, null);
        switch (next)
        {
            case Coroutine awaiting:
                return awaiting;
            case ICoroutineOwner owner:
                owner.OnEnded(this);
                return null;
            case TaskCompletionSource outside:
                outside.SetResult();
                return null;
            default:
                return null;
        }
    }

    /// <summary>Gives the outermost coroutine its owner, who is told at once if it has ended already. False if
    /// something else awaits it. Within the strand.</summary>
    internal bool TryAttachTo(ICoroutineOwner owner)
    {
        if (!IsCompleted)
        {
            if (!TryContinueWith(owner))
            {
                return false;
            }

            _suspension?.LookForCycle(this);
            return true;
        }

        Strand.CurrentHome?.Strand.RemoveUnawaited(this);
        _suspension?.SetObserved();
        owner.OnEnded(this);
        return true;
    }

    /// <summary>Suspends <paramref name="parent"/> until this coroutine ends. False if it must be awaited like
    /// anything foreign: it is of another strand, has ended already, or is awaited already.</summary>
    internal bool TryPark(Coroutine parent)
    {
        var home = Volatile.Read(ref _home);
        if (!ReferenceEquals(parent._home, home) && !parent.TryJoin(this, home))
        {
            return false;
        }

        if (!TryContinueWith(parent))
        {
            return false;
        }

        _suspension?.HandOnTo(parent);
        return true;
    }

    /// <summary>Comes to belong to a generator, which the coroutine waits in.</summary>
    internal void MoveTo(IGeneratorHome home) => _home = home;

    /// <summary>Starts what this coroutine waits for and what was too deep on the stack to start, until nothing of that is
    /// left.</summary>
    internal void RunDeferredStarts()
    {
        var at = LastToRun();
        while (at._suspension is { DeferredStart: { } start })
        {
            at._suspension.DeferredStart = null;
            start.Run();
            at = start.Coroutine.LastToRun();
        }
    }

    /// <summary>It was called and has not started: it will not.</summary>
    internal void CancelStart()
    {
        _suspension?.DeferredStart?.Cancel();
        if (_suspension is not null)
        {
            _suspension.DeferredStart = null;
        }
    }

    /// <summary>Registers outside code. It is resumed at once if the coroutine has ended, and also if something else
    /// awaits it, which <see cref="Observe"/> then reports.</summary>
    /// <remarks>Else it is resumed as code that awaits a task: in the context that it came with, or on the thread pool, and
    /// never on the stack of the strand, which would wait for it (docs/decisions/0034).</remarks>
    internal void ContinueWith(Action continuation)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!TryContinueWith(end))
        {
            continuation();
            return;
        }

        end.Task.GetAwaiter().UnsafeOnCompleted(continuation);
        if (_home is null)
        {
            RunDeferredStarts();
        }
    }

    /// <summary>Ends the await: throws what the coroutine failed with.</summary>
    internal void Observe()
    {
        if (!IsCompleted)
        {
            throw new InvalidOperationException($"'{MethodName}' has not ended: it can be awaited once, and something awaits it already.");
        }

        if (_suspension is { Error: not null } failed)
        {
            Strand.CurrentHome?.Strand.RemoveUnawaited(this);
            failed.Throw();
        }
    }

    /// <summary>The rarely needed part, made on first use.</summary>
    internal Suspension Suspension => _suspension ??= new Suspension(this);

    /// <summary>Its home; outside every strand a new one of its own.</summary>
    internal IStrandHome HomeOrNew() => _home ??= new Strand();

    /// <summary>Returns whether it can wait for a coroutine of another home. One that belongs to no strand yet joins; a generator
    /// may be used in any strand, so code that awaits its coroutines, or is awaited by them, belongs to it.</summary>
    private bool TryJoin(Coroutine child, IStrandHome? home)
    {
        if (ReferenceEquals(home, Ended.Instance))
        {
            return false;
        }

        if (_home is null || home is IGeneratorHome)
        {
            _home = home;
            return true;
        }

        if (_home is not IGeneratorHome generator)
        {
            return false;
        }

        if (child._suspension is not { DeferredStart: not null })
        {
            generator.GoAway(); // the child waits, but not at a yield
        }

        return true;
    }

    /// <summary>This coroutine, or the one of those that await it that went on last because it has ended.</summary>
    private Coroutine LastToRun()
    {
        var at = this;
        while (at.IsCompleted && at._continuation is Coroutine awaiting)
        {
            at = awaiting;
        }

        return at;
    }

    private bool TryContinueWith(object continuation) =>
        _continuation is null && Interlocked.CompareExchange(ref _continuation, continuation, null) is null;

    private string DebuggerText =>
        !IsCompleted ? FindOwner() is { } owner ? $"{MethodName} in {owner}" : $"{MethodName}: suspended"
        : Error is { } error ? $"{MethodName}: failed with {error.SourceException.GetType().Name}"
        : $"{MethodName}: completed";

    /// <summary>The awaiter of a coroutine; used by the compiler.</summary>
    public readonly struct Awaiter : ICriticalNotifyCompletion, IChildAwaiter
    {
        private readonly Coroutine _coroutine;

        internal Awaiter(Coroutine coroutine) => _coroutine = coroutine;

        /// <summary>Gets whether the coroutine has ended.</summary>
        public bool IsCompleted => _coroutine.IsCompleted;

        Coroutine IChildAwaiter.Child => _coroutine;

        /// <summary>Ends the await.</summary>
        /// <exception cref="Exception">The failure of the coroutine, of any type.</exception>
        public void GetResult() => _coroutine.Observe();

        /// <summary>Resumes <paramref name="continuation"/> when the coroutine has ended.</summary>
        /// <param name="continuation">What goes on then, outside of the coroutine's strand.</param>
        public void OnCompleted(Action continuation) => _coroutine.ContinueWith(ContextFlow.Keep(continuation));

        /// <inheritdoc cref="OnCompleted"/>
        [EditorBrowsable(EditorBrowsableState.Never)]
        public void UnsafeOnCompleted(Action continuation) => _coroutine.ContinueWith(continuation);
    }

    /// <summary>Stands in <see cref="_home"/> for "has ended".</summary>
    private sealed class Ended : IStrandHome
    {
        internal static readonly Ended Instance = new();

        Strand IStrandHome.Strand => throw new InvalidOperationException("An ended coroutine has no strand.");
    }
}
