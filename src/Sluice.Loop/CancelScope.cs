using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>A part of a task that can be cancelled as a whole: by hand, by a time limit, by a token, or with the scope around
/// it.</summary>
/// <remarks>
/// <para>Cancellation is a level and not an event: once a scope is cancelled every wait for something of the loop that is in it
/// throws <see cref="OperationCanceledException"/>, and so does every further one, after the others have had their turn, until
/// the scope is left. So code that swallows the exception does not go on forever. A wait that was decided before the
/// cancellation gives its result: nothing that was handed over is lost.</para>
/// <para>At its edge (<see cref="RunAsync(Func{Task})"/>) a cancelled scope takes its own cancellation and nothing else: not that
/// of the scope around it, and no other exception. What the loop raises knows its scope. An
/// <see cref="OperationCanceledException"/> from elsewhere counts only if <see cref="Token"/> was asked for, of this scope or of
/// one in it, or if this scope was made from a token.</para>
/// <para>What is still under way in a scope when it is left, because it was not awaited, is cancelled. Except for runs of pipelines: the
/// scope is left when those that were started in it have ended, as a group is with its children; if its body fails they are
/// cancelled first.</para>
/// <para>Which scope is the current one flows with the <see cref="ExecutionContext"/>, as an <see cref="AsyncLocal{T}"/> does:
/// methods beside each other in one task have scopes of their own.</para>
/// <para>Thread safety: none; a scope belongs to the thread of the loop it was made on, and members that change something throw
/// elsewhere. Cancel it from another thread through a token.</para>
/// </remarks>
[DebuggerDisplay("{Label,nq}: {IsCancelled ? \"cancelled\" : \"open\",nq}")]
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "RunAsync disposes of them when the scope is left.")]
public sealed partial class CancelScope : IScheduled
{
    private readonly bool _fails;
    private readonly CancellationToken _from;
    private TimeSpan _timeout = Timeout.InfiniteTimeSpan;
    private CancellationTokenSource? _source;
    private CancellationTokenRegistration _registration;
    private Phase _phase;
    private bool _isOwn;
    private bool _isLate;
    private bool _tokenIsOut;

    /// <summary>Makes a scope that is cancelled by hand.</summary>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    public CancelScope()
        : this(default(CancellationToken))
    {
    }

    /// <summary>Makes a scope that is cancelled with a token, which may be cancelled on any thread.</summary>
    /// <param name="cancellationToken">The token.</param>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    public CancelScope(CancellationToken cancellationToken)
        : this(EventLoop.Current, fails: false, cancellationToken)
    {
    }

    private CancelScope(EventLoop loop, bool fails, CancellationToken from = default)
    {
        (Loop, _from, _fails) = (loop, from, fails);
        _tokenIsOut = from.CanBeCanceled;
        Parent = this; // until it is entered
        Task = null!;
    }

    private enum Phase : byte
    {
        New,
        Open,
        Left,
    }

    /// <summary>The innermost scope that the caller is in. Outside of every other one it is that of the task, which is cancelled
    /// with its group, and for the main task with the loop.</summary>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    public static CancelScope Current => EventLoop.Current.CurrentScope;

    /// <summary>Gets whether cancellation of the scopes around this one stays outside. Default: no. For what has to be done also after
    /// a cancellation, such as saying goodbye; best with a time limit.</summary>
    public bool Shield { get; init; }

    /// <summary>Gets whether waits in this scope throw: it was cancelled, or one around it without a shield between, or it was left.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>The scope as a token, for calls that take one. Cancelled when the scope is, on the loop's thread.</summary>
    public CancellationToken Token
    {
        get
        {
            for (var scope = this; ; scope = scope.Parent)
            {
                scope._tokenIsOut = true;
                if (ReferenceEquals(scope, scope.Parent))
                {
                    return TokenToRaise;
                }
            }
        }
    }

    /// <summary>A scope with a time limit, which gives up quietly when it is over: <see cref="RunAsync(Func{Task})"/> returns
    /// false.</summary>
    /// <param name="timeout">The time, by the loop's clock, from when the scope is entered. Zero cancels at once,
    /// <see cref="Timeout.InfiniteTimeSpan"/> never.</param>
    /// <returns>The scope, to be entered.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="timeout"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">Thrown: there is no loop on this thread.</exception>
    public static CancelScope MoveOnAfter(TimeSpan timeout) => Limited(timeout, fails: false);

    /// <summary>The same, but <see cref="RunAsync(Func{Task})"/> throws <see cref="TimeoutException"/>.</summary>
    /// <inheritdoc cref="MoveOnAfter"/>
    public static CancelScope FailAfter(TimeSpan timeout) => Limited(timeout, fails: true);

    /// <summary>Cancels the scope, at once and for good. What waits in it is resumed by the loop; callbacks of
    /// <see cref="Token"/> run before the call returns. A second call does nothing, nor one after the scope was left.</summary>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    /// <exception cref="AggregateException">Thrown: what callbacks of <see cref="Token"/> threw.</exception>
    public void Cancel()
    {
        Loop.CheckThread();
        if (_phase != Phase.Left && !_isOwn)
        {
            _isOwn = true;
            CancelDown();
        }
    }

    /// <summary>Sets the time limit again: that much time from now, or from when the scope is entered if it was not yet.</summary>
    /// <param name="timeout">The time, by the loop's clock. Zero cancels an open scope before the call returns,
    /// <see cref="Timeout.InfiniteTimeSpan"/> takes the limit away.</param>
    /// <exception cref="AggregateException">Thrown: what callbacks of <see cref="Token"/> threw, if <paramref name="timeout"/> is zero.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="timeout"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">Thrown: the caller is not on the loop's thread.</exception>
    public void CancelAfter(TimeSpan timeout)
    {
        EventLoop.CheckTimeout(timeout);
        Loop.CheckThread();
        _timeout = timeout;
        if (_phase != Phase.Open)
        {
            return;
        }

        if (timeout == TimeSpan.Zero)
        {
            Loop.Timers.Remove(this);
            Expire();
        }
        else
        {
            SetTimer();
        }
    }

    /// <summary>Runs something in this scope. A scope can be entered once.</summary>
    /// <param name="body">What to run. It has begun when the call returns.</param>
    /// <returns>True if it came to its end; false if the scope took its own cancellation.</returns>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="body"/> is null.</exception>
    /// <exception cref="InvalidOperationException">Awaited: the scope was entered before, or the caller is not on the loop.</exception>
    /// <exception cref="TimeoutException">Awaited: the time of <see cref="FailAfter"/> was over.</exception>
    /// <exception cref="OperationCanceledException">Awaited: a scope around this one was cancelled.</exception>
    /// <exception cref="Exception">Awaited: what the body fails with.</exception>
    public Task<bool> RunAsync(Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunAsync(
            async () =>
            {
                await body();
                return true;
            },
            whenCancelled: false);
    }

    /// <summary>The same with a result.</summary>
    /// <inheritdoc cref="RunAsync(Func{Task})"/>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="body">What to run. It has begun when the call returns.</param>
    /// <param name="whenCancelled">The result if the scope took its own cancellation. Default: that of the type.</param>
    /// <returns>What the body returns, or <paramref name="whenCancelled"/>.</returns>
    public async Task<T> RunAsync<T>(Func<Task<T>> body, T whenCancelled = default!)
    {
        ArgumentNullException.ThrowIfNull(body);
        Loop.CheckThread();
        if (_phase != Phase.New)
        {
            throw new InvalidOperationException("A scope can be entered once.");
        }

        try
        {
            Enter();
            var result = await body();
            if (HasRuns)
            {
                await EndRunsAsync();
            }

            return result;
        }
        catch (OperationCanceledException cancellation) when (IsOwn(cancellation))
        {
            return _fails && _isLate ? throw new TimeoutException($"This took longer than {Duration.Text(_timeout)}.", cancellation) : whenCancelled;
        }
        finally
        {
            if (HasRuns)
            {
                await CancelRunsAsync();
            }

            Leave();
        }
    }

    private static CancelScope Limited(TimeSpan timeout, bool fails)
    {
        EventLoop.CheckTimeout(timeout);
        return new(EventLoop.Current, fails) { _timeout = timeout };
    }

    /// <summary>Becomes the current scope, of the method that calls this and of what it calls.</summary>
    private void Enter()
    {
        Attach(Loop.CurrentScope);
        Loop.Work.OutsideTokens += _from.CanBeCanceled ? 1 : 0;
        EventLoop.SetCurrentScope(this);
        if (_isOwn || IsCancelled)
        {
            CancelDown(); // it was cancelled before, or is entered in a cancelled one
        }
        else if (_timeout == TimeSpan.Zero)
        {
            Expire();
        }
        else
        {
            SetTimer();
        }

        _registration = _from.UnsafeRegister(static scope => ((CancelScope)scope!).CancelFromAnywhere(), this);
    }

    /// <summary>The scope's end: what is left in it is cancelled for good.</summary>
    internal void Leave()
    {
        Loop.Work.OutsideTokens -= _from.CanBeCanceled ? 1 : 0;
        _registration.Dispose();
        Loop.Timers.Remove(this);
        _phase = Phase.Left;
        Detach();
        CancelLeft();
        _source?.Dispose();
    }

    private void CancelLeft()
    {
        try
        {
            CancelDown();
        }
        catch (AggregateException error) // of callbacks of the token: no one is here to take it
        {
            Loop.Fail(error);
        }
    }

    private void SetTimer()
    {
        Loop.Timers.Remove(this);
        if (_timeout != Timeout.InfiniteTimeSpan)
        {
            Loop.Timers.Add(this, Loop.DueIn(_timeout));
        }
    }

    int IScheduled.Place { get; set; } = TimerHeap.NoPlace;

    void IScheduled.Fire() => Expire();

    private void Expire()
    {
        _isLate = !IsCancelled;
        Cancel();
    }

    private void CancelFromAnywhere()
    {
        if (Loop.IsOnThread)
        {
            Cancel();
        }
        else
        {
            Loop.PostFromAnywhere(new((Action)Cancel, null));
        }
    }
}
