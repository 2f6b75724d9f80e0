using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <content>The coroutine as a value. Everything but the public methods runs within the strand.</content>
public partial class CoroutineTarget<T>
{
    /// <summary>Captures the coroutine where it waits for its next item, with everything that it refers to: the coroutines
    /// that it awaits, and those that it sends to. It goes on as if nothing had been.</summary>
    /// <remarks>
    /// <para>The request takes its place behind sends that wait already, and waits until the coroutine, and each other that it
    /// sends to, waits for an item. No send that is under way is in the snapshot. The copy shares nothing with the original;
    /// each runs its own <c>finally</c> blocks.</para>
    /// <para>A coroutine of a pipeline's run cannot be captured by itself. A coroutine that awaits its own snapshot, or that of one
    /// that sends to it, gets an error, since it would wait for itself.</para>
    /// </remarks>
    /// <param name="options">What stays outside, and which types may be stored; default nothing, and the application's own.</param>
    /// <returns>The snapshot.</returns>
    /// <exception cref="NotPortableException">Awaited: something that it keeps cannot be stored.</exception>
    /// <exception cref="TargetClosedException">Awaited: it has ended or was closed before.</exception>
    /// <exception cref="InvalidOperationException">Awaited: a coroutine would wait for itself.</exception>
    [RequiresUnreferencedCode("The types in a snapshot are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types in a snapshot.")]
    public ValueTask<CoroutineSnapshot> SnapshotAsync(SnapshotOptions? options = null) => CaptureAsync(options, moves: false);

    /// <summary>Captures the coroutine as <see cref="SnapshotAsync"/> does, and ends it here, with all that is in the snapshot:
    /// whoever resumes the snapshot has the only one.</summary>
    /// <remarks>Its <c>finally</c> blocks do not run here, but where it ends. Its status is then
    /// <see cref="CoroutineStatus.Moved"/>; sends to it, those that wait too, fail, and so does <see cref="Completion"/>.</remarks>
    /// <inheritdoc cref="SnapshotAsync"/>
    [RequiresUnreferencedCode("The types in a snapshot are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types in a snapshot.")]
    public ValueTask<CoroutineSnapshot> MoveAsync(SnapshotOptions? options = null) => CaptureAsync(options, moves: true);

    bool ISnapshotPort.IsAtRest => _state == PortState.Ended || (_state is PortState.Parked or PortState.Scheduled && _queue is not ({ Signal: not null } or { Cancellation: not null }));

    IReceiver ISnapshotPort.Receiver => Receiver;

    bool IParkingPlace.IsParkedHere(Coroutine coroutine) => ReferenceEquals(_receiver, coroutine) && _state is PortState.Parked or PortState.Scheduled;

    private protected virtual void WriteResult(SnapshotWriter writer)
    {
    }

    private protected virtual void ReadResult(SnapshotReader reader)
    {
    }

    bool ISnapshotPort.CanEndWith(Coroutine root) => CanEndWith(root);

    private protected virtual bool CanEndWith(Coroutine root) => true;

    bool ISnapshotPort.TryHold(SnapshotHolds holds)
    {
        if (IsHeldHere)
        {
            return true;
        }

        if (!TryHold(out var hold))
        {
            return false;
        }

        holds.Add(this, hold);
        return true;
    }

    void ISnapshotPort.Release(in StrandThread.Hold hold) => Leave(hold);

    void ISnapshotPort.WaitBehind(SnapshotRequest request) => EnterAgain(new PendingSend<T>(this).ForSignal(MessageKind.Snapshot, request));

    void ISnapshotPort.Reenter(PendingSend message) => EnterAgain((PendingSend<T>)message);

    void ISnapshotPort.WriteTo(SnapshotWriter writer)
    {
        var hasEnded = _state == PortState.Ended;
        writer.Bodies.Byte(hasEnded ? (byte)1 : (byte)0);
        writer.Reference(hasEnded ? Name : _queue?.Name);
        if (!hasEnded)
        {
            WriteWait(writer);
        }
        else if (_queue!.Outcome == CoroutineStatus.Completed)
        {
            WriteResult(writer);
        }
        else
        {
            throw writer.Refuse($"'{Name}' has ended with an error, which cannot be stored. Do not keep targets that have failed", GetType());
        }
    }

    void ISnapshotPort.ReadFrom(SnapshotReader reader)
    {
        _strand = reader.Strand;
        _bias.Give(StrandThread.Current);
        var hasEnded = PlainValues.ReadBool(reader.Bodies);
        if (reader.Reference() is string name)
        {
            Queue.Name = name;
        }

        if (hasEnded)
        {
            Queue.Outcome = CoroutineStatus.Completed;
            _state = PortState.Ended;
            ReadResult(reader);
        }
        else
        {
            _state = PortState.Parked;
            ReadWait(reader);
        }
    }

    void ISnapshotPort.ResumeWait()
    {
        if (_queue?.ResumedWait is not { } left)
        {
            return;
        }

        _queue.ResumedWait = null;
        var holds = new SnapshotHolds();
        _ = ((ISnapshotPort)this).TryHold(holds); // no one else knows of it yet
        Wait.Begin(left);
        holds.Release();
    }

    void ISnapshotPort.EndMoved()
    {
        if (_state != PortState.Ended)
        {
            _receiver = null;
            EndWith(CoroutineStatus.Moved, new InvalidOperationException($"'{Name}' was moved: it does not run here any more."), null);
        }
    }

    private ValueTask<CoroutineSnapshot> CaptureAsync(SnapshotOptions? options, bool moves)
    {
        var request = new SnapshotRequest(this, options ?? SnapshotOptions.Default, moves);
        return request.AsValueTask(Enter(MessageKind.Snapshot, default!, request));
    }

    /// <summary>The message has its turn: the receiver waits, and goes on waiting.</summary>
    private void Capture(PendingSend<T> message)
    {
        var request = (SnapshotRequest)message.Detail!;
        _state = PortState.Parked;
        if (!request.IsFirst(message))
        {
            message.Complete(null);
        }
        else if (!message.IsDone) // else whoever asked was told that it can never be
        {
            request.Run(message);
        }

        if (_state == PortState.Parked && _queue is { HasWaiting: true })
        {
            Schedule();
        }
    }

    private void EnterAgain(PendingSend<T> message)
    {
        if (IsHeldHere)
        {
            if (_state == PortState.Ended)
            {
                Accept(message);
            }
            else
            {
                Post(message);
            }
        }
        else if (TryHold(out var hold))
        {
            try
            {
                Accept(message);
            }
            finally
            {
                Leave(hold);
            }
        }
        else
        {
            _strand!.Enter(message);
        }
    }

    /// <summary>Who waits, and for how long at the most.</summary>
    private void WriteWait(SnapshotWriter writer)
    {
        if (_queue?.Wait?.Until is not null)
        {
            throw writer.Refuse($"it waits for an item or for a task (TryReceiveAsync): {PortableTypes.Refusal(typeof(Task))}", typeof(Task));
        }

        writer.Reference(_receiver);
        var left = _queue?.Wait?.Left;
        writer.Bodies.Byte(left is null ? (byte)0 : (byte)1);
        if (left is { } time)
        {
            writer.Bodies.Signed(time.Ticks);
        }
    }

    private void ReadWait(SnapshotReader reader)
    {
        _receiver = (Coroutine?)reader.Reference() ?? throw new SnapshotException("The snapshot is damaged: nothing waits at a target that waits.");
        if (PlainValues.ReadBool(reader.Bodies))
        {
            var left = new TimeSpan(reader.Bodies.Signed());
            Queue.ResumedWait = left >= TimeSpan.Zero || left == Timeout.InfiniteTimeSpan ? left : throw new SnapshotException("The snapshot is damaged: a wait of less than no time.");
        }
    }
}
