using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <content>The side of the generator's caller: its steps, also through delegations, and its close.</content>
/// <remarks>A chain of delegations is driven by its outermost generator, in a loop: it resumes the innermost, and when that
/// delegates or ends goes one in or out. So a step costs the same at any depth, and no depth of stack.</remarks>
public partial class Exchange<TOut>
{
    /// <summary>In the outermost of a chain of delegations: the one that waits at a yield. Null if that is itself.</summary>
    internal Exchange<TOut>? Innermost => _state == ExchangeState.Delegating && _details!.Outer is null ? _details.Innermost : null;

    private protected bool TryNextSlow()
    {
        switch (State)
        {
            case ExchangeState.NotStarted:
                StartBody();
                return Settle(this);
            case ExchangeState.Delegating when Innermost is { } innermost:
                innermost.ForgetSent();
                return ResumeInnermost(null);
            case ExchangeState.Ended:
                return false;
            default:
                throw NotNow();
        }
    }

    private bool TryThrowInside(Exception error)
    {
        switch (State)
        {
            case ExchangeState.NotStarted:
                Details.Failure = error;
                Details.FailureIsKnown = true;
                End();
                break;
            case ExchangeState.Ended:
                break;
            case ExchangeState.Suspended:
                Go(error);
                return Settle(this);
            case ExchangeState.Delegating when Innermost is not null && error is ExchangeClosedException:
                CloseFurtherIn(out var failure);
                Go(failure ?? error);
                return Settle(this);
            case ExchangeState.Delegating when Innermost is not null:
                return ResumeInnermost(error);
            default:
                throw NotNow();
        }

        ExceptionDispatchInfo.Throw(error);
        return false;
    }

    private void CloseInside()
    {
        switch (State)
        {
            case ExchangeState.NotStarted:
                Details.IsClosed = true;
                End();
                return;
            case ExchangeState.Ended:
                return;
            case ExchangeState.Suspended:
            case ExchangeState.Delegating when Innermost is not null:
                CloseFurtherIn(out var error);
                CloseAlone(ref error);
                if (error is not null)
                {
                    ExceptionDispatchInfo.Throw(error);
                }

                return;
            default:
                throw NotNow();
        }
    }

    /// <summary>Gets whether the body returned.</summary>
    internal bool HasReturned => State == ExchangeState.Ended && _details is not ({ IsClosed: true } or { Failure: not null });

    internal TResult ResultAs<TResult>() => HasReturned ? ((Coroutine<TResult>)_body).Result : throw NoResult();

    internal GeneratorCompletedException NewCompleted(object? result = null) => new(Name, result, _details?.Failure);

    private protected virtual void ForgetSent()
    {
    }

    private protected bool ResumeInnermost(Exception? raise)
    {
        var innermost = Innermost!;
        _state = ExchangeState.Running;
        innermost.Go(raise);
        return Settle(innermost);
    }

    /// <summary>Resumes the body where it waits, or starts it.</summary>
    private void Go(Exception? raise)
    {
        if (_state == ExchangeState.NotStarted)
        {
            StartBody();
            return;
        }

        if (raise is null)
        {
            _state = ExchangeState.Running;
            _parked!.Resume();
            return;
        }

        Details.Raise = raise;
        _state = ExchangeState.Raising;
        if (raise is ExchangeClosedException)
        {
            _parked!.ResumeToClose(raise);
        }
        else
        {
            _parked!.Resume();
        }
    }

    /// <summary>After one of the chain that begins here was resumed: goes on until one yields (true) or this one has ended
    /// (false; throws what it failed with).</summary>
    private bool Settle(Exchange<TOut> at)
    {
        while (true)
        {
            switch (at.StateAfterStep)
            {
                case ExchangeState.Suspended when ReferenceEquals(at, this):
                    return true;
                case ExchangeState.Suspended:
                    at._state = ExchangeState.Lent;
                    Current = at.Current;
                    Details.Innermost = at;
                    _state = ExchangeState.Delegating;
                    return true;
                case ExchangeState.Delegating:
                    var inner = at._details!.Inner!;
                    var next = inner.Innermost ?? inner;
                    if (!inner.TryBeginDelegation(at))
                    {
                        at.Go(inner.NotNow());
                        break;
                    }

                    _state = ExchangeState.Running; // of the outermost, while one further in runs
                    at = next;
                    at.ForgetSent();
                    at.Go(null);
                    break;
                case ExchangeState.Ended when ReferenceEquals(at, this):
                    ThrowNewFailure();
                    return false;
                case ExchangeState.Ended:
                    var outer = at._details!.Outer!;
                    at.LeaveOuter();
                    at.EndDelegation();
                    at = outer;
                    at.Go(null);
                    break;
                default:
                    at.StartDeferredOrFail();
                    break;
            }
        }
    }

    /// <summary>Closes those that this one delegates to, from the innermost outward. Gives what went wrong in the last.</summary>
    private void CloseFurtherIn(out Exception? error)
    {
        error = null;
        var level = Innermost;
        _state = ExchangeState.Running;
        while (level is not null && !ReferenceEquals(level, this))
        {
            var outer = level._details!.Outer;
            level.LeaveOuter();
            level.CloseAlone(ref error);
            level.EndDelegation();
            level = outer;
        }
    }

    /// <summary>Closes this one alone, or raises in it what went wrong further in. Returns what goes wrong here.</summary>
    private void CloseAlone(ref Exception? error)
    {
        Details.IsClosing = true;
        try
        {
            Go(error ?? new ExchangeClosedException(this, Name));
            error = Settle(this) ? new InvalidOperationException($"The generator '{Name}' ignored its close: it yielded again. Let the ExchangeClosedException pass, or return.") : null;
        }
        catch (Exception raised)
        {
            error = raised;
        }
        finally
        {
            Details.IsClosing = false;
        }
    }

    private void LeaveOuter()
    {
        if (_details is not null)
        {
            _details.Outer = null;
        }
    }

    /// <summary>The body neither yielded nor ended. Either a coroutine has to be started that was too deep on the stack, or it
    /// waits for something that no step can wait for.</summary>
    private void StartDeferredOrFail()
    {
        if (State == ExchangeState.Running)
        {
            (_parked ?? (Coroutine)_body).RunDeferredStarts();
        }

        if (State is not (ExchangeState.Running or ExchangeState.Raising or ExchangeState.Away))
        {
            return;
        }

        Details.Failure = new InvalidOperationException(
            $"The generator '{Name}' awaits something other than its exchange (a task, an inbox, a send). Next and Send run it on the caller's thread and cannot wait for that. "
            + "Await it outside, and send in what came of it; or make this a stage of a pipeline, which may await anything, or an async iterator (IAsyncEnumerable).");
        End();
    }

    private void ThrowNewFailure()
    {
        if (_details is not { Failure: { } failure, FailureIsKnown: false } details)
        {
            return;
        }

        details.FailureIsKnown = true;
        if (_body is Coroutine root && ReferenceEquals(root.Error?.SourceException, failure))
        {
            root.Observe(); // throws it, with its stack
        }

        throw failure;
    }

    private InvalidOperationException NoResult() =>
        State != ExchangeState.Ended ? new($"The generator '{Name}' has not ended: it has no result yet.")
        : _details is { Failure: { } failure } ? new($"The generator '{Name}' has no result: it failed. See the inner exception.", failure)
        : new($"The generator '{Name}' has no result: it was closed before it returned.");

    private InvalidOperationException NotNow() => new(_details?.Outer is { } outer
        ? $"The generator '{outer.Name}' delegates to the generator '{Name}', which cannot be used directly until that has ended."
        : $"The generator '{Name}' is already executing: it was used by its own body, or by two threads at the same time.");

    /// <summary>The await of another generator.</summary>
    private readonly struct Delegation(Exchange<TOut> outer, Exchange<TOut> inner) : ICriticalNotifyCompletion, IParkingAwaiter
    {
        public bool IsCompleted => inner.State == ExchangeState.Ended || outer.YieldIsRefused;

        public Delegation GetAwaiter() => this;

        public void GetResult()
        {
            outer.EndWait();
            inner.ThrowNewFailure();
            if (inner._details is { Failure: not null })
            {
                throw inner.NewCompleted();
            }
        }

        IParkingPlace? IParkingAwaiter.Place => outer;

        void IParkingAwaiter.Park(Coroutine coroutine)
        {
            outer.Details.Inner = inner;
            outer.ParkAnew(coroutine, ExchangeState.Delegating);
        }

        public void OnCompleted(Action continuation) => outer.RefuseYielder(continuation);

        public void UnsafeOnCompleted(Action continuation) => outer.RefuseYielder(continuation);
    }
}
