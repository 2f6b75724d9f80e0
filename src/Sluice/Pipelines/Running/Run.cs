namespace Sluice;

/// <summary>One run of a pipeline: its strand, its nodes, its token, and how it ends (design, rule 12).</summary>
/// <remarks>Owner: the strand, except that <see cref="Cancellation"/> may be read and cancelled from anywhere.</remarks>
#pragma warning disable CA1001 // a source without timer, link or wait handle holds nothing; a late caller may still cancel it
internal sealed class Run
#pragma warning restore CA1001
{
    private readonly PipelineGraph _graph;
    private readonly CancellationToken _callerToken;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly List<Exception> _failures = [];
    private readonly Action<Run> _complete;
    private readonly Node[] _nodes;
    private CancellationTokenRegistration _registration;
    private int _live;
    private bool _canceled;

    internal Run(PipelineGraph graph, RunOptions options, Action<Run> complete, CancellationToken callerToken)
    {
        _graph = graph;
        _callerToken = callerToken;
        _complete = complete;
        TimeProvider = options.TimeProvider;
        CountsItems = options.CountItems;
        _nodes = [.. graph.Nodes.Select(blueprint => new Node(this, blueprint))];
        _live = _nodes.Length;
        Cancellation = _cancellation.Token;
        Strand = new Strand { Cancellation = Cancellation, TimeProvider = TimeProvider };
    }

    internal Strand Strand { get; }

    /// <summary>The run's own token; the caller's token cancels it.</summary>
    internal CancellationToken Cancellation { get; }

    internal TimeProvider TimeProvider { get; }

    /// <summary>What the caller of the pipeline's run sees: all failures, the first one first; or its own token's
    /// cancellation; or nothing.</summary>
    internal IReadOnlyList<Exception> Failures => _failures;

    internal bool HasFailed => _failures.Count > 0;

    internal bool WasCanceled => _canceled;

    internal CancellationToken CallerToken => _callerToken;

    /// <summary>The coroutine that ended with the pipeline's result.</summary>
    internal Coroutine ResultOf<T>(GraphNode sink) => ((NodePort<T>)_nodes[sink.Index].Body).Root!;

    /// <summary>Whether the edges count what goes along them.</summary>
    internal bool CountsItems { get; }

    internal IReadOnlyList<Node> Nodes => _nodes;

    /// <summary>Runs on the caller's thread up to the first wait for something outside. <paramref name="ready"/> is called
    /// when all nodes wait, before the sources start.</summary>
    internal void Start(Action? ready = null)
    {
        foreach (var edge in _graph.Edges)
        {
            Node.Connect(_nodes[edge.From.Index], _nodes[edge.To.Index], edge.Slot);
        }

        if (!Strand.TryHold(out var hold))
        {
            throw new InvalidOperationException("A new run's strand is held.");
        }

        // From the sinks up, so that every stage waits for items before anything is sent to it. Sources only get ready
        // here: they run when all is built.
        foreach (var blueprint in Enumerable.Reverse(_graph.Nodes))
        {
            var node = _nodes[blueprint.Index];
            blueprint.Spec.Start(node, node.Targets());
        }

        foreach (var node in _nodes)
        {
            node.LookAtOutputs(); // what ended before its inputs were there could not tell them
        }

        // Behind what that has interrupted, so that nothing is taken from a source in vain.
        foreach (var node in _nodes)
        {
            (node.Body as ISourceBody)?.GetReady();
        }

        ready?.Invoke();
        _registration = _callerToken.UnsafeRegister(static run => ((Run)run!).Cancel(), this);
        Strand.Leave(hold);
    }

    /// <summary>From any thread.</summary>
    internal void Cancel()
    {
        try
        {
            _cancellation.Cancel();
        }
        finally
        {
            Strand.Enter(new CancelEntry(this)); // also when a callback of the user's threw
        }
    }

    /// <summary>From any thread: no source is to give more items.</summary>
    internal void StopIntake() => Strand.Enter(new StopEntry(this));

    /// <summary>Everything that waits in the run gets the cancellation.</summary>
    internal void CancelWithin()
    {
        if (_canceled || _live == 0)
        {
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
        if (!_failures.Contains(failure) && !TellsOfFailureThatIsKnown(failure))
        {
            _failures.Add(failure);
            failure.Data["Sluice.Stage"] = node.Name;
        }
    }

    internal bool HasFailedWith(Exception error) => _failures.Contains(error);

    /// <summary>A send that waited for a receiver which failed: its sender has failed too, but of nothing new.</summary>
    private bool TellsOfFailureThatIsKnown(Exception failure)
    {
        var at = failure;
        while (at is TargetClosedException { Failed: true, InnerException: { } cause })
        {
            at = cause;
        }

        return _failures.Contains(at);
    }

    internal void NodeEnded()
    {
        if (--_live > 0)
        {
            return;
        }

        foreach (var unawaited in Strand.TakeUnawaited())
        {
            if (!_failures.Contains(unawaited))
            {
                _failures.Add(unawaited);
            }
        }

        _registration.Unregister();
        StrandThread.Current.AfterRelease(() => _complete(this));
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
