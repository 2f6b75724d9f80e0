using System.Diagnostics;

namespace Sluice;

/// <content>How the end of the node spreads to those behind it and before it (rules 5, 8 and 11). Every question about all edges is answered
/// by a counter, and every step to another node is one of <see cref="EndSteps"/>: time grows with the edges, and the stack does not.</content>
internal sealed partial class Node
{
    /// <summary>Owner: the strand. Descriptions read it on other threads, and may see the one before.</summary>
    private NodeState _state;
    private List<PendingMessage>? _closeWaiters;

    /// <summary>Nothing more follows from a close of one edge into this node: it and all behind it have ended, or it stays open
    /// because of its other edges (docs/decisions/0008). It follows from <see cref="_state"/> and <see cref="_openInputs"/>, and is kept to know when it changes.</summary>
    private bool _isDoneForOneEdge = true;

    /// <summary>Of how many outputs the nodes have ended, and how many of those normally.</summary>
    private int _endedOutputs;
    private int _normallyEndedOutputs;

    /// <summary>Of how many outputs the nodes are not <see cref="_isDoneForOneEdge"/>.</summary>
    private int _outputsNotDone;

    private bool HaveOutputsEnded => _endedOutputs == _outputs.Count && _outputs.Count > 0;

    /// <summary>Asks a source to give no more items.</summary>
    internal void Stop()
    {
        _isUnneeded = true;
        CancelToken();
    }

    /// <summary>A stage closes its target itself: completes when everything that ends by it has ended (rule 8).</summary>
    internal ValueTask CloseFrom(Edge edge)
    {
        if (!edge.HasEnded)
        {
            InputEnded(edge, null);
        }

        if (_isDoneForOneEdge)
        {
            return Failure is null ? default : ValueTask.FromException(Failure);
        }

        var close = new PendingClose(this);
        (_closeWaiters ??= []).Add(close);
        return close.AsValueTask();
    }

    ValueTask IOperatorOwner.CloseOnlyInput() => CloseFrom(OnlyInput());

    /// <summary>The node's body has ended: informs the run, then the nodes behind it, then those before it.</summary>
    public void End(CoroutineStatus outcome, Exception? failure)
    {
        Debug.Assert(!IsEnded && outcome is CoroutineStatus.Completed or CoroutineStatus.Faulted or CoroutineStatus.Canceled, "A node ends once, in one of three ways.");
        MoveTo(NodeState.Ended);
        Failure = failure;
        var isNormal = outcome == CoroutineStatus.Completed;
        foreach (var input in _inputs)
        {
            input.From._endedOutputs++;
            input.From._normallyEndedOutputs += isNormal ? 1 : 0;
        }

        NoteWhetherDone();
        AssertInvariants();
        if (failure is not null)
        {
            run.Fail(this, failure);
        }
        else if (outcome == CoroutineStatus.Canceled)
        {
            run.CancelWithin();
        }

        EndMark();
        run.Ends.Add(this, EndStep.TellOutputs);
        run.Ends.Run();
        run.Marks?.Run();
    }

    /// <summary>Takes one step of those that follow from its end.</summary>
    /// <param name="step">Which.</param>
    /// <param name="edge">The number of the edge, if it is one for each edge.</param>
    internal void Take(EndStep step, int edge)
    {
        switch (step)
        {
            case EndStep.TellOutputs when edge < _outputs.Count:
                run.Ends.Add(this, step, edge + 1);
                if (!_outputs[edge].HasEnded)
                {
                    _outputs[edge].To.InputEnded(_outputs[edge], Failure);
                }

                break;
            case EndStep.TellOutputs:
                Settle();
                run.Ends.Add(this, EndStep.TellInputs);
                break;
            case EndStep.TellInputs when edge < _inputs.Count:
                run.Ends.Add(this, step, edge + 1);
                _inputs[edge].From.LookAtOutputs();
                break;
            case EndStep.TellInputs:
                if (Failure is not null)
                {
                    run.EndWork(this); // after all nodes: callbacks of tokens are user code, which may look at them
                }

                run.NodeEnded();
                break;
            case EndStep.CancelToken:
                CancelToken();
                break;
            default:
                throw new InvalidOperationException($"Unknown step: {step}.");
        }
    }

    /// <summary>Returns whether a port that refused an item is that of a node behind this one: also of one behind an operator, since a send that waited
    /// there comes back with its port.</summary>
    public bool IsOwnOutput(object port)
    {
        foreach (var output in _outputs)
        {
            for (var to = output.To; ; to = to._outputs[0].To)
            {
                if (to.Body.Owns(port))
                {
                    return true;
                }

                if (!to.Body.IsPassedThrough)
                {
                    break;
                }
            }
        }

        return false;
    }

    /// <summary>If all outputs have ended there is nothing to work for. That goes up to the sources also when an output failed:
    /// a source behind stages that wait would else never learn of it, and the run would not end.</summary>
    internal void LookAtOutputs()
    {
        if (Body is null || !HaveOutputsEnded)
        {
            return;
        }

        _isUnneeded |= _normallyEndedOutputs == _outputs.Count;
        run.Ends.Add(this, EndStep.CancelToken); // also if the node has ended: work that its coroutine has left behind may wait with the token
        if (!IsEnded)
        {
            Body.OutputsEnded(_isUnneeded
                ? new TargetClosedException(_outputs[^1].To.Body, _outputs[^1].To.Name, null, failed: false)
                : _outputs.Find(static output => output.To.Failure is not null)?.To.Failure);
        }

        run.Ends.Run(); // what the end of the body has added comes before the token
    }

    /// <summary>One edge into this node ends, normally or with a failure. Once for each edge.</summary>
    private void InputEnded(Edge edge, Exception? failure)
    {
        Debug.Assert(!edge.HasEnded && edge.To == this, "An edge ends once, at the node that it leads to.");
        edge.HasEnded = true;
        _openInputs--;
        NoteWhetherDone();
        AssertInvariants();
        if (!edge.IsMarked)
        {
            OneEdgeLess(); // an edge that has ended counts as marked (rule 13d)
        }

        if (edge.Deep is not { } deep || !deep.TryEndLater(failure))
        {
            EndInput(edge.Slot, failure);
        }
    }

    /// <summary>The same, behind what the edge has held back.</summary>
    internal void EndInput(int slot, Exception? failure)
    {
        var isLast = --SlotOf(slot).Open == 0;
        Debug.Assert(SlotOf(slot).Open >= 0, "More edges into an inbox have ended than lead there.");
        if (IsEnded)
        {
            return;
        }

        if (failure is null)
        {
            if (isLast)
            {
                Body.CloseInput(slot);
            }
        }
        else if (_state == NodeState.Working)
        {
            MoveTo(NodeState.InputFailed);
            Body.ThrowIn(failure);
            for (var i = 0; i < _slots; i++)
            {
                Body.CloseInput(i);
            }
        }
    }

    private bool IsDoneForOneEdge => _state == NodeState.Settled || (!IsEnded && _openInputs > 0);

    /// <summary>After each change of what decides that.</summary>
    private void NoteWhetherDone()
    {
        var isDone = IsDoneForOneEdge;
        if (isDone != _isDoneForOneEdge)
        {
            _isDoneForOneEdge = isDone;
            _inputs.ForEach(input => input.From._outputsNotDone += isDone ? -1 : 1);
        }
    }

    /// <summary>The node, and everything that ends by it, may have ended: so may those before it, which wait for that only.</summary>
    private void Settle()
    {
        if (!TrySettle())
        {
            return;
        }

        var settled = new Stack<(Node Node, int Input)>([(this, 0)]);
        while (settled.TryPop(out var at))
        {
            if (at.Input < at.Node._inputs.Count)
            {
                settled.Push((at.Node, at.Input + 1));
                var before = at.Node._inputs[at.Input].From;
                if (before.TrySettle())
                {
                    settled.Push((before, 0));
                }
            }
        }
    }

    private bool TrySettle()
    {
        if (_state != NodeState.Ended || _outputsNotDone > 0)
        {
            return false;
        }

        MoveTo(NodeState.Settled);
        NoteWhetherDone();
        _closeWaiters?.ForEach(close => close.Complete(Failure));
        _closeWaiters = null;
        AssertInvariants();
        Body.Settled();
        return true;
    }

    private void MoveTo(NodeState next)
    {
        Debug.Assert(MayMove(_state, next), $"A node that is {_state} cannot be {next}.");
        _state = next;
    }

    /// <summary>The table of <see cref="NodeState"/>.</summary>
    internal static bool MayMove(NodeState from, NodeState to) => to switch
    {
        NodeState.InputFailed => from == NodeState.Working,
        NodeState.Ended => from is NodeState.Working or NodeState.InputFailed,
        NodeState.Settled => from == NodeState.Ended,
        _ => false,
    };

    /// <summary>The counters say what a walk over all edges would. Only short walks are made: the invariants of a graph with many edges would cost
    /// the square of their number.</summary>
    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        const int Few = 8;
        Debug.Assert(run.Strand.IsHeldHere, "A node is its run's strand's.");
        Debug.Assert(_normallyEndedOutputs <= _endedOutputs && _endedOutputs <= _outputs.Count, "More outputs have ended than there are.");
        Debug.Assert(_outputsNotDone >= 0 && _outputsNotDone <= _outputs.Count, "More outputs are not done than there are.");
        Debug.Assert(_openInputs >= 0 && _openInputs <= _inputs.Count, "More inputs are open than there are.");
        Debug.Assert(_state != NodeState.Settled || _closeWaiters is null, "A close waits for a node that has settled.");
        Debug.Assert(_isDoneForOneEdge == IsDoneForOneEdge, "Whether more follows from a close of one edge has changed, and was not noted.");
        Debug.Assert(_outputs.Count > Few || (_endedOutputs == _outputs.Count(static output => output.To.IsEnded) && _outputsNotDone == _outputs.Count(static output => !output.To._isDoneForOneEdge)),
            "A counter of outputs is not their number.");
        Debug.Assert(_inputs.Count > Few || _openInputs == _inputs.Count(static input => !input.HasEnded), "The counter of open inputs is not their number.");
    }

    /// <summary>Wakes up what waits with the node's token. A coroutine goes on from the strand's queue, so nothing of it runs here.</summary>
    private void CancelToken()
    {
        foreach (var error in _ending.Cancel())
        {
            run.Fail(this, error);
        }
    }
}
