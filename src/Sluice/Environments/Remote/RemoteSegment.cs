using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>A segment elsewhere, as the process that runs the pipeline sees it.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Env.Process and Env.Tcp say so to their callers.")]
#pragma warning disable CA1001 // a source without timer, link or wait handle holds nothing
internal abstract class RemoteSegment : Channels, ISegmentRun
#pragma warning restore CA1001
{
    private readonly Segment _segment;
    private readonly SegmentedRun _whole;
    private readonly RemoteOptions _options;
    private readonly TaskCompletionSource _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _canceled = new();
    private NodeStatus[] _nodes;
    private object? _result;
    private bool _isConnected; // written before the connection starts; then read by the run's threads

    private protected RemoteSegment(Segment segment, SegmentedRun whole, RemoteOptions options)
    {
        (_segment, _whole, _options) = (segment, whole, options);
        Codecs = [.. options.Codecs];
        _nodes = [.. segment.Graph.Nodes.Select(static node => new NodeStatus(node.Name, node.Kind, false, "is being started", 0, 0, 0, default))];
    }

    internal override SnapshotOptions Snapshots => _options.Snapshots;

    internal override IReadOnlyList<ItemCodec> Codecs { get; }

    public bool WasCanceled { get; private set; }

    public IReadOnlyList<NodeStatus> Nodes => Volatile.Read(ref _nodes);

    public object? ResultOf(GraphNode sink) => _result;

    /// <summary>Makes the other side, up to a connection that is not started.</summary>
    private protected abstract Task<Connection> ConnectAsync(CancellationToken cancellationToken);

    /// <summary>The connection is lost: why, as far as can be found out.</summary>
    private protected abstract Task<Exception> ExplainAsync(Exception cause);

    /// <summary>Leaves nothing behind, whatever came before.</summary>
    private protected abstract Task ReleaseAsync();

    public async Task PrepareAsync()
    {
        try
        {
            var blueprint = Capture(); // first: what cannot move need not start anything
            Connection = await ConnectAsync(_canceled.Token).ConfigureAwait(false);
            foreach (var exit in _segment.Exits)
            {
                exit.Type.ReceiveFrom(this, exit, _whole);
            }

            _isConnected = true;
            Connection.Start(this);
            Send(SegmentFrame.Blueprint, 0, to => to.Raw(blueprint));
            await _prepared.Task.ConfigureAwait(false);
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
        if (_isConnected)
        {
            var hasFailed = _whole.FirstFailure is not null;
            Send(SegmentFrame.Go, 0, to => to.Byte(hasFailed ? (byte)1 : (byte)0));
        }
    }

    public void Cancel()
    {
        _canceled.Cancel();
        if (_prepared.Task.IsCompletedSuccessfully)
        {
            Send(SegmentFrame.Cancel, 0);
        }
        else
        {
            _prepared.TrySetCanceled();
        }
    }

    public void StopIntake()
    {
        if (_isConnected)
        {
            Send(SegmentFrame.StopIntake, 0);
        }
    }

    public async Task EndAsync()
    {
        await _ended.Task.ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
    }

    public Outlet<T> OutletTo<T>(Crossing crossing) => new RemoteOutlet<T>(this, crossing);

    public override void Lost(Exception cause) => _ = LoseAsync(cause);

    public override void Closed() => _ = LoseAsync(new IOException($"{Peer} ended the connection."));

    private protected override void Received(byte kind, ByteSource payload)
    {
        switch (kind)
        {
            case SegmentFrame.Prepared:
                _prepared.TrySetResult();
                break;
            case SegmentFrame.Refused:
                _prepared.TrySetException(ErrorBytes.Read(payload, Snapshots, Peer));
                break;
            case SegmentFrame.Failed:
                _whole.Failed(ErrorBytes.Read(payload, Snapshots, Peer));
                break;
            case SegmentFrame.Status:
                Volatile.Write(ref _nodes, SegmentStatus.Read(payload, _segment.Graph));
                break;
            case SegmentFrame.Ended:
                WasCanceled = PlainValues.ReadBool(payload);
                if (PlainValues.ReadBool(payload))
                {
                    _result = ItemCodecs.ReaderOf<object?>(Snapshots).Read(payload);
                }

                _ended.TrySetResult();
                break;
            default:
                throw new SnapshotException($"{Peer} sent a frame of kind {kind}, which has no place there.");
        }
    }

    private byte[] Capture() =>
        SnapshotFormat.TryCapture(new SegmentBlueprint(_segment, _whole.Options, _whole.IsWatched, Codecs), Snapshots, moves: false, out _)!.ToBytes();

    /// <summary>After the end that is as it should be.</summary>
    private async Task LoseAsync(Exception cause)
    {
        if (_ended.Task.IsCompleted)
        {
            return;
        }

        var reason = await ExplainAsync(cause).ConfigureAwait(false);
        if (!_prepared.TrySetException(reason))
        {
            _whole.Failed(reason);
        }

        LoseAll(reason);
        _ended.TrySetResult();
    }
}
