using System.Runtime.CompilerServices;

namespace Sluice;

/// <content>The way in of the code that uses the generator: one thread at a time; the others get an error.</content>
public partial class Exchange<TOut>
{
    private StepGuard _guard;

    /// <summary>Runs to the next yield. False: it has ended.</summary>
    internal virtual bool TryNext(out TOut value)
    {
        var thread = Enter();
        return _state == ExchangeState.Suspended ? Advance(thread, out value) : TryNextSlow(thread, out value);
    }

    /// <summary>The hot path: from a yield to the next, without a frame for exceptions. What the body raises is its outcome, and no exception here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected bool Advance(StrandThread thread, out TOut value)
    {
        _state = ExchangeState.Running;
        var parked = _parked!;
        parked.RunAlone();
        if (StateAfterStep != ExchangeState.Suspended || !ReferenceEquals(_parked, parked))
        {
            return FinishStep(parked, thread, out value);
        }

        value = Current; // inside: afterwards it may be another thread's
        _guard.Leave(thread);
        return true;
    }

    /// <summary>Another coroutine waits than before, or none.</summary>
    private bool FinishStep(Coroutine parked, StrandThread thread, out TOut value)
    {
        try
        {
            parked.ResumeAwaitingIfEnded();
            var isYielded = Settle(this);
            value = Current;
            return isYielded;
        }
        finally
        {
            _guard.Leave(thread);
        }
    }

    private protected bool TryNextSlow(StrandThread thread, out TOut value)
    {
        try
        {
            var isYielded = TryNextSlow();
            value = Current;
            return isYielded;
        }
        finally
        {
            _guard.Leave(thread);
        }
    }

    /// <summary>Raises the error where the body, or the innermost that it delegates to, waits, and runs to the next yield.</summary>
    internal bool TryThrow(Exception error, out TOut value)
    {
        var thread = Enter();
        try
        {
            var isYielded = TryThrowInside(error);
            value = Current;
            return isYielded;
        }
        finally
        {
            _guard.Leave(thread);
        }
    }

    /// <summary>Ends it: those that it delegates to first, from the innermost outward.</summary>
    internal void Close()
    {
        var thread = Enter();
        try
        {
            CloseInside();
        }
        finally
        {
            _guard.Leave(thread);
        }
    }

    /// <summary>The same exchange, checked: to delegate to it now is no mistake.</summary>
    internal Exchange<TOut> ForDelegation()
    {
        var thread = Enter();
        var isReady = IsReady || State == ExchangeState.Ended;
        _guard.Leave(thread);
        return isReady ? this : throw NotNow();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private protected StrandThread Enter()
    {
        var thread = StrandThread.Current;
        return _guard.TryEnter(thread) ? thread : throw NotNow();
    }

    private protected void Leave(StrandThread thread) => _guard.Leave(thread);

    private bool IsReady => State is ExchangeState.NotStarted or ExchangeState.Suspended || Innermost is not null;

    /// <summary>The other generator delegates to this one, which no one can use directly from now on. False: another thread was faster.</summary>
    private bool TryBeginDelegation(Exchange<TOut> outer)
    {
        var thread = StrandThread.Current;
        if (!_guard.TryEnter(thread))
        {
            return false;
        }

        if (!IsReady)
        {
            _guard.Leave(thread);
            return false;
        }

        _guard.Keep();
        Details.Outer = outer;
        return true;
    }

    private void EndDelegation() => _guard.Free();
}
