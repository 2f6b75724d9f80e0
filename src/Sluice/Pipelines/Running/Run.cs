using System.Diagnostics;

namespace Sluice;

/// <summary>One run of a pipeline, or of a segment of one: its strand, its nodes, its token, and how it ends (design, rule 12).</summary>
/// <remarks>Owner: the strand, except that <see cref="Cancellation"/> may be read and cancelled from anywhere.</remarks>
#pragma warning disable CA1001 // a source without timer, link or wait handle holds nothing; a late caller may still cancel it
internal sealed partial class Run : IPipelineRun
#pragma warning restore CA1001
{
    private readonly PipelineGraph _graph;

    /// <summary>Its origin; null for a segment.</summary>
    private readonly RunOrigin? _origin;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly List<Exception> _failures = [];

    /// <summary>All that have come along: besides <see cref="_failures"/> those of other segments, which have reported them.</summary>
    private readonly Dictionary<Exception, PassingFailure> _knownFailures = new(ReferenceEqualityComparer.Instance);
    private readonly Action<Run> _complete;
    private readonly Node[] _nodes;
    private readonly LazyToken _ended = new();

    /// <summary>The context in which the sources of a run within another one start: that of the item which it was made for. Null for all others.</summary>
    private readonly ExecutionContext? _innerContext;

    /// <summary>Set once, from any thread: also by a failure elsewhere.</summary>
    private Exception? _firstFailure;
    private int _live;

    /// <summary>Owner: the strand. <see cref="WasCanceled"/> is asked when the run has ended.</summary>
    private RunState _state;

    internal Run(PipelineGraph graph, RunOptions options, Action<Run> complete, RunOrigin? origin, SegmentLinks? links = null)
    {
        _graph = graph;
        _origin = origin;
        _complete = complete;
        Links = links;
        TimeProvider = options.TimeProvider;
        CountsItems = options.CountItems;
        FailsIfIncomplete = options.IncompleteInput == IncompleteInput.Fail;
        Starter = options.Starter;
        _nodes = [.. graph.Nodes.Select(blueprint => new Node(this, blueprint))];
        _live = _nodes.Length;
        Cancellation = _cancellation.Token;
        Strand = links is null
            ? new Strand { RunCancellation = Cancellation, Ending = _ended, TimeProvider = TimeProvider, Context = ExecutionContext.Capture() }
            : new Strand { RunCancellation = Cancellation, Ending = _ended, TimeProvider = TimeProvider, Context = ExecutionContext.Capture(), Host = links.Host };
    }

    /// <summary>A run inside a stage of another one, in whose strand it is: of a source that is one of its items. Call <see cref="Prepare"/>, then
    /// <see cref="GetSourcesReady"/>.</summary>
    internal Run(PipelineGraph graph, Strand outer, bool failsIfIncomplete, Action<Run> complete)
    {
        _graph = graph;
        _complete = complete;
        _innerContext = ExecutionContext.Capture();
        TimeProvider = outer.TimeProvider;
        FailsIfIncomplete = failsIfIncomplete;
        _nodes = [.. graph.Nodes.Select(blueprint => new Node(this, blueprint))];
        _live = _nodes.Length;
        Cancellation = _cancellation.Token;
        Strand = outer;
        IsInner = true;
    }

    internal Strand Strand { get; }

    /// <summary>Gets whether it is inside a stage of another run. It has no failures of the strand's: children that no one awaits are the outer run's.</summary>
    internal bool IsInner { get; }

    /// <summary>Spreads ends from node to node.</summary>
    internal EndSteps Ends { get; } = new();

    /// <summary>Starts its nodes if their state is kept; else null.</summary>
    internal NodeStarter? Starter { get; init; }

    /// <summary>Keeps sends within the stack.</summary>
    internal SendDepth Depth { get; } = new();

    /// <summary>The context that its sources start in. Default: that in which it is made.</summary>
    internal ExecutionContext? Context { init => Strand.Context = value; }

    /// <summary>Its connections, if it is a segment.</summary>
    internal SegmentLinks? Links { get; }

    /// <summary>The run's own token; the token from outside cancels it.</summary>
    internal CancellationToken Cancellation { get; }

    /// <summary>Cancelled when the run was cancelled or has failed. Any thread.</summary>
    internal CancellationToken Ended => _ended.TokenWith(Cancellation);

    public IEnumerable<CancellationToken> Tokens => [Cancellation];

    public TimeProvider TimeProvider { get; }

    public bool CountsItems { get; }

    /// <inheritdoc cref="RunOptions.IncompleteInput"/>
    internal bool FailsIfIncomplete { get; }

    public IReadOnlyList<Exception> Failures => _failures;

    internal bool HasFailed => FirstFailure is not null;

    /// <summary>The first failure that is known here, of this segment or of another.</summary>
    internal Exception? FirstFailure => Volatile.Read(ref _firstFailure);

    public bool WasCanceled => _state is RunState.Canceled or RunState.EndedByCancel;

    public object? Result => ResultOf(_nodes[^1].Blueprint);

    public IReadOnlyList<NodeStatus> Nodes => [.. _nodes.Select(static node => node.Status)];

    /// <summary>The bodies of a kind among those that are made. Within the strand.</summary>
    internal IEnumerable<TBody> BodiesOf<TBody>() => _nodes.Select(static node => node.Body).OfType<TBody>();

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
            host.Post(new(Strand, new StrandStep(ExecutionContext.Capture(), () =>
            {
                Prepare();
                ready();
                _origin!.Listen(this);
                host.Post(new(Strand, new StrandStep(null, GetSourcesReady))); // a turn later: the code that waits for the handle has it before
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

        foreach (var node in _nodes)
        {
            node.NoteDepthOfOutputs(); // each node is before all that it sends to
        }

        for (var i = _nodes.Length - 1; i >= 0; i--)
        {
            _nodes[i].Blueprint.Spec.Start(_nodes[i], _nodes[i].Targets());
        }

        for (var i = _nodes.Length - 1; i >= 0; i--)
        {
            _nodes[i].HoldInputs(); // first: a source that waits for its turn is ended by what follows
        }

        Starter?.Finish(_nodes);
        foreach (var node in _nodes)
        {
            node.LookAtOutputs(); // what ended before its inputs were there could not tell them
        }

        if (_state is RunState.Made or RunState.CanceledEarly) // else its nodes have all ended while they were started
        {
            var isCanceled = _state == RunState.CanceledEarly;
            MoveTo(RunState.Prepared);
            if (isCanceled)
            {
                CancelWithin();
            }
        }
    }

    /// <summary>Runs the sources when the strand is let go, behind what <see cref="Prepare"/> has interrupted, so that
    /// nothing is taken from a source without success. Within the strand.</summary>
    internal void GetSourcesReady()
    {
        if (_state == RunState.Prepared)
        {
            MoveTo(RunState.Going);
        }

        foreach (var node in _nodes)
        {
            if (!node.IsHeld)
            {
                Open(node);
            }
            else if (node.Body is ISourceBody { StartsAtOnce: true } source)
            {
                source.GetReady();
            }
        }
    }

    /// <summary>All that a node feeds is open: if it is a source it may start, or will when all may. An entry that has ended by a
    /// cancellation is told too, and tells the exit before it.</summary>
    internal void Open(Node node)
    {
        if (_state >= RunState.Going)
        {
            (node.Body as ISourceBody)?.Open();
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
            Strand.Enter(new CancelWork(this)); // also when a callback of the user's threw
        }
    }

    public void StopIntake() => Strand.Enter(new StopWork(this));

    /// <summary>Goes back to the context of the item that a run inside a stage was made for. Before one of its sources starts.</summary>
    internal void EnterContext() => ContextFlow.Restore(_innerContext);

    /// <summary>Everything that waits in the run gets the cancellation.</summary>
    internal void CancelWithin()
    {
        switch (_state)
        {
            case RunState.Made:
                MoveTo(RunState.CanceledEarly); // some nodes may have no body yet, so the end of Prepare cancels
                return;
            case RunState.Prepared or RunState.Going:
                MoveTo(RunState.Canceled); // first: a node that ends by it calls this again
                break;
            default:
                return;
        }

        EndMark(null, hasPassed: false);
        var canceled = new OperationCanceledException("The pipeline's run was canceled.", Cancellation);
        foreach (var node in _nodes)
        {
            if (!node.IsEnded)
            {
                node.Body.Cancel(canceled);
            }
        }
    }

    internal void NodeEnded()
    {
        Debug.Assert(_live > 0, "A node has ended twice.");
        if (--_live > 0)
        {
            return;
        }

        Debug.Assert(Array.TrueForAll(_nodes, static node => node.IsEnded), "The run has ended, and one of its nodes has not.");
        MoveTo(_state == RunState.Canceled ? RunState.EndedByCancel : RunState.Ended);
        if (IsInner)
        {
            _complete(this);
            return;
        }

        var hasCanceledTokens = Array.Exists(_nodes, static node => node.HasCanceledToken);
        foreach (var unawaited in Strand.TakeUnawaited())
        {
            // A token of the run or of a node may have cancelled work that is not awaited: that is no failure.
            if (!HasFailedWith(unawaited) && !(unawaited is OperationCanceledException && (WasCanceled || HasFailed || hasCanceledTokens)))
            {
                Add(unawaited);
            }
        }

        // Behind what the strand still does: sends that were on their way are counted as done, and what goes to other segments is sent out.
        Strand.WhenReleased(() => _complete(this));
    }

    private void MoveTo(RunState next)
    {
        Debug.Assert(Strand.IsHeldHere, "The state of a run is its strand's.");
        Debug.Assert(MayMove(_state, next), $"A run that is {_state} cannot be {next}.");
        _state = next;
    }

    /// <summary>The table of <see cref="RunState"/>.</summary>
    internal static bool MayMove(RunState from, RunState to) => to switch
    {
        RunState.CanceledEarly => from == RunState.Made,
        RunState.Prepared => from is RunState.Made or RunState.CanceledEarly,
        RunState.Going => from == RunState.Prepared,
        RunState.Canceled => from is RunState.Prepared or RunState.Going,
        RunState.Ended => from is RunState.Made or RunState.CanceledEarly or RunState.Prepared or RunState.Going,
        RunState.EndedByCancel => from == RunState.Canceled,
        _ => false,
    };

    private sealed class StopWork(Run run) : StrandWork
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

    private sealed class CancelWork(Run run) : StrandWork
    {
        internal override void Run() => run.CancelWithin();
    }
}
