using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks.Sources;

namespace Sluice;

/// <summary>
/// A send of an item or a control message that could not complete on the caller's stack. It is the message while it waits in the
/// receiver's queue, the strand's work while it waits for its turn, and the sender's <see cref="ValueTask"/> throughout.
/// </summary>
/// <remarks>
/// Completed within the receiver's strand. A coroutine of the same strand that awaits it becomes ready there;
/// everyone else is resumed as after a task, never on the strand's stack. Sender and strand meet in <c>_continuation</c> by a
/// compare-and-swap, since a sender outside the strand may come to await while the strand completes the send.
/// </remarks>
[DebuggerDisplay("{Control?.Name ?? \"item\",nq} to '{Receiver.Name,nq}': {IsDone ? \"done\" : \"pending\",nq}")]
internal abstract class PendingMessage : StrandWork, IValueTaskSource
{
    private static readonly object s_done = new();
    private static readonly object s_outside = new();

    /// <summary>The continuation of a sender outside the strand. It goes to the thread pool, or to the context that it came
    /// with: on this stack the strand, and all who wait for it, would wait for the sender's own code.</summary>
    private ManualResetValueTaskSourceCore<bool> _outside = new() { RunContinuationsAsynchronously = true };
    private object? _continuation; // null, a Suspension of this strand, s_outside, s_done
    private ExceptionDispatchInfo? _error; // set by the receiver's strand
    private Exception? _cycle; // set by the sender's strand, which may be another
    private short _version;
    private bool _awaitedInside;

    /// <summary>The message, if it is not an item.</summary>
    internal ControlMessage? Control { get; private protected set; }

    /// <summary>The sender's context, which the receiver sees while it handles the item.</summary>
    internal ExecutionContext? Context { get; private protected set; }

    internal bool IsDone => ReferenceEquals(Volatile.Read(ref _continuation), s_done);

    internal short Version => _version;

    internal ValueTask AsValueTask() => new(this, _version);

    internal abstract IStrandHome Home { get; }

    /// <summary>The receiver of the message, for finding cycles.</summary>
    internal abstract IReceiver Receiver { get; }

    /// <summary>Gets whether its receiver is only the sender of the next one, under the same name.</summary>
    internal virtual bool StandsForNext => false;

    /// <summary>Gets whether its sender has come to await it.</summary>
    internal bool IsAwaited => Volatile.Read(ref _continuation) is not null;

    /// <summary>The sender has looked at the error.</summary>
    private protected virtual void FailureIsSeen()
    {
    }

    /// <summary>The coroutine's owner that waits for this, so that the note can be taken off it again.</summary>
    internal ICoroutineOwner? Waiter { get; set; }

    /// <summary>The owner of the coroutine that waits for this, if it is one of the receiver's strand. From any thread.</summary>
    internal ICoroutineOwner? SenderOwner => (Volatile.Read(ref _continuation) as Suspension)?.Coroutine.FindOwner();

    /// <summary>Describes what the sender does while this is pending.</summary>
    internal string Describe() => Control is { } control ? $"waits for '{Receiver.Name}' to take {control.Noun}" : Receiver.DescribeSend;

    /// <summary>Informs the sender. Within the strand; a second call does nothing.</summary>
    internal void Complete(Exception? error)
    {
        if (IsDone)
        {
            return;
        }

        if (Waiter is { } waiter)
        {
            Waiter = null;
            waiter.SetWaitsFor(null);
        }

        _error = error is null ? null : ExceptionDispatchInfo.Capture(error);
        var sender = Interlocked.Exchange(ref _continuation, s_done);
        if (sender is Suspension inside)
        {
            inside.Home.Strand.Ready(inside);
        }
        else if (ReferenceEquals(sender, s_outside))
        {
            _outside.SetResult(true);
        }

        Control?.Completed(this);
        (Home as Strand)?.SendCompleted?.Invoke();
    }

    /// <summary>Its sender, which awaits it already, has come to be awaited by a coroutine that may have an owner. In the sender's strand.</summary>
    internal void LookForCycle(Coroutine outer, short version)
    {
        if (version != _version || IsDone || SendCycle.Find(outer, this) is not { } cycle)
        {
            return;
        }

        // A cycle does not change, so only a cancellation can complete the send now: then the sender sees the one or the other.
        _cycle = cycle;
        var sender = Volatile.Read(ref _continuation);
        if (sender is null || ReferenceEquals(sender, s_done) || !ReferenceEquals(Interlocked.CompareExchange(ref _continuation, s_done, sender), sender))
        {
            return;
        }

        if (sender is Suspension inside)
        {
            inside.Home.Strand.Ready(inside);
        }
        else
        {
            _outside.SetResult(true);
        }
    }

    /// <summary>Puts the send back to its first state, for the next use.</summary>
    private protected void Reset()
    {
        Debug.Assert(IsDone && Waiter is null, "A send that is not done cannot serve another one.");
        _version++;
        _continuation = null;
        _error = null;
        Control = null;
        Context = null;
        _awaitedInside = false;
    }

    /// <summary>What holds for a send that was just made, or put back to its first state.</summary>
    [Conditional("DEBUG")]
    internal void AssertIsFresh() => Debug.Assert(
        _continuation is null && _error is null && _cycle is null && Control is null && Waiter is null && !_awaitedInside && Next is null,
        "A send keeps something of the one before.");

    /// <summary>The sender has read the outcome and the object can serve another send.</summary>
    private protected abstract void Recycle();

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token)
    {
        Check(token);
        return !IsDone ? ValueTaskSourceStatus.Pending
            : _cycle is not null ? ValueTaskSourceStatus.Faulted
            : _error is null ? ValueTaskSourceStatus.Succeeded
            : _error.SourceException is OperationCanceledException ? ValueTaskSourceStatus.Canceled
            : ValueTaskSourceStatus.Faulted;
    }

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        Check(token);
        var sender = (state as Action)?.Target as Suspension;
        if (sender is not null && SendCycle.Find(sender.Coroutine, this) is { } cycle)
        {
            _cycle = cycle;
            Interlocked.CompareExchange(ref _continuation, s_done, null);
            sender.Home.Strand.Ready(sender);
            return;
        }

        if (sender is not null && ReferenceEquals(sender.Home, Home))
        {
            _awaitedInside = true;
            if (Interlocked.CompareExchange(ref _continuation, sender, null) is not null)
            {
                sender.Home.Strand.Ready(sender);
            }

            return;
        }

        // Registered first, so that a thread that sees s_outside may complete it at once.
        _outside.OnCompleted(continuation, state, _outside.Version, flags);
        if (Interlocked.CompareExchange(ref _continuation, s_outside, null) is not null)
        {
            _outside.SetResult(true);
        }
    }

    void IValueTaskSource.GetResult(short token)
    {
        Check(token);
        if (!IsDone)
        {
            throw new InvalidOperationException("The send has not completed: await it.");
        }

        if (_cycle is not null)
        {
            throw _cycle;
        }

        var error = _error;
        if (error is not null)
        {
            FailureIsSeen();
        }

        if (_awaitedInside)
        {
            Recycle();
        }

        error?.Throw();
    }

    private void Check(short token)
    {
        if (token != _version)
        {
            throw new InvalidOperationException("This send was awaited already: await a ValueTask once.");
        }
    }
}

/// <summary>The same with its item, to one port.</summary>
internal sealed class PendingMessage<T>(CoroutineTarget<T> port) : PendingMessage
{
    internal T Item { get; private set; } = default!;

    internal override IStrandHome Home => port.Home;

    private protected override void FailureIsSeen() => port.FailureIsSeen();

    internal override IReceiver Receiver => Control?.WaitsAt ?? port.Receiver;

    internal PendingMessage<T> ForItem(T item)
    {
        AssertIsFresh();
        Item = item;
        Context = ExecutionContext.Capture();
        return this;
    }

    /// <summary>An item whose sender has gone on.</summary>
    internal PendingMessage<T> ForHeldItem(T item, ExecutionContext? context)
    {
        AssertIsFresh();
        (Item, Context, IsHeld) = (item, context, true);
        return this;
    }

    /// <summary>Gets whether it is an item whose sender has gone on. Such an object serves no other send.</summary>
    internal bool IsHeld { get; private set; }

    internal PendingMessage<T> For(ControlMessage message)
    {
        AssertIsFresh();
        Control = message;
        Context = ExecutionContext.Capture();
        message.Begin(this);
        return this;
    }

    /// <summary>The message came from outside the strand and has its turn.</summary>
    internal override void Run() => port.Accept(this);

    private protected override void Recycle()
    {
        Item = default!;
        Reset();
        port.Recycle(this);
    }
}
