using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The tree of scopes: what waits in each, and how a cancellation goes down. Also what a dump shows.</summary>
public sealed partial class CancelScope
{
    private CancelScope? _firstChild;
    private CancelScope? _lastChild;
    private CancelScope? _previousSibling;
    private CancelScope? _nextSibling;
    private Waiter? _firstWaiter;
    private string? _label;

    /// <summary>Set on the root while the loop looks for a deadlock.</summary>
    internal DeadlockProof.Tether? Tether { get; set; }

    internal EventLoop Loop { get; }

    /// <summary>The scope around this one; itself at the root, and before it is entered.</summary>
    internal CancelScope Parent { get; private set; }

    /// <summary>The task that it is part of.</summary>
    internal LoopTask Task { get; private set; }

    /// <summary>Its name in dumps; null for a plain scope.</summary>
    internal string? Label => _label ?? (Task is { } task && ReferenceEquals(task.Scope, this) ? $"task '{task.Name}'" : null);

    /// <summary>Gets whether a cancellation comes from around this scope, so that its own does not matter.</summary>
    internal bool IsCancelledFromOutside => !Shield && Parent is { IsCancelled: true } && !ReferenceEquals(Parent, this);

    /// <summary>The token for the exceptions that the loop raises itself.</summary>
    internal CancellationToken TokenToRaise
    {
        get
        {
            if (_phase == Phase.Left)
            {
                return new(canceled: true);
            }

            if (_source is null)
            {
                _source = new();
                if (IsCancelled)
                {
                    _source.Cancel();
                }
            }

            return _source.Token;
        }
    }

    /// <summary>The scope of the main task.</summary>
    internal static CancelScope Root(EventLoop loop, string name, CancellationToken cancellationToken)
    {
        var root = new CancelScope(loop, fails: false, cancellationToken) { _label = $"task '{name}'", _phase = Phase.Open };
        root.Task = new(name) { Scope = root };
        root._registration = cancellationToken.UnsafeRegister(static scope => ((CancelScope)scope!).CancelFromAnywhere(), root);
        loop.Work.OutsideTokens += cancellationToken.CanBeCanceled ? 1 : 0;
        return root;
    }

    /// <summary>The open scope of a group below <paramref name="parent"/>.</summary>
    internal static CancelScope OfGroup(CancelScope parent, string name)
    {
        var scope = new CancelScope(parent.Loop, fails: false) { _label = $"group '{name}'" };
        scope.Attach(parent);
        return scope;
    }

    /// <summary>The open scope of a child below <paramref name="parent"/>, which is a task of its own.</summary>
    internal static CancelScope OfTask(CancelScope parent, string name)
    {
        var scope = new CancelScope(parent.Loop, fails: false);
        scope.AttachAsTask(parent, name);
        return scope;
    }

    /// <summary>The child has become ready: from its starter's scope to its group's.</summary>
    internal void MoveTo(CancelScope parent)
    {
        var (task, wasCancelled) = (Task, IsCancelled);
        Detach();
        Attach(parent);
        Task = task;
        if (IsCancelled && !wasCancelled)
        {
            CancelDown();
        }
    }

    /// <summary>Returns whether this exception is the cancellation of this scope or of one around it, and no failure.</summary>
    internal bool IsCancellation(OperationCanceledException error) =>
        IsCancelled && (error is ScopeCanceledException raised ? raised.Scope.IsWithin(this) : _tokenIsOut);

    internal ScopeCanceledException NewCancellation() => new(this, TokenToRaise);

    internal void Add(Waiter waiter)
    {
        Loop.BeginChange();
        waiter.NextInScope = _firstWaiter;
        if (_firstWaiter is not null)
        {
            _firstWaiter.PreviousInScope = waiter;
        }

        _firstWaiter = waiter;
        Loop.EndChange();
        Loop.Work.Waits++;
    }

    internal void Remove(Waiter waiter)
    {
        Loop.BeginChange();
        if (waiter.PreviousInScope is null)
        {
            _firstWaiter = waiter.NextInScope;
        }
        else
        {
            waiter.PreviousInScope.NextInScope = waiter.NextInScope;
        }

        if (waiter.NextInScope is not null)
        {
            waiter.NextInScope.PreviousInScope = waiter.PreviousInScope;
        }

        (waiter.PreviousInScope, waiter.NextInScope) = (null, null);
        Loop.EndChange();
        Loop.Work.Waits--;
    }

    /// <summary>Those that wait in this scope itself, the latest first.</summary>
    internal IEnumerable<Waiter> Waiters()
    {
        for (var waiter = _firstWaiter; waiter is not null; waiter = waiter.NextInScope)
        {
            yield return waiter;
        }
    }

    internal IEnumerable<CancelScope> Children()
    {
        for (var child = _firstChild; child is not null; child = child._nextSibling)
        {
            yield return child;
        }
    }

    private bool IsOwn(OperationCanceledException error) => _isOwn && !IsCancelledFromOutside && IsCancellation(error);

    private bool IsWithin(CancelScope other)
    {
        var scope = this;
        while (!ReferenceEquals(scope, other) && !ReferenceEquals(scope, scope.Parent))
        {
            scope = scope.Parent;
        }

        return ReferenceEquals(scope, other);
    }

    private void Attach(CancelScope parent)
    {
        Loop.BeginChange();
        (Parent, Task, _phase) = (parent, parent.Task, Phase.Open);
        IsCancelled |= IsCancelledFromOutside;
        _previousSibling = parent._lastChild;
        if (parent._lastChild is null)
        {
            parent._firstChild = this;
        }
        else
        {
            parent._lastChild._nextSibling = this;
        }

        parent._lastChild = this;
        Loop.EndChange();
        if (_tokenIsOut)
        {
            _ = Token; // the scopes around have to know
        }
    }

    private void AttachAsTask(CancelScope parent, string name)
    {
        Attach(parent);
        Task = new(name) { Scope = this };
    }

    private void Detach()
    {
        if (ReferenceEquals(Parent, this))
        {
            return;
        }

        Loop.BeginChange();
        if (_previousSibling is null)
        {
            Parent._firstChild = _nextSibling;
        }
        else
        {
            _previousSibling._nextSibling = _nextSibling;
        }

        if (_nextSibling is null)
        {
            Parent._lastChild = _previousSibling;
        }
        else
        {
            _nextSibling._previousSibling = _previousSibling;
        }

        (_previousSibling, _nextSibling) = (null, null);
        Loop.EndChange();
    }

    /// <summary>Cancels this scope and what is in it. First everything is marked and woken, then the tokens are cancelled: their
    /// callbacks are foreign code, which sees the whole as cancelled.</summary>
    private void CancelDown()
    {
        List<CancellationTokenSource>? sources = null;
        MarkDown(ref sources);
        List<Exception>? errors = null;
        foreach (var source in sources ?? [])
        {
            try
            {
                source.Cancel();
            }
            catch (AggregateException error) // of callbacks; the others are called all the same
            {
                (errors ??= []).AddRange(error.InnerExceptions);
            }
        }

        if (errors is not null)
        {
            throw new AggregateException(errors);
        }
    }

    /// <summary>Without recursion: groups within groups are as deep as a program makes them.</summary>
    private void MarkDown(ref List<CancellationTokenSource>? sources)
    {
        for (var scope = this; scope is not null;)
        {
            scope.Mark(ref sources);
            scope = FirstToMark(scope._firstChild) ?? scope.NextToMark(until: this);
        }
    }

    private void Mark(ref List<CancellationTokenSource>? sources)
    {
        IsCancelled = true;
        if (_source is { IsCancellationRequested: false })
        {
            (sources ??= []).Add(_source);
        }

        for (var waiter = _firstWaiter; waiter is not null;)
        {
            var next = waiter.NextInScope;
            if (waiter.CanBeCancelled)
            {
                waiter.Cancel();
            }

            waiter = next;
        }
    }

    /// <summary>The tokens of the scope and of those in it that were asked for, and those of runs. They refer to what waits with them, and
    /// not to scopes.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // no reference to a scope stays behind on the stack of the caller
    internal List<CancellationToken> TokensDown()
    {
        var (tokens, open) = (new List<CancellationToken>(), new Stack<CancelScope>([this]));
        while (open.TryPop(out var scope))
        {
            if (scope._source is { } source)
            {
                tokens.Add(source.Token);
            }

            tokens.AddRange(scope.Run?.StageTokens ?? []);
            foreach (var child in scope.Children())
            {
                open.Push(child);
            }
        }

        return tokens;
    }

    private static CancelScope? FirstToMark(CancelScope? among)
    {
        while (among is not null && (among.Shield || among.IsCancelled))
        {
            among = among._nextSibling;
        }

        return among;
    }

    /// <summary>The next one beside this scope or beside one around it.</summary>
    private CancelScope? NextToMark(CancelScope until)
    {
        for (var scope = this; !ReferenceEquals(scope, until); scope = scope.Parent)
        {
            if (FirstToMark(scope._nextSibling) is { } next)
            {
                return next;
            }
        }

        return null;
    }
}
