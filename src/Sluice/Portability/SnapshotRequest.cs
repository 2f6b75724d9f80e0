using System.Threading.Tasks.Sources;

namespace Sluice;

/// <summary>A port, as the capture sees it.</summary>
internal interface ISnapshotPort : IParkingPlace
{
    string Name { get; }

    /// <summary>Whether its coroutine waits for the next message, or has ended.</summary>
    bool IsAtRest { get; }

    /// <summary>Who handles its messages, for finding cycles.</summary>
    IReceiver Receiver { get; }

    /// <summary>Enters the port's strand, if no other thread is in there.</summary>
    bool TryHold(SnapshotHolds holds);

    void Release(in StrandThread.Hold hold);

    /// <summary>Leaves a message that tells the request when the port is at rest.</summary>
    void WaitBehind(SnapshotRequest request);

    /// <summary>Gives the port a message again.</summary>
    void Reenter(PendingSend message);

    /// <summary>Whether the coroutine is one that the port can belong to.</summary>
    bool CanEndWith(Coroutine root);

    void WriteTo(SnapshotWriter writer);

    void ReadFrom(SnapshotReader reader);

    /// <summary>Begins the wait for a time that the coroutine was in.</summary>
    void ResumeWait();

    /// <summary>Its coroutine lives elsewhere from now on.</summary>
    void EndMoved();
}

/// <summary>Where coroutines park: a port or an exchange.</summary>
internal interface IParkingPlace
{
    bool IsParkedHere(Coroutine coroutine);
}

/// <summary>A generator's port, as the capture sees it.</summary>
internal interface IExchange : IParkingPlace, ICoroutineOwner, IStrandHome
{
    bool IsBetweenSteps { get; }
}

/// <summary>The strands that a capture is in beside that of its root. They are left in the opposite order.</summary>
internal sealed class SnapshotHolds
{
    private Stack<(ISnapshotPort Port, StrandThread.Hold Hold)>? _holds;

    internal void Add(ISnapshotPort port, in StrandThread.Hold hold) => (_holds ??= new()).Push((port, hold));

    internal void Release()
    {
        while (_holds is { Count: > 0 })
        {
            var (port, hold) = _holds.Pop();
            port.Release(hold);
        }
    }
}

/// <summary>A request for a snapshot. It takes its turn in the root's queue as a message of its own kind; where the capture
/// meets a port that is busy, it waits behind what that port has to do, and starts over.</summary>
/// <remarks>Owner: the strand of whichever port it waits at. Whoever asked awaits the first message through it.</remarks>
internal sealed class SnapshotRequest(ISnapshotPort root, SnapshotOptions options, bool moves) : IValueTaskSource<CoroutineSnapshot>
{
    private PendingSend? _message;

    internal CoroutineSnapshot? Snapshot { get; private set; }

    /// <summary>The busy port that it waits for, if it does: for finding cycles.</summary>
    internal ISnapshotPort? WaitsAt { get; private set; }

    /// <summary>A message was made for it: the first is what its sender waits for.</summary>
    internal void Begin(PendingSend message) => _message ??= message;

    internal ValueTask<CoroutineSnapshot> AsValueTask(ValueTask sent)
    {
        if (_message is null)
        {
            return ValueTask.FromException<CoroutineSnapshot>(sent.AsTask().Exception!.InnerException!); // refused before it was a message
        }

        if (!sent.IsCompletedSuccessfully)
        {
            return new(this, _message.Version);
        }

        sent.GetAwaiter().GetResult();
        return new(Snapshot!);
    }

    /// <summary>The first message has its turn, and its port is at rest.</summary>
    internal void Run(PendingSend message)
    {
        ISnapshotPort? blocked;
        try
        {
            Snapshot = SnapshotFormat.TryCapture(root, options, moves, out blocked);
        }
        catch (Exception error)
        {
            message.Complete(error);
            return;
        }

        if (blocked is null)
        {
            message.Complete(null);
        }
        else
        {
            WaitsAt = blocked;
            blocked.WaitBehind(this);
        }
    }

    /// <summary>A message of this request is done, in whatever way: if it is not the one that its sender waits for, the busy port
    /// is at rest now.</summary>
    internal void Completed(PendingSend message)
    {
        WaitsAt = null;
        if (!IsFirst(message))
        {
            root.Reenter(_message!);
        }
    }

    internal void Fail(Exception error) => _message!.Complete(error);

    internal bool IsFirst(PendingSend message) => ReferenceEquals(_message, message);

    CoroutineSnapshot IValueTaskSource<CoroutineSnapshot>.GetResult(short token)
    {
        ((IValueTaskSource)_message!).GetResult(token);
        return Snapshot!;
    }

    ValueTaskSourceStatus IValueTaskSource<CoroutineSnapshot>.GetStatus(short token) => ((IValueTaskSource)_message!).GetStatus(token);

    void IValueTaskSource<CoroutineSnapshot>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        ((IValueTaskSource)_message!).OnCompleted(continuation, state, token, flags);
}
