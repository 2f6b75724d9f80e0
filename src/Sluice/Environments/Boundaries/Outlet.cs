using System.Runtime.CompilerServices;

namespace Sluice;

/// <summary>The sending end of an edge between two segments. Its members are called within the sending
/// segment's strand, except those that say otherwise.</summary>
internal abstract class Outlet<T>
{
    private NodePort<T>? _port;
    private readonly TaskCompletionSource _settled = new();
    private BoundaryWait _sender; // for room

    /// <summary>The error that was thrown in last; one at a time.</summary>
    private TaskCompletionSource<Exception?>? _thrown;

    /// <summary>The error that raises the end of the other side at the exit: its inbox's close if that is a normal end. Set once.</summary>
    internal Exception? End { get; private set; }

    /// <summary>The failure of the other side, if it failed; known when <see cref="Settled"/>, and to the exit maybe earlier.</summary>
    internal Exception? FailureThere { get; private set; }

    /// <summary>Completes when everything on the other side that ends by this edge has ended.</summary>
    internal Task Settled => _settled.Task;

    /// <summary>False if there is no room; then <see cref="Room"/> completes when to try again.</summary>
    internal abstract bool TrySend(T item);

    /// <summary>Sends the first ones.</summary>
    /// <returns>How many: as many as there is room for.</returns>
    internal abstract int SendSome(ReadOnlySpan<T> items);

    /// <summary>Sends a control message behind the items. <paramref name="done"/> is called, on any thread, when the other side has handled
    /// a throw.</summary>
    internal abstract void SendControl(ControlMessage message, Action<Exception?>? done = null);

    /// <summary>Throws an error in behind the items.</summary>
    /// <returns>Completes when the other side has handled it, with what came back, or null; or when that has ended.</returns>
    internal Task<Exception?> ThrowThere(Exception error)
    {
        var thrown = new TaskCompletionSource<Exception?>();
        _thrown = thrown;
        SendControl(new ThrowMessage(error), back => thrown.TrySetResult(back));
        return thrown.Task;
    }

    /// <summary>Gets whether it is worth trying again, or without success. Any thread.</summary>
    private protected abstract bool HasRoom { get; }

    /// <summary>Gets whether the reader is in this process, so that room may come without anybody being told of it first.</summary>
    private protected abstract bool IsNear { get; }

    /// <summary>Before anything else.</summary>
    internal virtual void Attach(NodePort<T> port) => _port = port;

    internal RoomAwaitable Room() => new(this);

    /// <summary>Starts what feeds the exit, if it waits for that: all that the other side feeds is open. Any thread.</summary>
    private protected void OpenExit()
    {
        var exit = _port!.Node;
        exit.Run.Strand.Enter(new StrandStep(null, exit.OpenOutput));
    }

    /// <summary>The other side has ended, by <paramref name="failure"/> or normally: the exit learns of it. Any thread, once.</summary>
    private protected void EndExit(Exception? failure)
    {
        FailureThere = failure;
        _port!.Node.Run.Strand.Enter(new EndWork(this));
    }

    /// <summary>Any thread.</summary>
    private protected void Settle() => _settled.TrySetResult();

    /// <summary>After room was made, or an end. Any thread.</summary>
    private protected void ResumeSender()
    {
        if (_sender.IsWaiting && HasRoom)
        {
            _sender.End();
        }
    }

    private bool HasRoomSoon()
    {
        var strand = _port!.Node.Run.Strand;
        var rounds = _sender.RoundsOf(IsNear, strand);
        for (var round = 0; !HasRoom && End is null; round++)
        {
            if (!BoundaryWait.MayLookAgain(round, rounds, strand))
            {
                return false;
            }
        }

        return true;
    }

    private void Park(Action sender)
    {
        _sender.Begin(sender, IsNear);
        if (HasRoom || End is not null)
        {
            _sender.End();
        }
    }

    private void TakeEnd()
    {
        if (FailureThere is not null)
        {
            _port!.Node.Run.Learn(FailureThere);
        }

        End = FailureThere ?? new InboxClosedException(_port!, _port!.Name);
        _port!.Interrupt(End);
        _sender.End();
        _thrown?.TrySetResult(null); // the next receive raises the end
    }

    private sealed class EndWork(Outlet<T> outlet) : StrandWork
    {
        internal override void Run() => outlet.TakeEnd();
    }

    /// <summary>A wait for room, or for the end of the other side; used by the compiler.</summary>
    internal readonly struct RoomAwaitable(Outlet<T> outlet) : ICriticalNotifyCompletion
    {
        public bool IsCompleted => outlet.HasRoomSoon();

        public RoomAwaitable GetAwaiter() => this;

        public void GetResult()
        {
        }

        public void OnCompleted(Action continuation) => outlet.Park(continuation);

        public void UnsafeOnCompleted(Action continuation) => outlet.Park(continuation);
    }
}
