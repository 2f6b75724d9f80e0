namespace Sluice;

/// <summary>One run of a pipeline, or of a segment of one: its strand, its nodes, its token, and how it ends (design, rule 12).</summary>
/// <remarks>Owner: the strand, except that <see cref="Cancellation"/> may be read and cancelled from anywhere.</remarks>
#pragma warning disable CA1001 // a source without timer, link or wait handle holds nothing; a late caller may still cancel it
internal sealed class Run : IPipelineRun
#pragma warning restore CA1001
{
    private readonly PipelineGraph _graph;

    /// <summary>Who has started it; null for a segment.</summary>
    private readonly RunOrigin? _origin;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly List<Exception> _failures = [];

    /// <summary>Failures of other segments, which come along the edges: those segments have reported them.</summary>
    private readonly List<Exception> _failuresElsewhere = [];
    private readonly Action<Run> _complete;
    private readonly Node[] _nodes;
    private readonly LazyToken _ended = new();

    /// <summary>Set once, from any thread: also by a failure elsewhere.</summary>
    private Exception? _firstFailure;
    private int _live;
    private bool _canceled;
    private bool _isPrepared;
    private bool _isCanceledEarly; // before there was anything to cancel

    internal Run(PipelineGraph graph, RunOptions options, Action<Run> complete, RunOrigin? origin, SegmentLinks? links = null)
    {
        _graph = graph;
        _origin = origin;
        _complete = complete;
        Links = links;
        TimeProvider = options.TimeProvider;
        CountsItems = options.CountItems;
        _nodes = [.. graph.Nodes.Select(blueprint => new Node(this, blueprint))];
        _live = _nodes.Length;
        Cancellation = _cancellation.Token;
        Strand = links is null
            ? new Strand { RunCancellation = Cancellation, Ending = _ended, TimeProvider = TimeProvider }
            : new Strand { RunCancellation = Cancellation, Ending = _ended, TimeProvider = TimeProvider, Host = links.Host };
    }

    internal Strand Strand { get; }

    /// <summary>The context that its sources start in; null for that of whoever starts them.</summary>
    internal ExecutionContext? Context { get; set; }

    /// <summary>What it is connected with, if it is a segment.</summary>
    internal SegmentLinks? Links { get; }

    /// <summary>The run's own token; the token from outside cancels it.</summary>
    internal CancellationToken Cancellation { get; }

    /// <summary>Cancelled when the run was cancelled or has failed. Any thread.</summary>
    internal CancellationToken Ended => _ended.TokenWith(Cancellation);

    public IEnumerable<CancellationToken> Tokens => [Cancellation];

    public TimeProvider TimeProvider { get; }

    public bool CountsItems { get; }

    public IReadOnlyList<Exception> Failures => _failures;

    internal bool HasFailed => FirstFailure is not null;

    /// <summary>The first failure that is known here, of this segment or of another.</summary>
    internal Exception? FirstFailure => Volatile.Read(ref _firstFailure);

    public bool WasCanceled => _canceled;

    public object? Result => ResultOf(_nodes[^1].Blueprint);

    public IReadOnlyList<NodeStatus> Nodes => [.. _nodes.Select(static node => node.Status)];

    internal object? ResultOf(GraphNode sink) => _nodes[sink.Index].Body.Root?.BoxedResult;

    public void Start()
    {
        if (!Strand.TryHold(out var hold))
        {
            throw new InvalidOperationException("A new run's strand is held.");
        }

        Prepare();
        GetSourcesReady();
        _origin!.Listen(this);
        Strand.Leave(hold);
    }

    public void StartBeside(Action ready)
    {
        if (Strand.Host is { } host)
        {
            Context = ExecutionContext.Capture();
            host.Post(new(Strand, new StrandStep(Context, () =>
            {
                Prepare();
                ready();
                _origin!.Listen(this);
                host.Post(new(Strand, new StrandStep(null, GetSourcesReady))); // a turn later: whoever waits for the handle has it before
            })));
        }
        else
        {
            ThreadPool.QueueUserWorkItem(_ => Strand.Enter(new StrandStep(null, () =>
            {
                Prepare();
                GetSourcesReady();
                ready();
                _origin!.Listen(this);
            })));
        }
    }

    /// <summary>Makes every stage wait for items, from the sinks up, before anything is sent to it. Within the strand.</summary>
    internal void Prepare()
    {
        foreach (var edge in _graph.Edges)
        {
            Node.Connect(_nodes[edge.From.Index], _nodes[edge.To.Index], edge.Slot);
        }

        foreach (var blueprint in Enumerable.Reverse(_graph.Nodes))
        {
            var node = _nodes[blueprint.Index];
            blueprint.Spec.Start(node, node.Targets());
        }

        foreach (var node in _nodes)
        {
            node.HoldInputs(); // first: a source that waits for its turn is ended by what follows
        }

        foreach (var node in _nodes)
        {
            node.LookAtOutputs(); // what ended before its inputs were there could not tell them
        }

        _isPrepared = true;
        if (_isCanceledEarly)
        {
            CancelWithin();
        }
    }

    /// <summary>The sources are to run when the strand is let go, behind what <see cref="Prepare"/> has interrupted, so that
    /// nothing is taken from a source in vain. Within the strand.</summary>
    internal void GetSourcesReady()
    {
        foreach (var node in _nodes)
        {
            if (!node.IsHeld || node.Body is ISourceBody { StartsAtOnce: true })
            {
                (node.Body as ISourceBody)?.GetReady();
            }
        }
    }

    public void Cancel()
    {
        try
        {
            _cancellation.Cancel();
        }
        finally
        {
            _origin?.EndWork();
            Strand.Enter(new CancelEntry(this)); // also when a callback of the user's threw
        }
    }

    public void StopIntake() => Strand.Enter(new StopEntry(this));

    /// <summary>Everything that waits in the run gets the cancellation.</summary>
    internal void CancelWithin()
    {
        if (_canceled || _live == 0)
        {
            return;
        }

        if (!_isPrepared)
        {
            _isCanceledEarly = true;
            return;
        }

        _canceled = true;
        var canceled = new OperationCanceledException("The pipeline's run was canceled.", Cancellation);
        foreach (var node in _nodes)
        {
            if (!node.IsEnded)
            {
                node.Body.Cancel(canceled);
            }
        }
    }

    internal void Fail(Node node, Exception failure)
    {
        if (!HasFailedWith(failure) && !TellsOfFailureThatIsKnown(failure))
        {
            failure.Note("Sluice.Stage", node.Name);
            Add(failure);
        }
    }

    /// <summary>A failure has come along an edge from another segment, which reports it.</summary>
    internal void Learn(Exception failureElsewhere)
    {
        _failuresElsewhere.Add(failureElsewhere);
        Interlocked.CompareExchange(ref _firstFailure, failureElsewhere, null);
    }

    internal bool HasFailedWith(Exception error) => ReferenceEquals(FirstFailure, error) || _failures.Contains(error) || _failuresElsewhere.Contains(error);

    /// <summary>A node has failed: what waits in the run with its token goes on, and ends.</summary>
    internal void EndWork(Node failed)
    {
        _origin?.EndWork();
        try
        {
            _ended.Cancel();
        }
        catch (AggregateException callbacks)
        {
            Fail(failed, callbacks);
        }
    }

    /// <summary>The same for another segment's failure, ahead of what tells of it along the edges, behind the items. Any thread;
    /// callbacks of tokens run on it.</summary>
    /// <exception cref="AggregateException">Thrown: what callbacks of tokens have thrown.</exception>
    internal void EndWork(Exception failureElsewhere)
    {
        if (Interlocked.CompareExchange(ref _firstFailure, failureElsewhere, null) is null) // first: a cancellation that comes of it is classified by this
        {
            _ended.Cancel();
        }
    }

    /// <summary>A send that waited for a receiver which failed: its sender has failed too, but of nothing new.</summary>
    private bool TellsOfFailureThatIsKnown(Exception failure)
    {
        var at = failure;
        while (at is TargetClosedException { Failed: true, InnerException: { } cause })
        {
            at = cause;
        }

        return HasFailedWith(at);
    }

    internal void NodeEnded()
    {
        if (--_live > 0)
        {
            return;
        }

        foreach (var unawaited in Strand.TakeUnawaited())
        {
            if (!HasFailedWith(unawaited) && !(unawaited is OperationCanceledException && HasCanceledTokens))
            {
                Add(unawaited);
            }
        }

        if (Links is null)
        {
            _complete(this); // a task: who awaits it goes on elsewhere, who blocks for it goes on now
        }
        else
        {
            Strand.WhenReleased(() => _complete(this)); // behind what the strand sends out before it is let go
        }
    }

    /// <summary>Whether work that nobody awaits may have been cancelled by a token of the run or of a node: that is no failure.</summary>
    private bool HasCanceledTokens => _canceled || HasFailed || Array.Exists(_nodes, static node => node.HasCanceledToken);

    private void Add(Exception failure)
    {
        _failures.Add(failure);
        Interlocked.CompareExchange(ref _firstFailure, failure, null);
        Links?.Failed(failure);
    }

    private sealed class StopEntry(Run run) : StrandEntry
    {
        internal override void Run()
        {
            foreach (var node in run._nodes)
            {
                if (!node.IsEnded)
                {
                    (node.Body as ISourceBody)?.Stop();
                }
            }
        }
    }

    private sealed class CancelEntry(Run run) : StrandEntry
    {
        internal override void Run() => run.CancelWithin();
    }
}
