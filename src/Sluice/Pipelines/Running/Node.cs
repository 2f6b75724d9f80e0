using System.Diagnostics;

namespace Sluice;

/// <summary>What runs at a node: a coroutine behind its port, an operator, or a source. Called within the strand.</summary>
internal interface INodeBody
{
    /// <summary>All edges into an inbox have ended, or one into the node has failed.</summary>
    void CloseInput(int slot);

    /// <summary>An input has failed.</summary>
    void ThrowIn(Exception error);

    /// <summary>All outputs have ended. <paramref name="ended"/> tells so if all of them ended normally (rule 5); it is the
    /// failure if one failed, and null if they were cancelled.</summary>
    void OutputsEnded(Exception? ended);

    void Cancel(OperationCanceledException canceled);

    /// <summary>What the node before sends to: the inbox's target, or one for this edge alone if others lead there too.</summary>
    object TargetOf(Edge edge, bool isOnly);

    /// <summary>Whether a target that has ended is one of this node.</summary>
    bool Owns(object port) => ReferenceEquals(port, this);

    string DescribeState();

    /// <summary>The message that it handles, if its sender waits for that.</summary>
    PendingSend? InProgress => null;

    /// <summary>Whether it is neither ended nor waiting for an item, so that a send may be what it waits for.</summary>
    bool IsAtWork => false;

    /// <summary>The ended coroutine that has the node's result.</summary>
    Coroutine? Root => null;

    /// <summary>The node, and everything that ends by it, has ended.</summary>
    void Settled()
    {
    }
}

/// <summary>A source: it starts when everything behind it waits.</summary>
internal interface ISourceBody : INodeBody
{
    /// <summary>It is to start from the strand's queue, in the order of these calls. A second call does nothing.</summary>
    void GetReady();

    /// <summary>Whether it starts though what it feeds is not open yet.</summary>
    bool StartsAtOnce => false;

    /// <summary>It is to give no more items; a source that does not look at its token goes on.</summary>
    void Stop();
}

/// <summary>One node of one run: who is before and behind it, and how its end spreads (rules 5, 11 and 12).</summary>
/// <remarks>Owner: the run's strand.</remarks>
[DebuggerDisplay("{Name,nq}: {DebuggerState,nq}")]
internal sealed class Node(Run run, GraphNode blueprint) : IReceiver, IOperatorOwner
{
    private readonly List<Edge> _inputs = [];
    private readonly List<Edge> _outputs = [];
    private List<PendingSend>? _closeWaiters;
    private readonly LazyToken _ending = new();
    private bool _isSettled;

    /// <summary>All outputs have ended normally, or a source was told to stop: what is cancelled now ends normally.</summary>
    private bool _isUnneeded;

    /// <summary>On how many inboxes behind this node it depends that are not open yet: a source starts when there is none.</summary>
    private int _unopened;

    internal Run Run => run;

    public string Name => blueprint.Name;

    PendingSend? IReceiver.WaitsFor => (Body as IReceiver)?.WaitsFor;

    /// <summary>Set while the run is built, from the sinks up.</summary>
    internal INodeBody Body { get; set; } = null!;

    internal GraphNode Blueprint => blueprint;

    internal IReadOnlyList<Edge> Inputs => _inputs;

    internal IReadOnlyList<Edge> Outputs => _outputs;

    internal bool IsEnded { get; private set; }

    public Exception? Failure { get; private set; }

    private bool EndedNormally { get; set; }

    internal string DebuggerState => DescribeState();

    /// <summary>In a run that counts items, the wait for a send is between the node and the send, so it is seen at the edge only.</summary>
    private string DescribeState() =>
        !IsEnded && Body.IsAtWork && _outputs.Exists(static output => output.IsBlocked)
            ? string.Join(", or ", _outputs.Where(static output => output.IsBlocked).Select(static output => DescribeSendTo(output.To)))
            : Body.DescribeState();

    /// <summary>The send that a source waits for which it has made before it was known as the one that waits: in its first run. From
    /// any thread.</summary>
    internal PendingSend? FindSendOf(ICoroutineOwner owner)
    {
        foreach (var output in _outputs)
        {
            if (Taker(output.To).Body.InProgress is { } send && ReferenceEquals(send.SenderOwner, owner))
            {
                return send;
            }
        }

        return null;
    }

    /// <summary>What the node waits for that has sends under way, and comes to wait for one of them. From any thread.</summary>
    internal string DescribeBlockedOutputs() =>
        string.Join(", or ", _outputs.Where(static output => output.To is { IsEnded: false }).Select(static output => DescribeSendTo(output.To)));

    /// <summary>Operators take nothing themselves: an item waits for what is behind them.</summary>
    private static Node Taker(Node to)
    {
        while (to.Body is not IReceiver && to._outputs is [var only])
        {
            to = only.To;
        }

        return to;
    }

    private static string DescribeSendTo(Node to) => (Taker(to).Body as IReceiver)?.DescribeSend ?? $"waits for '{to.Name}' to take an item";

    /// <summary>From any thread.</summary>
    internal NodeStatus Status => new(
        Name,
        Blueprint.Kind,
        IsEnded,
        Body is null ? "is being started" : IsEnded && Failure is { } failure ? $"failed with {failure.GetType().Name}" : DescribeState(),
        _inputs.Sum(static edge => Volatile.Read(ref edge.Completed)),
        _outputs.Sum(static edge => Volatile.Read(ref edge.Sent)),
        _inputs.Sum(static edge => Volatile.Read(ref edge.Sent) - Volatile.Read(ref edge.Completed)),
        run.TimeProvider.GetElapsedTime(0, BlockedUntil(run.TimeProvider.GetTimestamp())));

    private long BlockedUntil(long now) => _outputs.Sum(edge => edge.BlockedUntil(now));

    internal static void Connect(Node from, Node to, int slot)
    {
        var edge = new Edge(from, to, slot);
        from._outputs.Add(edge);
        to._inputs.Add(edge);
    }

    /// <summary>What each node behind this one is sent to by.</summary>
    internal object[] Targets() =>
        [.. _outputs.Select(static edge => edge.To.Body.TargetOf(edge, edge.To._inputs.Count(other => other.Slot == edge.Slot) == 1))];

    /// <summary>What the end of a node's coroutine counts as (rule 5, and the rules of cancelling).</summary>
    /// <remarks>A cancellation counts as what has cancelled the node's token. Which token it comes with is not looked at: code
    /// that links tokens raises it with its own.</remarks>
    public (CoroutineStatus Outcome, Exception? Failure) Classify(Exception? error, bool hasResult) => error switch
    {
        null => (CoroutineStatus.Completed, null),
        OperationCanceledException when run.Cancellation.IsCancellationRequested => (CoroutineStatus.Canceled, null),
        OperationCanceledException when _isUnneeded => (CoroutineStatus.Completed, null),
        OperationCanceledException when run.FirstFailure is { } failure => (CoroutineStatus.Faulted, failure),
        TargetClosedException ended when IsOwnOutput(ended.Port) && !ended.Failed =>
            run.Cancellation.IsCancellationRequested ? (CoroutineStatus.Canceled, null)
            : hasResult ? (CoroutineStatus.Faulted, error)
            : (CoroutineStatus.Completed, null),
        _ => (CoroutineStatus.Faulted, error),
    };

    /// <summary>Cancelled when the node has no reason to work: all its outputs have ended, or the run has failed or was cancelled.
    /// An input that fails is a failure of the run.</summary>
    internal CancellationToken Cancellation => _ending.TokenWith(run.Ended);

    /// <summary>The same, but not cancelled by a failure: for what brings in the items that were sent before it.</summary>
    internal CancellationToken CancellationOfIntake => _ending.TokenWith(run.Cancellation);

    internal bool HasCanceledToken => _isUnneeded;

    /// <summary>Whether the end of the input in the middle is a failure of the node. A failure of the run, and that no one takes what the node sends,
    /// are reasons enough for its end.</summary>
    internal bool FailsIfIncomplete => run.FailsIfIncomplete && !_isUnneeded && run.FirstFailure is null && !run.Cancellation.IsCancellationRequested;

    /// <summary>The first failure of the run, unless it was cancelled.</summary>
    internal Exception? FailureOfRun => run.Cancellation.IsCancellationRequested ? null : run.FirstFailure;

    internal Exception CauseOf(Exception error) => error is OperationCanceledException ? Classify(error, hasResult: false).Failure ?? error : error;

    /// <summary>Whether an inbox behind this node is not open yet.</summary>
    internal bool IsHeld => _unopened > 0;

    /// <summary>What feeds the node's inboxes, from the second one on, waits until they are opened. Before the sources start.</summary>
    internal void HoldInputs()
    {
        if (Blueprint.Spec.OpensInTurn)
        {
            foreach (var source in _inputs.Where(static input => input.Slot > 0).SelectMany(static input => input.From.Upstream()))
            {
                source._unopened++;
            }
        }
    }

    /// <summary>The node's coroutine comes to an inbox: what feeds it starts, if it feeds no other one that is not open.</summary>
    internal void OpenInput(int slot)
    {
        foreach (var source in _inputs.Where(input => input.Slot == slot).SelectMany(static input => input.From.Upstream()).ToList())
        {
            if (--source._unopened == 0)
            {
                (source.Body as ISourceBody)?.GetReady();
            }
        }
    }

    /// <summary>This node and all before it. Each once: what is before the inbox of a node is a tree.</summary>
    private IEnumerable<Node> Upstream()
    {
        var left = new Stack<Node>([this]);
        while (left.TryPop(out var node))
        {
            yield return node;
            node._inputs.ForEach(input => left.Push(input.From));
        }
    }

    /// <summary>A source is to give no more items.</summary>
    internal void Stop()
    {
        _isUnneeded = true;
        CancelToken();
    }

    /// <summary>One edge into this node ends, normally or with a failure. Once for each edge.</summary>
    private void InputEnded(Edge edge, Exception? failure)
    {
        edge.HasEnded = true;
        if (IsEnded)
        {
            return;
        }

        if (failure is not null)
        {
            Body.ThrowIn(failure);
            foreach (var slot in _inputs.Select(static input => input.Slot).Distinct())
            {
                Body.CloseInput(slot);
            }
        }
        else if (_inputs.TrueForAll(input => input.HasEnded || input.Slot != edge.Slot))
        {
            Body.CloseInput(edge.Slot);
        }
    }

    /// <summary>Nothing more comes of a close of one edge into this node: it and all behind it have ended, or it stays open
    /// because of its other edges (docs/decisions/0008).</summary>
    private bool IsDoneForOneEdge => _isSettled || (!IsEnded && !_inputs.TrueForAll(static input => input.HasEnded));

    /// <summary>A stage closes its target itself: completes when everything that ends by it has ended (rule 8).</summary>
    internal ValueTask CloseFrom(Edge edge)
    {
        if (!edge.HasEnded)
        {
            InputEnded(edge, null);
        }

        if (IsDoneForOneEdge)
        {
            return Failure is null ? default : ValueTask.FromException(Failure);
        }

        var close = new PendingClose(this);
        (_closeWaiters ??= []).Add(close);
        return close.AsValueTask();
    }

    ValueTask IOperatorOwner.CloseOnlyInput() => CloseFrom(OnlyInput());

    /// <summary>The edge into an inbox, if there is only one.</summary>
    internal Edge OnlyInput(int slot = 0) => _inputs.Find(edge => edge.Slot == slot)!;

    /// <summary>The node's body has ended: tells the run, then what is behind it, then what is before it.</summary>
    public void End(CoroutineStatus outcome, Exception? failure)
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
            if (!output.HasEnded)
            {
                output.To.InputEnded(output, failure);
            }
        }

        Settle();
        foreach (var input in _inputs)
        {
            input.From.LookAtOutputs();
        }

        if (failure is not null)
        {
            run.EndWork(this); // last: callbacks of tokens are user code, which may look at the nodes
        }

        run.NodeEnded();
    }

    public bool IsOwnOutput(object port) => _outputs.Exists(output => output.To.Body.Owns(port));

    /// <summary>If all outputs have ended there is nobody to work for. That goes up to the sources also when an output failed:
    /// a source behind stages that wait would else never learn of it, and the run would not end.</summary>
    internal void LookAtOutputs()
    {
        if (Body is null || _outputs.Count == 0 || !_outputs.TrueForAll(static output => output.To.IsEnded))
        {
            return;
        }

        _isUnneeded |= _outputs.TrueForAll(static output => output.To.EndedNormally);
        if (!IsEnded)
        {
            Body.OutputsEnded(_isUnneeded
                ? new TargetClosedException(_outputs[^1].To.Body, _outputs[^1].To.Name, null, failed: false)
                : _outputs.Find(static output => output.To.Failure is not null)?.To.Failure);
        }

        CancelToken(); // also if the node has ended: work that its coroutine has left behind may wait with the token
    }

    /// <summary>Wakes up what waits with the node's token. A coroutine goes on from the strand's queue, so nothing of it runs here.</summary>
    private void CancelToken()
    {
        foreach (var error in _ending.Cancel())
        {
            run.Fail(this, error);
        }
    }

    private void Settle()
    {
        if (_isSettled || !IsEnded || !_outputs.TrueForAll(static output => output.To.IsDoneForOneEdge))
        {
            return;
        }

        _isSettled = true;
        _closeWaiters?.ForEach(close => close.Complete(Failure));
        _closeWaiters = null;
        Body.Settled();
        _inputs.ForEach(static input => input.From.Settle());
    }
}
