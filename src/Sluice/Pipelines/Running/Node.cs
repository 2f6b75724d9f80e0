using System.Diagnostics;

namespace Sluice;

/// <summary>What runs at a node: a coroutine behind its port, an operator, or a source. Called within the strand.</summary>
internal interface INodeBody
{
    /// <summary>All inputs have ended, or one has failed.</summary>
    void CloseInput();

    /// <summary>An input has failed.</summary>
    void ThrowIn(Exception error);

    /// <summary>All outputs have ended; <paramref name="ended"/> is set if all of them ended normally (rule 5).</summary>
    void OutputsEnded(TargetClosedException? ended);

    void Cancel(OperationCanceledException canceled);

    /// <summary>The end of an edge, for a node that several edges lead to.</summary>
    object CreateEdge(Node from);

    string DescribeState();
}

/// <summary>One node of one run: who is before and behind it, and how its end spreads (rules 5, 11 and 12).</summary>
/// <remarks>Owner: the run's strand.</remarks>
[DebuggerDisplay("{Name,nq}: {DebuggerState,nq}")]
internal sealed class Node(Run run, GraphNode blueprint) : IReceiver
{
    private readonly List<Node> _inputs = [];
    private readonly List<Node> _outputs = [];
    private List<PendingSend>? _closeWaiters;
    private int _openInputs;
    private bool _isSettled;

    /// <summary>Edges that the stage closed itself, so that its end does not close them again.</summary>
    private HashSet<Node>? _closedByStage;

    internal Run Run => run;

    public string Name => blueprint.Name;

    PendingSend? IReceiver.WaitsFor => (Body as IReceiver)?.WaitsFor;

    /// <summary>Set while the run is built, from the sinks up.</summary>
    internal INodeBody Body { get; set; } = null!;

    internal int InputCount => _inputs.Count;

    internal bool IsEnded { get; private set; }

    internal Exception? Failure { get; private set; }

    private bool EndedNormally { get; set; }

    internal string DebuggerState => Body.DescribeState();

    internal static void Connect(Node from, Node to)
    {
        from._outputs.Add(to);
        to._inputs.Add(from);
        to._openInputs++;
    }

    /// <summary>What the end of a node's coroutine counts as (rule 5, and the rules of cancelling).</summary>
    internal (CoroutineStatus Outcome, Exception? Failure) Classify(Exception? error, bool hasResult) => error switch
    {
        null => (CoroutineStatus.Completed, null),
        OperationCanceledException when run.Cancellation.IsCancellationRequested => (CoroutineStatus.Canceled, null),
        TargetClosedException ended when IsOwnOutput(ended.Port) && !ended.Failed =>
            run.Cancellation.IsCancellationRequested ? (CoroutineStatus.Canceled, null)
            : hasResult ? (CoroutineStatus.Faulted, error)
            : (CoroutineStatus.Completed, null),
        _ => (CoroutineStatus.Faulted, error),
    };

    /// <summary>One edge into this node has ended, normally or with a failure. Once for each edge.</summary>
    internal void InputEnded(Exception? failure)
    {
        _openInputs--;
        if (IsEnded)
        {
            return;
        }

        if (failure is not null)
        {
            Body.ThrowIn(failure);
        }

        if (failure is not null || _openInputs == 0)
        {
            Body.CloseInput();
        }
    }

    /// <summary>Nothing more comes of a close of one edge into this node: it and all behind it have ended, or it stays open
    /// because of its other edges (docs/decisions/0008).</summary>
    private bool IsDoneForOneEdge => _isSettled || (!IsEnded && _openInputs > 0);

    /// <summary>A stage closes its target itself: completes when everything that ends by it has ended (rule 8).</summary>
    internal ValueTask CloseFrom(Node stage)
    {
        if ((stage._closedByStage ??= []).Add(this))
        {
            InputEnded(null);
        }

        if (IsDoneForOneEdge)
        {
            return Failure is null ? default : ValueTask.FromException(Failure);
        }

        var close = new PendingClose(this);
        (_closeWaiters ??= []).Add(close);
        return close.AsValueTask();
    }

    /// <summary>The node before this one, if there is only one.</summary>
    internal Node OnlyInput => _inputs[0];

    /// <summary>The node's body has ended: tells the run, then what is behind it, then what is before it.</summary>
    internal void End(CoroutineStatus outcome, Exception? failure)
    {
        IsEnded = true;
        EndedNormally = outcome == CoroutineStatus.Completed;
        Failure = failure;
        if (failure is not null)
        {
            run.Fail(this, failure);
        }
        else if (outcome == CoroutineStatus.Canceled)
        {
            run.CancelWithin();
        }

        foreach (var output in _outputs)
        {
            if (_closedByStage is null || _closedByStage.Add(output))
            {
                output.InputEnded(failure);
            }
        }

        Settle();
        foreach (var input in _inputs)
        {
            input.LookAtOutputs();
        }

        run.NodeEnded();
    }

    private bool IsOwnOutput(object port) => _outputs.Exists(output => ReferenceEquals(output.Body, port));

    /// <summary>If all outputs have ended there is nobody to work for.</summary>
    internal void LookAtOutputs()
    {
        if (!IsEnded && Body is not null && _outputs.Count > 0 && _outputs.TrueForAll(static output => output.IsEnded))
        {
            Body.OutputsEnded(_outputs.TrueForAll(static output => output.EndedNormally)
                ? new TargetClosedException(_outputs[^1].Body, _outputs[^1].Name, null, failed: false)
                : null);
        }
    }

    private void Settle()
    {
        if (_isSettled || !IsEnded || !_outputs.TrueForAll(static output => output.IsDoneForOneEdge))
        {
            return;
        }

        _isSettled = true;
        _closeWaiters?.ForEach(close => close.Complete(Failure));
        _closeWaiters = null;
        _inputs.ForEach(static input => input.Settle());
    }
}
