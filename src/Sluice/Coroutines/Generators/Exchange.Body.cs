using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <content>The body's side: what its yields do, its start and its end.</content>
public partial class Exchange<TOut> : IGeneratorHome, ICoroutineOwner, IExchange
{
    /// <summary>The number of times that a body may yield past the end of its generator before it is abandoned, as with a closed inbox.</summary>
    private const int MaxYieldsPastEnd = 64;

    /// <summary>The coroutine that waits, or waited last: the outermost one or a child of it.</summary>
    private Coroutine? _parked;

    /// <summary>The method before the start, the outermost coroutine after it.</summary>
    private object _body = null!;

    /// <summary>Fields that only some generators need.</summary>
    private ExchangeDetails<TOut>? _details;

    /// <summary>The strand that a body comes back to which went away to something foreign outside every other.</summary>
    private Strand? _strand;

    private ExchangeState _state;

    internal ExchangeState State => _state;

    /// <summary>Read with acquire, since a body that went away to something foreign may be back on another thread before the
    /// step that it left has looked. A child of it that then yields before the step has failed is taken as in time: benign.</summary>
    private ExchangeState StateAfterStep => (ExchangeState)Volatile.Read(ref Unsafe.As<ExchangeState, int>(ref _state));

    /// <summary>The value that was yielded last.</summary>
    internal TOut Current { get; private set; } = default!;

    internal string Name => _details?.Name ?? (_body as Coroutine)?.MethodName ?? CoroutineNames.Readable(((Delegate)_body).Method.Name);

    internal virtual Type? InputType => null;

    /// <summary>Gets whether <see cref="Current"/> is what the generator waits at.</summary>
    internal bool IsAtYield => State is ExchangeState.Suspended or ExchangeState.Lent || Innermost is not null;

    internal string DebuggerText => State switch
    {
        ExchangeState.NotStarted => $"'{Name}': not started",
        ExchangeState.Running or ExchangeState.Raising => $"'{Name}': executing",
        ExchangeState.Suspended or ExchangeState.Lent => $"'{Name}': waits at a yield",
        ExchangeState.Delegating => $"'{Name}': delegates to '{_details!.Inner!.Name}'",
        _ when _details is { Failure: { } failure } => $"'{Name}': failed with {failure.GetType().Name}",
        _ when _details is { IsClosed: true } => $"'{Name}': closed",
        _ => $"'{Name}': completed",
    };

    /// <summary>Gets whether nothing of it runs: what a snapshot can be taken of.</summary>
    bool IExchange.IsBetweenSteps => _state switch
    {
        ExchangeState.NotStarted => _body is Delegate && _details?.Outer is null,
        ExchangeState.Suspended => _body is Coroutine && _parked is not null && _details?.Outer is null,
        ExchangeState.Lent => _body is Coroutine && _parked is not null && _details?.Outer is not null,
        ExchangeState.Delegating => _body is Coroutine && _parked is not null && _details?.Inner is not null && (_details.Outer is not null || _details.Innermost is not null),
        ExchangeState.Ended => true,
        _ => false,
    };

    Coroutine? IExchange.Parked => _state == ExchangeState.Ended ? null : _parked;

    Coroutine? IExchange.Root => _body as Coroutine;

    IExchange? IExchange.DelegatesTo => _state == ExchangeState.Delegating ? _details?.Inner : null;

    IExchange? IExchange.DelegatedBy => _state == ExchangeState.Ended ? null : _details?.Outer;

    IExchange? IExchange.Innermost => Innermost;

    bool IParkingPlace.IsParkedHere(Coroutine coroutine) =>
        ReferenceEquals(_parked, coroutine) && _state is ExchangeState.Suspended or ExchangeState.Lent or ExchangeState.Delegating;

    string IReceiver.Name => Name;

    PendingMessage? IReceiver.WaitsFor => null;

    Strand IStrandHome.Strand => Strand.CurrentHome?.Strand ?? (_strand ??= new Strand());

    private ExchangeDetails<TOut> Details => _details ??= new();

    /// <summary>The answer to a yield's <c>IsCompleted</c>: one that is refused goes on at once and raises.</summary>
    private protected bool YieldIsRefused => State != ExchangeState.Running && RefuseYield();

    private protected void Define(Delegate body, string? name)
    {
        _body = body;
        if (name is not null)
        {
            Details.Name = name;
        }
    }

    private protected void Offer(TOut value)
    {
        if (State == ExchangeState.Running)
        {
            Current = value;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool RefuseYield() => State != ExchangeState.Ended || ++Details.YieldsPastEnd <= MaxYieldsPastEnd;

    private protected void ParkAtYield(Coroutine coroutine)
    {
        if (ReferenceEquals(_parked, coroutine))
        {
            _state = ExchangeState.Suspended; // and no other write: its barrier would be a fifth of a step
        }
        else
        {
            ParkAnew(coroutine, ExchangeState.Suspended);
        }
    }

    private protected void EndWait()
    {
        if (State != ExchangeState.Running)
        {
            Raise();
        }
    }

    private protected virtual Coroutine Call(Delegate body) => ((Func<Exchange<TOut>, Coroutine>)body)(this);

    private protected virtual void RefuseSent(IEnumerable<TOut> items)
    {
    }

    /// <summary>Something other than a coroutine awaits a yield: resumes it so that it gets the error.</summary>
    private protected void RefuseYielder(Action continuation)
    {
        if (_state == ExchangeState.Running)
        {
            Details.Raise = new InvalidOperationException($"Only a method that returns Coroutine can yield from the generator '{Name}'. Make the method an 'async Coroutine' and await that.");
            _state = ExchangeState.Raising;
            continuation();
        }
    }

    void IGeneratorHome.GoAway() => Interlocked.CompareExchange(ref _state, ExchangeState.Away, ExchangeState.Running);

    void ICoroutineOwner.SetWaitsFor(PendingMessage? send)
    {
        // Waiting for a send is an error in a generator, cycle or not.
    }

    void ICoroutineOwner.OnEnded(Coroutine root)
    {
        var error = root.Error?.SourceException;
        var isOwnClose = error is ExchangeClosedException closed && ReferenceEquals(closed.Port, this);
        if (_state is ExchangeState.Ended or ExchangeState.Away)
        {
            if (error is not null && !isOwnClose)
            {
                _ = Task.FromException(error); // no one is left to tell: as with a task that no one awaits
            }

            return;
        }

        if (error is null && _state != ExchangeState.Running)
        {
            error = new InvalidOperationException($"The generator '{Name}' ended while a coroutine that it started still waits at a yield. Await each coroutine that is given the exchange.");
        }

        if (error is GeneratorCompletedException)
        {
            error = new InvalidOperationException($"A GeneratorCompletedException escaped from the generator '{Name}': it is about another generator, and here it would look like this one's own. Handle it, or use TryNext.", error);
        }

        if (isOwnClose && Details.IsClosing)
        {
            Details.IsClosed = true;
        }
        else if (error is not null)
        {
            Details.Failure = error;
        }

        End();
    }

    private void StartBody()
    {
        var body = (Delegate)_body;
        _state = ExchangeState.Running;
        Coroutine root;
        var thread = StrandThread.Current;
        var outer = thread.StartingGenerator;
        thread.StartingGenerator = this;
        try
        {
            root = Call(body) ?? throw new InvalidOperationException("The generator's method returned null instead of a coroutine.");
        }
        catch (Exception error)
        {
            root = new EndedCoroutine(error);
        }
        finally
        {
            thread.StartingGenerator = outer;
        }

        if (root.IsCompleted)
        {
            Details.Name ??= CoroutineNames.Readable(body.Method.Name); // no state machine was kept that could tell
        }

        _body = root;
        if (!root.TryAttachTo(this))
        {
            Details.Failure = new InvalidOperationException($"'{root.MethodName}' was started as a generator, but something awaits it already. Return a coroutine that nobody else uses.");
            End();
        }
    }

    private void End()
    {
        Current = default!;
        _parked = null;
        ForgetSent();
        _state = ExchangeState.Ended;
    }

    /// <summary>Another coroutine than before waits. It may have been away, come back on another thread and lost against the
    /// step, which then has failed: it is resumed to be told.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ParkAnew(Coroutine coroutine, ExchangeState state)
    {
        if (_state == ExchangeState.Ended && Details.YieldsPastEnd > MaxYieldsPastEnd)
        {
            return; // abandoned: no one resumes it
        }

        var last = _parked;
        _parked = coroutine;
        if (Interlocked.CompareExchange(ref _state, state, ExchangeState.Running) == ExchangeState.Running)
        {
            coroutine.MoveTo(this);
        }
        else
        {
            _parked = last;
            Suspending.Requeue(coroutine);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Raise()
    {
        switch (_state)
        {
            case ExchangeState.Raising:
                var error = _details!.Raise!;
                _details.Raise = null;
                _state = ExchangeState.Running;
                ExceptionDispatchInfo.Throw(error);
                break;
            case ExchangeState.Ended or ExchangeState.Away:
                throw new ExchangeClosedException(this, Name);
            case ExchangeState.Suspended or ExchangeState.Delegating:
                throw new InvalidOperationException($"The generator '{Name}' yields while another of its coroutines waits at a yield: await each coroutine before you go on.");
            default:
                throw new InvalidOperationException($"The exchange of the generator '{Name}' was used while the generator does not run. Use it only in the body that it was given to.");
        }
    }
}
