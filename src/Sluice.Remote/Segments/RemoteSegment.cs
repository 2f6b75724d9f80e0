using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>A segment elsewhere, as the process that runs the pipeline sees it.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Env.Process and Env.Tcp say so to their callers.")]
#pragma warning disable CA1001 // a source without timer, link or wait handle holds nothing
internal abstract partial class RemoteSegment : SegmentEndpoint, ISegmentRun
#pragma warning restore CA1001
{
    private readonly Segment _segment;
    private readonly RemoteOptions _options;
    private SegmentRestarts? _restarts; // set before anything is prepared; null if a side that is lost is not replaced
    private TaskCompletionSource _prepared = NewPrepared(); // guard of writes: _gate. A late reader finds the one of a side that is lost
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _canceled = new();
    private readonly RemoteMarks? _marks; // null unless the run's state is kept
    private NodeStatus[] _nodes;
    private object? _result;

    private readonly Lock _gate = new();
    private volatile RemoteSegmentState _state; // guard of writes: _gate

    private protected RemoteSegment(Segment segment, SegmentedRun whole, RemoteOptions options)
    {
        (_segment, Whole, _options) = (segment, whole, options);
        Codecs = [.. options.Codecs];
        _marks = whole.Options.Starter is NodeStates states ? new(this, states) : null;
        _nodes = [.. segment.Graph.Nodes.Select(static node => new NodeStatus(node.Name, node.Kind, false, "is being started", 0, 0, 0, default))];
    }

    private protected SegmentedRun Whole { get; }

    internal override SnapshotOptions Snapshots => _options.Snapshots;

    internal override IReadOnlyList<ItemCodec> Codecs { get; }

    public bool WasCanceled { get; private set; }

    internal RemoteSegmentState State => _state;

    /// <summary>Cancelled when the run is.</summary>
    internal CancellationToken Cancellation => _canceled.Token;

    internal bool HasRunFailed => Whole.FirstFailure is not null;

    public IReadOnlyList<NodeStatus> Nodes => Volatile.Read(ref _nodes);

    public object? ResultOf(GraphNode sink) => _result;

    private protected override bool MayLackEnds => _canceled.IsCancellationRequested;

    /// <summary>Makes the other side, up to a connection that is not started.</summary>
    private protected abstract Task<Connection> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>The connection is lost: why, as far as can be found out.</summary>
    private protected abstract Task<Exception> ExplainAsync(Exception cause);

    /// <summary>Leaves nothing behind, after any course of events.</summary>
    private protected abstract Task ReleaseAsync();

    /// <summary>Completes when it is time to replace a side that was lost by another one; false if that is not to be. Called if <see cref="SegmentEndpoint.IsReplayed"/>.</summary>
    private protected virtual Task<bool> MayRestartAsync(Exception lost, CancellationToken cancellationToken) => Task.FromResult(false);

    public async Task PrepareAsync()
    {
        try
        {
            if (IsReplayed && _marks is not null)
            {
                throw new NotSupportedException($"A job has a part in a {_segment.Env} with {nameof(ProcessOptions.MaxRestarts)}, which starts a part again without its state. Leave that at 0: a job that has lost a part goes on at its last checkpoint when it is run again.");
            }

            _restarts = IsReplayed ? new(this, _segment, MayRestartAsync) : null;
            var blueprint = Capture(); // first: what cannot move need not start anything
            foreach (var exit in _segment.Exits)
            {
                exit.Type.Accept(new RemoteInletFactory(this, exit, Whole));
            }

            await (_restarts is null ? PrepareFirstAsync(blueprint) : _restarts.InTurnAsync(() => PrepareFirstAsync(blueprint))).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            WasCanceled = error is OperationCanceledException && _canceled.IsCancellationRequested;
            Finish();
            if (!WasCanceled)
            {
                throw;
            }
        }
    }

    public void Go()
    {
        lock (_gate)
        {
            AssertInvariants();
            switch (_state)
            {
                case RemoteSegmentState.Prepared:
                    MoveTo(RemoteSegmentState.Going);
                    SendGo(); // with the lock held: each side is told once
                    break;
                case RemoteSegmentState.Replacing:
                    MoveTo(RemoteSegmentState.ReplacingGoing); // the new side is told when it is prepared
                    break;
                default:
                    Debug.Assert(_state is RemoteSegmentState.Ended or RemoteSegmentState.Over, $"A segment that is {_state} was told to go.");
                    break; // no one is there to go
            }
        }
    }

    public void CancelPreparing()
    {
        _canceled.Cancel();
        _prepared.TrySetCanceled();
    }

    public void Cancel()
    {
        // While the other side is replaced there is always one that learns of it: the token, which is cancelled first, ends the preparation of the new
        // one, or this finds it prepared and sends to its connection. If both are missed, since this still has the old side's, EndReplacing is
        // yet to come, behind which the token is looked at.
        _canceled.Cancel();
        if (!_prepared.TrySetCanceled() && IsConnected)
        {
            Send(SegmentFrame.Cancel, 0);
            if (_options.EndTimeout != Timeout.InfiniteTimeSpan)
            {
                Connection.LimitSilence(_options.EndTimeout);
            }
        }
    }

    public void Flush()
    {
        if (IsConnected)
        {
            Connection.Flush();
        }
    }

    public void StopIntake()
    {
        if (IsConnected) // a side that replaces another has no sources, so a new one need not know
        {
            Send(SegmentFrame.StopIntake, 0);
        }
    }

    /// <inheritdoc cref="Segment.Part"/>
    internal int Part => _segment.Part;

    public void SendMark(Mark mark) => _marks!.Begin(mark);

    public void DropMark(Mark mark) => _marks!.Drop(mark);

    public void LookAtSources()
    {
        if (_marks is not null && IsConnected)
        {
            Send(SegmentFrame.ReleaseSources, 0);
            Connection.Flush();
        }
    }

    public void EndWork(Exception failure)
    {
        if (_prepared.Task.IsCompletedSuccessfully && IsConnected) // a side that is not prepared learns of it when it is told to go
        {
            SendError(SegmentFrame.EndWork, 0, failure);
            Connection.Flush();
        }
    }

    public async Task EndAsync()
    {
        await _ended.Task.ConfigureAwait(false);
        await DisconnectAsync().ConfigureAwait(false);
    }

    public Outlet<T> OutletTo<T>(Crossing crossing) =>
        _restarts is null ? new RemoteOutlet<T>(this, crossing, EdgePosition.Start) : new ReplayingOutlet<T>(this, _restarts, crossing);

    /// <summary>Nothing, if it has ended as it should.</summary>
    public override void Lost(Exception cause) => _ = LoseAsync(cause);

    public override void Closed() => _ = LoseAsync(new IOException($"{Peer} ended the connection."));

    private protected override void Received(byte kind, ByteSource payload)
    {
        switch (kind)
        {
            case SegmentFrame.Prepared:
                if (BuildNotes.Read(payload) is { } note)
                {
                    GuardedLog.Over(_options.Log)($"{Peer}: {note}");
                }

                _prepared.TrySetResult();
                break;
            case SegmentFrame.Refused:
                _prepared.TrySetException(ErrorBytes.Read(payload, Snapshots, Peer));
                break;
            case SegmentFrame.Failed:
                Whole.Failed(ErrorBytes.Read(payload, Snapshots, Peer));
                break;
            case SegmentFrame.Status:
                Volatile.Write(ref _nodes, SegmentStatus.Read(payload, _segment.Graph));
                break;
            case SegmentFrame.State when _marks is not null:
                _marks.Received(payload);
                break;
            case SegmentFrame.MarkPassed when _marks is not null:
                _marks.Passed(payload);
                break;
            case SegmentFrame.MarkDropped when _marks is not null:
                _marks.Dropped(payload);
                break;
            case SegmentFrame.Ended when _prepared.Task.IsCompleted:
                WasCanceled = payload.ReadBool();
                if (payload.ReadBool())
                {
                    _result = ItemCodecs.ReaderOf<object?>(Snapshots).Read(payload);
                }

                _marks?.End(hasStates: payload.ReadBool());
                lock (_gate)
                {
                    if (_state < RemoteSegmentState.Ended)
                    {
                        MoveTo(RemoteSegmentState.Ended);
                    }
                }

                Later(End); // behind what came before it: a connection that is closed reports nothing more
                break;
            default:
                throw new ProtocolException($"{Peer} sent a frame of kind {kind}, which has no place there.");
        }
    }

    /// <summary>Its edges have ended before, unless it was cancelled, and then so was what is here; or the other side is out of its mind.</summary>
    private void End()
    {
        if (!_canceled.IsCancellationRequested)
        {
            var early = new IOException($"{Peer} ended its part before the edges of that had ended.");
            if (Ends.Count(static end => end.Value.IsOver) < _segment.Entries.Count + _segment.Exits.Count)
            {
                Whole.Failed(early);
            }

            LoseEnds(early);
        }

        Finish();
    }

    private static TaskCompletionSource NewPrepared() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private byte[] Capture()
    {
        var blueprint = new SegmentBlueprint(_segment, Whole, this, _restarts?.ExitPositions ?? _segment.Exits.Select(static _ => EdgePosition.Start));
        try
        {
            return SnapshotFormat.TryCapture(blueprint, Snapshots, moves: false, out _)!.ToBytes();
        }
        catch (NotPortableException error)
        {
            throw NamingStage(error);
        }
    }

    /// <summary>The error knows the way from the blueprint; what helps is the stage, and its own variable.</summary>
    private NotPortableException NamingStage(NotPortableException error)
    {
        foreach (var node in _segment.Graph.Nodes)
        {
            if (PortabilityCheck.Of([node.Spec], Snapshots).Problems is [var first, ..] problems)
            {
                var problem = problems.FirstOrDefault(one => one.Type == error.VariableType) ?? first; // others may be of variables that are not there yet
                return new NotPortableException(
                    $"The stage '{node.Name}' cannot run in a {_segment.Env}: its variable '{problem.Variable}' is a '{problem.Type}', and {problem.Reason}.",
                    problem.Coroutine, problem.Variable, problem.Type, problem.Reason);
            }
        }

        return error;
    }

    private async Task PrepareFirstAsync(byte[] blueprint)
    {
        await PrepareAsync(blueprint).ConfigureAwait(false);
        lock (_gate)
        {
            if (_state == RemoteSegmentState.Preparing) // else it has ended or was lost already
            {
                MoveTo(RemoteSegmentState.Prepared);
            }
        }
    }

    /// <summary>No one else uses the connection until the other side is prepared: it has no ends of edges before. So messages sent in that time go
    /// to the one that was lost, and are sent again by <see cref="IReplayedEnd.Resume"/>.</summary>
    private async Task PrepareAsync(byte[] blueprint)
    {
        var connection = await ConnectAsync(_canceled.Token).ConfigureAwait(false);
        try
        {
            connection.Start(this);
            _marks?.SendStored(connection, _segment.Graph);
            Send(connection, SegmentFrame.Blueprint, 0, to =>
            {
                AssemblyBuild.Write(to, AssemblyBuild.All(Snapshots), _options.OtherBuilds);
                to.WriteBytes(blueprint);
            });
            await _prepared.Task.ConfigureAwait(false);
        }
        catch
        {
            connection.Close();
            if (_canceled.IsCancellationRequested)
            {
                await ReleaseAsync().ConfigureAwait(false); // beside the goodbye: a silent side does not have the time for its end twice
            }

            await connection.Ended.ConfigureAwait(false);
            throw;
        }

        Connection = connection;
    }

    private async Task DisconnectAsync()
    {
        if (Connection is { } connection)
        {
            connection.Close(hasAll: true);
            await connection.Ended.ConfigureAwait(false);
        }

        await ReleaseAsync().ConfigureAwait(false);
    }

    private async Task LoseAsync(Exception cause)
    {
        if (_state is RemoteSegmentState.Ended or RemoteSegmentState.Over)
        {
            return;
        }

        var reason = await ExplainAsync(cause).ConfigureAwait(false);
        if (_prepared.TrySetException(reason) || !_prepared.Task.IsCompletedSuccessfully)
        {
            return; // the thread that prepares it handles that, or the refusal or cancellation that came before
        }

        if (_restarts is null)
        {
            GiveUp(reason);
        }
        else
        {
            await _restarts.ReplaceAsync(reason).ConfigureAwait(false);
        }
    }

    private void SendGo() => Send(SegmentFrame.Go, 0, to =>
    {
        to.WriteBool(Whole.FirstFailure is not null);
        _marks?.WriteHold(to);
    });

    /// <summary>Gets whether there is a side, or was one: the connection may be that of one that is lost.</summary>
    internal bool IsConnected => _state != RemoteSegmentState.Preparing && Connection is not null;

    private protected override void HasHandled(int channel) => _restarts?.HasHandled(channel);
}
