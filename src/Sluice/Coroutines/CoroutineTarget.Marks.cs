using System.Diagnostics;

namespace Sluice;

/// <summary>Waits until a coroutine is at rest at one of its ports.</summary>
internal interface IRestWatcher
{
    /// <summary>The coroutine waits there, and nothing resumes it until the port is thawed. Within the strand.</summary>
    void AtRest();
}

/// <content>The port while a mark is under way (rule 13). Everything here runs within the strand.</content>
public partial class CoroutineTarget<T>
{
    Coroutine? INodePort.WaitingCoroutine => WaitingCoroutine;

    WaitInRun INodePort.WaitInRun => CurrentWait;

    Task? INodePort.Closing => Closing;

    Task? INodePort.GivenClosing => GivenClosing;

    Array INodePort.HeldItems
    {
        get => HeldItems;
        set => HeldItems = (T[])value;
    }

    Array INodePort.LastItem
    {
        get => LastItem;
        set => LastItem = (T[])value;
    }

    void INodePort.RestoreInRun(Coroutine waiting, WaitKind kind) => RestoreInRun(waiting, kind);

    void INodePort.OpenInput() => OpenInput();

    void INodePort.GoOnInRun(in WaitInRun wait) => GoOnInRun(wait);

    /// <summary>Gets whether the coroutine waits here for a mark.</summary>
    internal bool IsFrozen => _state == PortState.Frozen;

    /// <summary>Gets whether nothing waits here but held items, the coroutine waits for nothing of its own but the end of another inbox, and nothing that
    /// it has sent is under way.</summary>
    private bool IsAtRestForMark =>
        (_details!.Waiting is not { Count: > 0 } waiting || waiting.All(static message => message.IsHeld))
        && (_details.Wait?.Until is not { } until || IsClosingOfNode(until))
        && !WaitsForSends();

    /// <summary>Returns whether sends of the node are under way beside its coroutine. Then the watcher is asked again when a send is done.</summary>
    internal virtual bool WaitsForSends() => false;

    /// <summary>Gets whether the sender of an item waits.</summary>
    internal bool HasPendingItems =>
        _details is { } details && (details.Current is { Control: null, IsHeld: false } || details.Waiting is { Count: > 0 } waiting && waiting.Any(static message => message is { Control: null, IsHeld: false }));

    /// <summary>Returns whether a task is the end of one of the node's inboxes.</summary>
    internal virtual bool IsClosingOfNode(Task task) => false;

    /// <summary>Has the port freeze, and tell it, when the coroutine waits here next; at the earliest in a turn of its own. Null takes that back.</summary>
    internal void WatchRest(IRestWatcher? watcher)
    {
        if (_state == PortState.Ended || (watcher is null && _details is null))
        {
            return;
        }

        Details.RestWatcher = watcher;
        _details!.WasAtRest = false;
        if (watcher is not null)
        {
            WakeUp();
        }
    }

    /// <summary>The coroutine goes on with what has come since.</summary>
    internal void Thaw()
    {
        if (_state == PortState.FrozenPause)
        {
            MoveTo(PortState.Pausing);
            _details!.Wait!.WakeIfDue();
        }

        if (_state != PortState.Frozen)
        {
            return;
        }

        MoveTo(PortState.Parked);
        if (_details is { HasWaiting: true } or { Interruption: not null } or { Cancellation: not null } or { Wait.IsDue: true })
        {
            Schedule();
        }
    }

    /// <summary>From now on, and until this is taken back, senders to it go on though the coroutine does not take their items.</summary>
    internal void HoldItems(PortHolding which)
    {
        if (_state == PortState.Ended || (which == PortHolding.None && _details is null))
        {
            return;
        }

        var details = Details;
        details.Holds = which;
        if (_state is PortState.Pausing)
        {
            HoldInPause();
        }
        else if (which == PortHolding.All && _state is not (PortState.Parked or PortState.Scheduled))
        {
            ReleaseSender();
            HoldWaiting(details);
        }
    }

    private void HoldWaiting(PortDetails<T> details)
    {
        if (details.Waiting is { Count: > 0 } waiting)
        {
            for (var left = waiting.Count; left > 0; left--)
            {
                waiting.Enqueue(Held(waiting.Dequeue()));
            }
        }
    }

    /// <summary>Returns whether an item that comes now, and is not taken at once, is held.</summary>
    private bool HoldsNow(PortDetails<T> details) => details.Holds switch
    {
        PortHolding.All => _state != PortState.Parked,
        PortHolding.InPauses => _state == PortState.Pausing,
        _ => false,
    };

    /// <summary>Calls the coroutine's method without starting the coroutine. Follow it with <see cref="StartDeferred"/> or <see cref="RestoreInRun"/>.</summary>
    internal Coroutine CallDeferred(Func<Inbox<T>, Coroutine> body) => StrandThread.Current.CallDeferred(() => Call(body));

    /// <summary>Starts what <see cref="CallDeferred"/> gave.</summary>
    internal void StartDeferred(Coroutine root)
    {
        Attach(root);
        root.RunDeferredStarts();
    }

    /// <summary>Makes a port that has done nothing yet one at which a coroutine of stored state waits.</summary>
    internal void RestoreInRun(Coroutine waiting, WaitKind kind)
    {
        _receiver = waiting;
        if (kind is WaitKind.Pause or WaitKind.PauseAfterClose)
        {
            RestorePause(isClosed: kind == WaitKind.PauseAfterClose);
        }
        else
        {
            MoveTo(PortState.Parked);
        }
    }

    /// <summary>Goes on with what it was in the middle of: a wait in time, and items that are held. After <see cref="RestoreInRun"/>, when all nodes are restored.</summary>
    internal void GoOnInRun(in WaitInRun wait)
    {
        if (wait.Kind is WaitKind.Pause or WaitKind.PauseAfterClose)
        {
            GoOnInPause(wait.Left ?? Timeout.InfiniteTimeSpan);
        }
        else if (wait.Until is not null)
        {
            Wait.Begin(wait.Until);
        }
        else if (wait.Left is { } time)
        {
            Wait.Begin(time);
        }

        if (_state == PortState.Parked && _details is { HasWaiting: true })
        {
            Schedule();
        }
    }

    /// <summary>The wait that the coroutine is in. A signal is as good as given: what would give it is begun again.</summary>
    internal WaitInRun CurrentWait
    {
        get
        {
            var wait = _details?.Wait;
            if (_state is PortState.Pausing or PortState.FrozenPause)
            {
                return new(_details!.StateBeforePause == PortState.Closing ? WaitKind.PauseAfterClose : WaitKind.Pause, wait!.IsForSignal ? null : wait.Left, null);
            }

            var until = wait is { IsForSignal: true } ? Task.CompletedTask : wait?.Until;
            return new(WaitKind.Receive, until is null ? wait?.Left : null, until);
        }
    }

    /// <summary>The coroutine that waits here.</summary>
    internal Coroutine? WaitingCoroutine => _state is PortState.Parked or PortState.Scheduled or PortState.Frozen or PortState.Pausing or PortState.FrozenPause ? _receiver : null;

    /// <summary>The items that are held, the oldest first. They are set in a port that has done nothing yet.</summary>
    internal T[] HeldItems
    {
        get => _details?.Waiting is { } waiting ? [.. waiting.Where(static message => message.IsHeld).Select(static message => message.Item)] : [];
        set
        {
            foreach (var item in value)
            {
                (Details.Waiting ??= new()).Enqueue(new PendingMessage<T>(this).ForHeldItem(item, null));
            }
        }
    }

    /// <summary>The item that was taken last, if the coroutine is not here, so that it may still use it: one or none. It is set in a port that has done nothing yet.</summary>
    internal T[] LastItem
    {
        get => _state is PortState.BusyQueued or PortState.Between ? [_item] : [];
        set
        {
            if (value.Length > 0)
            {
                _item = value[0];
            }
        }
    }

    /// <summary>In place of an item's message one without a sender, who goes on. Control messages keep theirs.</summary>
    private PendingMessage<T> Held(PendingMessage<T> message)
    {
        if (message.Control is not null || message.IsHeld)
        {
            return message;
        }

        var held = new PendingMessage<T>(this).ForHeldItem(message.Item, message.Context);
        message.Complete(null);
        Debug.Assert(!ReferenceEquals(_details!.Current, message), "What is held was not handed over.");
        return held;
    }
}
