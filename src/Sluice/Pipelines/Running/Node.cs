using System.Diagnostics;

namespace Sluice;

/// <summary>The code that runs at a node: a coroutine behind its port, an operator, or a source. Called within the strand.</summary>
internal interface INodeBody
{
    /// <summary>All edges into an inbox have ended, or one into the node has failed.</summary>
    void CloseInput(int slot);

    /// <summary>An input has failed.</summary>
    void ThrowIn(Exception error);

    /// <summary>All outputs have ended. <paramref name="ended"/> says so if all of them ended normally (rule 5); it is the
    /// failure if one failed, and null if they were cancelled.</summary>
    void OutputsEnded(Exception? ended);

    void Cancel(OperationCanceledException canceled);

    /// <summary>The target that the node before sends to: the inbox's, or one for this edge alone if others lead there too.</summary>
    object TargetOf(Edge edge, bool isOnly);

    /// <summary>Returns whether a target that has ended is one of this node.</summary>
    bool Owns(object port) => ReferenceEquals(port, this);

    /// <summary>Gets whether what is sent to it waits at the node behind it, and comes back from there with that node's port.</summary>
    bool IsPassedThrough => false;

    string DescribeState();

    /// <summary>The message that it handles, if its sender waits for that.</summary>
    PendingMessage? InProgress => null;

    /// <summary>Gets whether it is neither ended nor waiting for an item, so that a send may be what it waits for.</summary>
    bool IsAtWork => false;

    /// <summary>The ended coroutine that has the node's result.</summary>
    Coroutine? Root => null;

    /// <summary>It had ended when its state was stored.</summary>
    void EndAsStored() => throw new InvalidOperationException("Only an operator is ended so.");

    /// <summary>The node, and everything that ends by it, has ended.</summary>
    void Settled()
    {
    }
}

/// <summary>A source: it starts when everything behind it waits.</summary>
internal interface ISourceBody : INodeBody
{
    /// <summary>Starts it from the strand's queue, in the order of these calls. A second call does nothing.</summary>
    void GetReady();

    /// <summary>Gets whether it gets ready though what it feeds is not open yet.</summary>
    bool StartsAtOnce { get; }

    /// <summary>All that it feeds is open, and the sources may start.</summary>
    void Open();

    /// <summary>Asks it to give no more items; a source that does not look at its token goes on.</summary>
    void Stop();
}

/// <summary>One node of one run: who is before and behind it, and how its end spreads (rules 5, 11 and 12).</summary>
/// <remarks>Owner: the run's strand.</remarks>
[DebuggerDisplay("{Name,nq}: {DebuggerState,nq}")]
internal sealed partial class Node(Run run, GraphNode blueprint) : IReceiver, IOperatorOwner
{
    private readonly List<Edge> _inputs = [];
    private readonly List<Edge> _outputs = [];
    private readonly LazyToken _ending = new();

    /// <summary>All outputs have ended normally, or a source was told to stop: what is cancelled now ends normally.</summary>
    private bool _isUnneeded;

    private long _late; // written by the strand's holder

    internal Run Run => run;

    public string Name => blueprint.Name;

    PendingMessage? IReceiver.WaitsFor => (Body as IReceiver)?.WaitsFor;

    /// <summary>Set while the run is built, from the sinks up.</summary>
    internal INodeBody Body { get; set; } = null!;

    internal GraphNode Blueprint => blueprint;

    /// <summary>The number of the member of a pool that it is in; 0 in all other places.</summary>
    internal int Part => run.Links?.Part ?? 0;

    internal IReadOnlyList<Edge> Inputs => _inputs;

    /// <summary>The number of nodes that are before it, on the longest way.</summary>
    internal int Depth { get; private set; }

    internal IReadOnlyList<Edge> Outputs => _outputs;

    internal bool IsEnded => _state >= NodeState.Ended;

    public Exception? Failure { get; private set; }

    internal string DebuggerState => DescribeState();

    /// <summary>In a run that counts items, the wait for a send is between the node and the send, so it is seen at the edge only.</summary>
    private string DescribeState() =>
        !IsEnded && Body.IsAtWork && _outputs.Exists(static output => output.IsBlocked)
            ? string.Join(", or ", _outputs.Where(static output => output.IsBlocked).Select(static output => DescribeSendTo(output.To)))
            : Body.DescribeState();

    /// <summary>The send that a source waits for which it has made before it was known as the one that waits: in its first run. From
    /// any thread.</summary>
    internal PendingMessage? FindSendOf(ICoroutineOwner owner)
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

    /// <summary>Describes what a node with sends under way waits for, when it comes to wait for one of them. From any thread.</summary>
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
        run.TimeProvider.GetElapsedTime(0, BlockedUntil(run.TimeProvider.GetTimestamp())))
    {
        ItemsLate = Volatile.Read(ref _late),
    };

    internal void CountLate() => Volatile.Write(ref _late, _late + 1);

    private long BlockedUntil(long now) => _outputs.Sum(edge => edge.BlockedUntil(now));

    internal static void Connect(Node from, Node to, int slot)
    {
        var edge = new Edge(from, to, slot);
        from._outputs.Add(edge);
        to.AddInput(edge);
    }

    /// <summary>Once the depth of this one is known.</summary>
    internal void NoteDepthOfOutputs() => _outputs.ForEach(output => output.To.Depth = Math.Max(output.To.Depth, Depth + 1));

    /// <summary>The targets through which this node sends to each node behind it.</summary>
    internal object[] Targets() =>
        [.. _outputs.Select(static edge => edge.To.Body.TargetOf(edge, edge.To.SlotOf(edge.Slot).Edges == 1))];

    /// <summary>Classifies the end of a node's coroutine (rule 5, and the rules of cancelling).</summary>
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

    /// <summary>Gets whether the end of the input in the middle is a failure of the node. A failure of the run, and that no one takes what the node sends,
    /// are reasons enough for its end.</summary>
    internal bool FailsIfIncomplete => run.FailsIfIncomplete && !_isUnneeded && run.FirstFailure is null && !run.Cancellation.IsCancellationRequested;

    /// <summary>The first failure of the run, unless it was cancelled.</summary>
    internal Exception? FailureOfRun => run.Cancellation.IsCancellationRequested ? null : run.FirstFailure;

    internal Exception CauseOf(Exception error) => error is OperationCanceledException ? Classify(error, hasResult: false).Failure ?? error : error;
}
