using System.Threading.Tasks.Sources;

namespace Sluice;

/// <summary>A request for a snapshot of a coroutine. It takes its turn in the root's queue; where the capture meets a port that is
/// busy, it waits behind what that port has to do, and starts over.</summary>
/// <remarks>Owner: the strand of the port that it waits at. The caller awaits the first send through it.</remarks>
internal abstract class CaptureMessage(IPort root, SnapshotOptions options) : AtRestMessage, IValueTaskSource<CoroutineSnapshot>
{
    private PendingMessage? _first;
    private IPort? _waitsAt;
    private CoroutineSnapshot? _snapshot;

    /// <summary>Gets whether the coroutine ends here, with all that is in the snapshot.</summary>
    private protected abstract bool Moves { get; }

    internal override string Noun => $"a request for a {Name}";

    internal override string CycleAdvice => $"Do not await a {Name} in a coroutine that is part of it.";

    internal override IReceiver? WaitsAt => _waitsAt?.Receiver;

    /// <summary>Sends it to the root.</summary>
    internal ValueTask<CoroutineSnapshot> SendAsync()
    {
        var sent = root.Enter(this);
        if (_first is null)
        {
            return ValueTask.FromException<CoroutineSnapshot>(sent.AsTask().Exception!.InnerException!); // refused before there was a send
        }

        if (!sent.IsCompletedSuccessfully)
        {
            return new(this, _first.Version);
        }

        sent.GetAwaiter().GetResult();
        return new(_snapshot!);
    }

    internal override void Begin(PendingMessage send) => _first ??= send;

    internal override void AtRest(IPort port, PendingMessage send)
    {
        if (!IsFirst(send))
        {
            send.Complete(null); // the busy port is at rest now: see Completed
        }
        else if (!send.IsDone) // else the caller was told that it can never be
        {
            Capture(send);
        }
    }

    /// <summary>A send to a busy port is done, with or without an error: the capture starts over.</summary>
    internal override void Completed(PendingMessage send)
    {
        _waitsAt = null;
        if (!IsFirst(send))
        {
            root.Reenter(_first!);
        }
    }

    private void Capture(PendingMessage send)
    {
        IPort? busy;
        try
        {
            _snapshot = SnapshotFormat.TryCapture(root, options, Moves, out busy);
        }
        catch (Exception error)
        {
            send.Complete(error);
            return;
        }

        if (busy is null)
        {
            send.Complete(null);
        }
        else
        {
            _waitsAt = busy;
            busy.EnterBehind(this);
        }
    }

    private bool IsFirst(PendingMessage send) => ReferenceEquals(_first, send);

    CoroutineSnapshot IValueTaskSource<CoroutineSnapshot>.GetResult(short token)
    {
        ((IValueTaskSource)_first!).GetResult(token);
        return _snapshot!;
    }

    ValueTaskSourceStatus IValueTaskSource<CoroutineSnapshot>.GetStatus(short token) => ((IValueTaskSource)_first!).GetStatus(token);

    void IValueTaskSource<CoroutineSnapshot>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        ((IValueTaskSource)_first!).OnCompleted(continuation, state, token, flags);
}

/// <summary>A capture after which the coroutine goes on here.</summary>
internal sealed class SnapshotMessage(IPort root, SnapshotOptions options) : CaptureMessage(root, options)
{
    internal override string Name => "snapshot";

    private protected override bool Moves => false;
}

/// <summary>A capture that ends the coroutine here: it goes on where the snapshot is resumed.</summary>
internal sealed class MoveMessage(IPort root, SnapshotOptions options) : CaptureMessage(root, options)
{
    internal override string Name => "move";

    private protected override bool Moves => true;
}
