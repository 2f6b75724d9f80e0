using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace Sluice;

/// <summary>Someone who waits for something of the loop: what is awaited, the entry in the queue of what is waited for, and the
/// entry in the scope that can cancel the wait, in one object that is used again and again.</summary>
/// <remarks>
/// <para>The life of a wait: <see cref="Begin"/>, then one of <see cref="Complete"/>, <see cref="Fail"/> and
/// <see cref="Cancel"/>; the first decides, and takes the waiter out of its scope. So a cancellation that comes after the
/// completion changes nothing, and what was handed over is delivered. The code that awaits is resumed from the loop's queue, never on
/// the stack of the code that completes. Reading the result gives the object back.</para>
/// <para>Thread safety: belongs to the loop's thread.</para>
/// </remarks>
internal abstract class Waiter : IValueTaskSource
{
    private EventLoop _loop = null!;
    private Action<object?>? _continuation;
    private object? _continuationState;
    private Exception? _error;
    private State _state;
    private short _version;

    private enum State : byte
    {
        /// <summary>Given back, or new.</summary>
        Idle,
        Waiting,

        /// <summary>Decided, but the code that awaits it still goes once around the loop.</summary>
        Turning,
        Done,
    }

    /// <summary>The neighbours in the scope. Owner: the scope; of one that waits for nothing, the pool.</summary>
    internal Waiter? PreviousInScope { get; set; }

    internal Waiter? NextInScope { get; set; }

    /// <summary>The scope in which the wait or the turn began.</summary>
    internal CancelScope? Scope { get; private set; }

    /// <summary>The object that it waits for.</summary>
    internal abstract IWaitedFor Source { get; }

    /// <summary>The time at which the wait began, by the loop's clock.</summary>
    internal long Since { get; private set; }

    /// <summary>Gets whether the scope's cancellation ends the wait.</summary>
    internal bool CanBeCancelled { get; private set; }

    internal bool IsWaiting => _state == State.Waiting;

    private protected short Version => _version;

    /// <summary>The wait begins.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="scope">The current scope.</param>
    /// <param name="canBeCancelled">False: the wait goes on when the scope is cancelled.</param>
    internal void Begin(EventLoop loop, CancelScope scope, bool canBeCancelled = true)
    {
        (_loop, Scope, CanBeCancelled) = (loop, scope, canBeCancelled);
        Since = loop.TurnTimestamp;
        _state = State.Waiting;
        scope.Add(this);
    }

    /// <summary>There is nothing to wait for, but the others have their turn first. With an error it is raised afterwards, and so is a
    /// cancellation of the scope that comes before the result is read: nothing was handed over that it could lose.</summary>
    internal void BeginTurn(EventLoop loop, Exception? error = null, CancelScope? scope = null)
    {
        (_loop, _error, Scope) = (loop, error, scope);
        _state = State.Turning;
    }

    internal void Complete()
    {
        EndWait();
        Finish();
    }

    internal void Fail(Exception error)
    {
        _error = error;
        Complete();
    }

    /// <summary>The scope was cancelled.</summary>
    internal void Cancel()
    {
        Source.Abandon(this);
        Fail(Scope!.NewCancellation());
    }

    internal ValueTask AsValueTask() => new(this, _version);

    public ValueTaskSourceStatus GetStatus(short token)
    {
        Check(token);
        return _state != State.Done ? ValueTaskSourceStatus.Pending
            : _error is null ? Scope is { IsCancelled: true } ? ValueTaskSourceStatus.Canceled : ValueTaskSourceStatus.Succeeded
            : _error is OperationCanceledException ? ValueTaskSourceStatus.Canceled
            : ValueTaskSourceStatus.Faulted;
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        if (_continuation is not null)
        {
            throw new InvalidOperationException("Two await this at once: await a ValueTask once.");
        }

        _continuation = continuation;
        _continuationState = state;
        if (_state != State.Waiting)
        {
            Finish();
        }
    }

    void IValueTaskSource.GetResult(short token) => TakeResult(token);

    /// <summary>Raises the error, if there is one, and gives the object back.</summary>
    private protected void TakeResult(short token)
    {
        Check(token);
        if (_state != State.Done)
        {
            throw new InvalidOperationException("This has not completed: await it. Blocking would stop the loop that has to complete it.");
        }

        var error = _error ?? (Scope is { IsCancelled: true } turned ? turned.NewCancellation() : null); // a wait that has ended has no scope
        _version++;
        _state = State.Idle;
        (_loop, _continuation, _continuationState, _error, Scope) = (null!, null, null, null, null);
        Recycle();
        if (error is not null)
        {
            ExceptionDispatchInfo.Throw(error);
        }
    }

    /// <summary>Goes back to where it came from.</summary>
    private protected abstract void Recycle();

    private void EndWait()
    {
        Scope!.Remove(this);
        Scope = null;
    }

    private void Finish()
    {
        _state = State.Done;
        if (_continuation is { } continuation)
        {
            CachePrefetch.Fetch(_continuationState);
            _loop.Enqueue(new(continuation, _continuationState));
        }
    }

    private void Check(short token)
    {
        if (token != _version)
        {
            throw new InvalidOperationException("This was awaited already: await a ValueTask once.");
        }
    }
}

/// <summary>The same in a queue, with the object that is handed over, to the waiter or by it.</summary>
internal sealed class Waiter<T> : Waiter, IValueTaskSource<T>
{
    private readonly WaiterPool<Waiter<T>> _pool;

    internal Waiter(WaiterPool<Waiter<T>> pool) => _pool = pool;

    internal T Value { get; set; } = default!;

    /// <summary>The neighbours in the queue. Owner: the queue.</summary>
    internal Waiter<T>? Previous { get; set; }

    internal Waiter<T>? Next { get; set; }

    internal WaiterQueue<T>? Queue { get; set; }

    internal override IWaitedFor Source => Queue!;

    internal ValueTask<T> AsValueTaskOfT() => new(this, Version);

    T IValueTaskSource<T>.GetResult(short token)
    {
        var value = Value;
        TakeResult(token);
        return value;
    }

    private protected override void Recycle()
    {
        (Value, Queue) = (default!, null);
        _pool.Return(this);
    }
}

/// <summary>The value of a wait that has none.</summary>
internal readonly struct NoValue;
