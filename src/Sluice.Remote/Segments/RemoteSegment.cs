using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>A segment elsewhere, as the process that runs the pipeline sees it.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Env.Process and Env.Tcp say so to their callers.")]
#pragma warning disable CA1001 // a source without timer, link or wait handle holds nothing
internal abstract class RemoteSegment : SegmentEndpoint, ISegmentRun
#pragma warning restore CA1001
{
    private readonly Segment _segment;
    private readonly RemoteOptions _options;
    private TaskCompletionSource _prepared = NewPrepared();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _canceled = new();
    private NodeStatus[] _nodes;
    private object? _result;

    /// <summary>Held while a side that was lost is replaced. The next one may be lost before that is done.</summary>
    private readonly SemaphoreSlim _replacing = new(1, 1); // no one takes its wait handle: nothing to dispose of
    private bool _hasSaidEnd; // owner: the reading thread

    /// <summary>Each side is told to go once: when all are prepared, or when it has replaced one that was told.</summary>
    private readonly Lock _goes = new();
    private bool _isGoing; // guard: _goes
    private volatile bool _isConnected; // written once the first side is prepared; then read by the run's threads

    private protected RemoteSegment(Segment segment, SegmentedRun whole, RemoteOptions options)
    {
        (_segment, Whole, _options) = (segment, whole, options);
        Codecs = [.. options.Codecs];
        _nodes = [.. segment.Graph.Nodes.Select(static node => new NodeStatus(node.Name, node.Kind, false, "is being started", 0, 0, 0, default))];
    }

    private protected SegmentedRun Whole { get; }

    internal override SnapshotOptions Snapshots => _options.Snapshots;

    internal override IReadOnlyList<ItemCodec> Codecs { get; }

    public bool WasCanceled { get; private set; }

    public IReadOnlyList<NodeStatus> Nodes => Volatile.Read(ref _nodes);

    public object? ResultOf(GraphNode sink) => _result;

    private protected override bool MayLackEnds => _canceled.IsCancellationRequested;

    /// <summary>Makes the other side, up to a connection that is not started.</summary>
    private protected abstract Task<Connection> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>The connection is lost: why, as far as can be found out.</summary>
    private protected abstract Task<Exception> ExplainAsync(Exception cause);

    /// <summary>Leaves nothing behind, after any course of events.</summary>
    private protected abstract Task ReleaseAsync();

    /// <summary>Completes when it is time to replace a side that was lost by another one; false if that is not to be.</summary>
    private protected virtual Task<bool> MayRestartAsync(Exception lost, CancellationToken cancellationToken) => Task.FromResult(false);

    public async Task PrepareAsync()
    {
        try
        {
            Groups = KeepsItems ? new(_segment.Graph, _segment.Entries, _segment.Exits) : null;
            var blueprint = Capture(); // first: what cannot move need not start anything
            foreach (var exit in _segment.Exits)
            {
                exit.Type.Accept(new RemoteInletFactory(this, exit, Whole));
            }

            await _replacing.WaitAsync().ConfigureAwait(false);
            try
            {
                await PrepareAsync(blueprint).ConfigureAwait(false);
            }
            finally
            {
                _replacing.Release();
            }
        }
        catch (Exception error)
        {
            WasCanceled = error is OperationCanceledException && _canceled.IsCancellationRequested;
            _ended.TrySetResult();
            if (!WasCanceled)
            {
                throw;
            }
        }
    }

    public void Go()
    {
        lock (_goes)
        {
            _isGoing = true;
            if (_isConnected && !IsReplaced)
            {
                SendGo();
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
        _canceled.Cancel();
        if (!_prepared.TrySetCanceled() && _isConnected)
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
        if (_isConnected)
        {
            Connection.Flush();
        }
    }

    public void StopIntake()
    {
        if (_isConnected)
        {
            Send(SegmentFrame.StopIntake, 0);
        }
    }

    public void EndWork(Exception failure)
    {
        if (_prepared.Task.IsCompletedSuccessfully && _isConnected)
        {
            Send(SegmentFrame.EndWork, 0, to => ErrorBytes.Write(to, failure));
            Connection.Flush();
        }
    }

    public async Task EndAsync()
    {
        await _ended.Task.ConfigureAwait(false);
        await DisconnectAsync().ConfigureAwait(false);
    }

    public Outlet<T> OutletTo<T>(Crossing crossing) => new RemoteOutlet<T>(this, crossing, EdgePosition.Start);

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
            case SegmentFrame.Ended when _prepared.Task.IsCompleted:
                WasCanceled = payload.ReadBool();
                if (payload.ReadBool())
                {
                    _result = ItemCodecs.ReaderOf<object?>(Snapshots).Read(payload);
                }

                _hasSaidEnd = true;
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
            if (Ends.Count(static end => end.IsOver) < _segment.Entries.Count + _segment.Exits.Count)
            {
                Whole.Failed(early);
            }

            LoseEnds(early);
        }

        _ended.TrySetResult();
    }

    private static TaskCompletionSource NewPrepared() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private byte[] Capture()
    {
        var blueprint = new SegmentBlueprint(_segment, Whole, this, _segment.Exits.Select(exit => PositionOf(exit.Channel)));
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

    /// <summary>No one else uses the connection until the other side is prepared: it has no ends of edges before. So messages sent in that time go
    /// to the one that was lost, and is said again by <see cref="IChannelEnd.Resume"/>.</summary>
    private async Task PrepareAsync(byte[] blueprint)
    {
        var connection = await ConnectAsync(_canceled.Token).ConfigureAwait(false);
        try
        {
            connection.Start(this);
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
        _isConnected = true;
    }

    private async Task DisconnectAsync()
    {
        if (_isConnected)
        {
            Connection.Close(hasAll: true);
            await Connection.Ended.ConfigureAwait(false);
        }

        await ReleaseAsync().ConfigureAwait(false);
    }

    private async Task LoseAsync(Exception cause)
    {
        if (_hasSaidEnd || _ended.Task.IsCompleted)
        {
            return;
        }

        var reason = await ExplainAsync(cause).ConfigureAwait(false);
        if (_prepared.TrySetException(reason))
        {
            return; // the thread that prepares it handles that
        }

        await _replacing.WaitAsync().ConfigureAwait(false);
        try
        {
            await ReplaceAsync(reason).ConfigureAwait(false);
        }
        finally
        {
            _replacing.Release();
        }
    }

    private async Task ReplaceAsync(Exception reason)
    {
        if (_ended.Task.IsCompleted)
        {
            return; // the thread that had to replace the one before has given up
        }

        while (CanRestart)
        {
            try
            {
                if (!await MayRestartAsync(reason, _canceled.Token).ConfigureAwait(false))
                {
                    break;
                }

                await RestartAsync().ConfigureAwait(false);
                return;
            }
            catch (Exception error)
            {
                reason = error;
            }
        }

        WasCanceled = _canceled.IsCancellationRequested;
        if (!WasCanceled)
        {
            Whole.Failed(reason);
        }

        LoseEnds(reason);
        _ended.TrySetResult();
    }

    /// <summary>Gets whether a new side can take over: items sent to it can be sent again, and its own outputs have not ended.</summary>
    private bool CanRestart => KeepsItems && !_canceled.IsCancellationRequested && _segment.Entries.Count > 0 && Whole.FirstFailure is null
        && Ends.All(static end => !end.HasEnded)
        && _segment.Graph.Nodes.All(node => node.Kind != NodeKind.Source || _segment.Origins[node.Index] is null);

    private async Task RestartAsync()
    {
        _prepared = NewPrepared();
        IsReplaced = true; // first: ends that are made from now on see it, the others are informed
        ForEachEnd(static end => end.Suspend());
        await DisconnectAsync().ConfigureAwait(false);
        await PrepareAsync(Capture()).ConfigureAwait(false);
        lock (_goes)
        {
            IsReplaced = false;
            if (_isGoing)
            {
                SendGo();
            }
        }

        Interlocked.MemoryBarrier(); // a cancellation was sent to this one, or is seen here
        _canceled.Token.ThrowIfCancellationRequested();
        ForEachEnd(static end => end.Resume());
    }

    private void SendGo() => Send(SegmentFrame.Go, 0, to => to.WriteBool(Whole.FirstFailure is not null));
}
