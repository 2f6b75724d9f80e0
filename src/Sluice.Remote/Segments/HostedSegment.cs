using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>A segment that runs here for a pipeline elsewhere: the far side of a <see cref="RemoteSegment"/>.</summary>
/// <remarks>Its strand runs on the thread that reads the connection, as long as nothing else resumes it: an item is handled
/// where it was received.</remarks>
#pragma warning disable CA1001 // the timer goes with the segment's end
internal sealed class HostedSegment : SegmentEndpoint
#pragma warning restore CA1001
{
    private static readonly TimeSpan s_statusPeriod = TimeSpan.FromMilliseconds(200);

    private readonly SnapshotOptions _snapshots;
    private readonly Action<string> _log;
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<StateKey, byte[]> _stored = []; // owner: the reading thread, until the run is made
    private SegmentBlueprint? _blueprint;
    private HostedMarks? _marks; // set before the run; null unless its state is kept
    private EdgeGroups? _groups; // set before the first end is made, where this side may be replaced
    private IReadOnlyList<string> _otherBuilds = []; // owner: the reading thread, until it posts what prepares the run
    private GraphNode? _resultNode;
    private Run? _run;
    private string? _loss; // written by the reading thread, or by the thread that ends the listener; before the run that it ends has ended
    private Timer? _status;
    private byte[] _lastStatus = [];
    private readonly Lock _gate = new();
    private volatile HostedSegmentState _state; // guard of writes: _gate

    /// <param name="connection">To the pipeline's process; not started.</param>
    /// <param name="snapshots">What may cross.</param>
    /// <param name="log">Told in a line what is no error and worth knowing. Default: nothing is called.</param>
    internal HostedSegment(Connection connection, SnapshotOptions snapshots, Action<string>? log = null)
    {
        Connection = connection;
        _snapshots = snapshots;
        _log = log ?? (static _ => { });
    }

    /// <summary>Completes when the segment has ended and its run's process knows, if it is still there.</summary>
    internal Task Over => _over.Task;

    /// <summary>Its end, in words, for logs.</summary>
    internal string Outcome { get; private set; } = "normally";

    internal override string Peer => "the pipeline's process";

    internal override SnapshotOptions Snapshots => _snapshots;

    internal override IReadOnlyList<ItemCodec> Codecs => _blueprint!.Codecs;

    internal override bool AcknowledgesAtOnce => _blueprint!.MayBeReplaced;

    internal override SemaphoreSlim? TurnsOf(int channel) => _groups?.TurnsOf(channel);

    /// <summary>Ends the part when the side that runs the pipeline is gone: no one takes the results.</summary>
    public override void Lost(Exception cause)
    {
        if (_state == HostedSegmentState.Ended)
        {
            return; // the other side knows: it may go before this one does
        }

        Outcome = _loss = cause.Message;
        if (_run is null)
        {
            _over.TrySetResult();
            return;
        }

        CancelRun();
        LoseEnds(cause);
    }

    public override void Closed() => Lost(new IOException("The pipeline's process ended the connection."));

    private protected override void Received(byte kind, ByteSource payload)
    {
        switch (kind)
        {
            case SegmentFrame.Blueprint when _state == HostedSegmentState.Waiting:
                Create(payload);
                break;
            case SegmentFrame.State when _state == HostedSegmentState.Waiting:
                var (_, node, state) = StateFrame.Read(payload);
                _stored[new(node, 0)] = state; // its number in a pool is the other side's
                break;
            case SegmentFrame.Go when TryMoveTo(HostedSegmentState.Going):
                var hasFailed = payload.ReadBool();
                if (_marks is not null && !payload.ReadBool())
                {
                    _marks.HoldsSources = false;
                }

                Later(() => _run!.Strand.Enter(new Step(() => StartSources(hasFailed))));
                break;
            case SegmentFrame.Go when _state == HostedSegmentState.Ended:
                break; // it was cancelled, and the two have crossed
            case SegmentFrame.Cancel when _run is not null:
                CancelRun();
                break;
            case SegmentFrame.StopIntake when _run is not null:
                Later(_run.StopIntake);
                break;
            case SegmentFrame.EndWork when _run is not null:
                EndWork(ErrorBytes.Read(payload, _snapshots, Peer));
                break;
            case SegmentFrame.Mark or SegmentFrame.DropMark or SegmentFrame.ReleaseSources when _marks is not null && _run is not null:
                TakeMark(kind, payload);
                break;
            default:
                throw new ProtocolException($"{Peer} sent a frame of kind {kind}, which has no place there.");
        }
    }

    private void TakeMark(byte kind, ByteSource payload)
    {
        if (_state == HostedSegmentState.Ended)
        {
            return; // the two have crossed: the other side finds the states of the nodes before the end
        }

        switch (kind)
        {
            case SegmentFrame.Mark:
                var number = (long)payload.ReadVarint();
                if (payload.ReadBool())
                {
                    _marks!.HoldsSources = true;
                }

                Later(() => _marks!.Begin(_run!, number));
                break;
            case SegmentFrame.DropMark:
                var dropped = (long)payload.ReadVarint();
                Later(() => _marks!.Drop(_run!, dropped));
                break;
            default:
                _marks!.HoldsSources = false;
                Later(_run!.LookAtSources);
                break;
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Env.Process and Env.Tcp say so to their callers.")]
    private void Create(ByteSource payload)
    {
        try
        {
            // First: what differs may be why the rest cannot be read.
            _otherBuilds = AssemblyBuild.ReadAndCompare(payload, _snapshots);
            _ = CoroutineSnapshot.Parse(payload.ReadBytes(payload.Left).ToArray(), _snapshots).Open(out var root);
            _blueprint = root as SegmentBlueprint ?? throw new ProtocolException($"{Peer} sent a snapshot of something else than a segment.");
            if (Array.Exists(_blueprint.Entries, static entry => entry.Capacity is < 1 or > RemoteOptions.MaxCapacity))
            {
                throw new ProtocolException($"{Peer} wants an edge that holds more than {RemoteOptions.MaxCapacity} items.");
            }

            var links = new Links(this);
            var graph = _blueprint.ToGraph(out _resultNode);
            _groups = _blueprint.MayBeReplaced ? new(graph, _blueprint.Entries, _blueprint.Exits) : null;
            _marks = _blueprint.KeepsState ? new(this, _stored) : null;
            _run = new Run(graph, new RunOptions { CountItems = _blueprint.CountsItems, IncompleteInput = _blueprint.IncompleteInput, Starter = _marks?.Starter }, _ => End(), null, links);
            foreach (var entry in _blueprint.Entries)
            {
                entry.Type.Accept(new RemoteInletFactory(this, entry, links));
            }

            _run.Strand.BeforeRelease += Connection.Flush;
        }
        catch (Exception error)
        {
            Refuse(error);
            return;
        }

        MoveTo(HostedSegmentState.Made);
        Later(() => _run.Strand.Enter(new Step(Prepare)));
    }

    /// <summary>On another thread: callbacks of the token are the application's code.</summary>
    private void CancelRun() => _ = Task.Run(_run!.Cancel);

    /// <summary>The same for the first failure of the pipeline, ahead of the reports along the edges.</summary>
    private void EndWork(Exception failure) => _ = Task.Run(() =>
    {
        foreach (var error in _run!.EndWork(failure))
        {
            SendError(SegmentFrame.Failed, 0, error);
        }
    });

    private void Prepare()
    {
        _run!.Prepare();
        if (BuildNotes.Describe(_otherBuilds) is { } note)
        {
            _log(note);
        }

        Send(SegmentFrame.Prepared, 0, to => BuildNotes.Write(to, _otherBuilds));
        if (_blueprint!.IsWatched)
        {
            _status = new Timer(static segment => ((HostedSegment)segment!).SendStatus(), this, s_statusPeriod, s_statusPeriod);
        }
    }

    /// <summary>If a stage elsewhere has failed before its first item, nothing is taken from a source.</summary>
    private void StartSources(bool hasFailed)
    {
        if (hasFailed)
        {
            _run!.Learn(new InvalidOperationException("Another part of the pipeline has failed."));
        }

        _run!.GetSourcesReady();
    }

    private void Refuse(Exception error)
    {
        Outcome = $"refused: {error.Message}";
        MoveTo(HostedSegmentState.Ended);
        SendError(SegmentFrame.Refused, 0, error);
        Finish();
    }

    private void End()
    {
        _status?.Dispose();
        if (_blueprint!.IsWatched)
        {
            SendStatus();
        }

        Outcome = _loss ?? (_run!.Failures is [var failure, ..] ? $"failed with {failure.GetType().Name}" : _run.WasCanceled ? "cancelled" : Outcome);
        MoveTo(HostedSegmentState.Ended); // before the other side knows, which may go then
        var hasSucceeded = _run!.Failures.Count == 0 && !_run.WasCanceled;
        if (hasSucceeded && _marks?.End(_run) is { } unstorable)
        {
            SendError(SegmentFrame.Failed, 0, unstorable);
            hasSucceeded = false;
        }

        var (isCanceled, hasResult) = (_run.WasCanceled, hasSucceeded && _resultNode is not null);
        try
        {
            Send(SegmentFrame.Ended, 0, to => WriteEnd(to, isCanceled, hasResult, hasSucceeded));
        }
        catch (Exception error) // the result cannot be written, since its type is not portable, its codec fails, or it is too large
        {
            SendError(SegmentFrame.Failed, 0, error);
            Send(SegmentFrame.Ended, 0, to => WriteEnd(to, isCanceled, hasResult: false, hasStates: false));
        }

        Finish();
    }

    private void WriteEnd(ByteSink to, bool isCanceled, bool hasResult, bool hasStates)
    {
        to.WriteBool(isCanceled);
        to.WriteBool(hasResult);
        if (hasResult)
        {
            ItemCodecs.WriterOf<object?>(_snapshots).Write(to, _run!.ResultOf(_resultNode!));
        }

        if (_marks is not null)
        {
            to.WriteBool(hasStates);
        }
    }

    private void MoveTo(HostedSegmentState next)
    {
        var isLegal = TryMoveTo(next);
        Debug.Assert(isLegal, $"A hosted segment that is {_state} cannot be {next}.");
    }

    /// <summary>Changes the state, if the table of <see cref="HostedSegmentState"/> has that way.</summary>
    private bool TryMoveTo(HostedSegmentState next)
    {
        lock (_gate)
        {
            Debug.Assert(_state is HostedSegmentState.Waiting or HostedSegmentState.Ended || (_run is not null && _blueprint is not null), $"A hosted segment that is {_state} has no run.");
            if (!HostedSegmentTransitions.MayMove(_state, next))
            {
                return false;
            }

            _state = next;
            return true;
        }
    }

    private void Finish()
    {
        Connection.Close();
        _ = Connection.Ended.ContinueWith(_ => _over.TrySetResult(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    /// <summary>Only if something has changed.</summary>
    private void SendStatus()
    {
        var status = new ByteSink();
        SegmentStatus.Write(status, _run!.Nodes);
        lock (_status!)
        {
            if (!status.Written.SequenceEqual(_lastStatus))
            {
                _lastStatus = status.Written.ToArray();
                try
                {
                    Send(SegmentFrame.Status, 0, to => to.WriteBytes(_lastStatus));
                }
                catch (InvalidOperationException tooLarge)
                {
                    _status.Dispose(); // the next one is no smaller, and the part does without
                    _log($"The state of the stages is not reported any more. {tooLarge.Message}");
                }
            }
        }
    }

    /// <summary>Something to do within the strand.</summary>
    private sealed class Step(Action action) : StrandWork
    {
        internal override void Run() => action();
    }

    private sealed class Links(HostedSegment segment) : SegmentLinks, IInlets
    {
        private readonly Dictionary<int, object> _inlets = [];

        internal override StrandHost Host => FreeHost.Instance;

        Inlet<T> IInlets.Make<T>(Crossing crossing)
        {
            var inlet = new Inlet<T>(crossing.Capacity);
            _inlets.Add(crossing.Channel, inlet);
            return inlet;
        }

        internal override Inlet<T> InletOf<T>(int channel) => (Inlet<T>)_inlets[channel];

        internal override Outlet<T> OutletOf<T>(int channel)
        {
            var blueprint = segment._blueprint!;
            var exit = Array.FindIndex(blueprint.Exits, exit => exit.Channel == channel);
            return new RemoteOutlet<T>(segment, blueprint.Exits[exit], blueprint.ExitPositions[exit]);
        }

        internal override void Failed(Exception failure) => segment.SendError(SegmentFrame.Failed, 0, failure);
    }
}
