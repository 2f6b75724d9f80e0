using System.Diagnostics;

namespace Sluice;

/// <content>A mark at the node (rule 13). A node that is captured stands still until the nodes right behind it are captured too: so nothing that
/// comes after the mark ever meets a node that is before it, and no item has to be held on an edge inside of the strand.</content>
internal sealed partial class Node : IRestWatcher
{
    private NodeMark? _mark;

    /// <summary>Gets whether it is captured and the nodes behind it are not: it must send nothing.</summary>
    internal bool IsFrozen => _mark is { State: MarkState.Frozen };

    /// <summary>Gets whether it was captured while this mark passed it; else it has ended.</summary>
    internal bool WasCaptured => _mark is { WasCaptured: true };

    /// <summary>A mark is under way in the run.</summary>
    internal void BeginMark()
    {
        _mark = new(_openInputs);
        if (IsEnded)
        {
            _mark.MoveTo(MarkState.Passed);
        }
    }

    /// <summary>A source, and a node whose inputs have ended, gets the mark from the run. An operator ends by itself then.</summary>
    internal void StartMark()
    {
        if (_mark is { State: MarkState.Expected, EdgesLeft: 0 } && !Body.IsPassedThrough)
        {
            ComeToRest();
        }
    }

    /// <summary>The sources stop at the mark: a coroutine that takes no items for a while has what still comes held, so that it does not hold up the mark (rule 13e).</summary>
    internal void HoldInPauses()
    {
        if (_mark is { State: MarkState.Expected })
        {
            (Body as IMarkedBody)?.HoldItems(PortHolding.InPauses);
        }
    }

    /// <summary>The mark has come along an edge: the node before is captured, and everything that it sent before has been taken or is held.</summary>
    internal void EdgeMarked(Edge edge)
    {
        Debug.Assert(edge.To == this && !edge.IsMarked, "A mark comes along an edge once.");
        edge.IsMarked = true;
        OneEdgeLess();
    }

    /// <summary>A node behind it is captured, or has ended: what is sent there comes after the mark.</summary>
    internal void OutputReleased()
    {
        if (_mark is { State: MarkState.Frozen } mark && --mark.OutputsLeft == 0)
        {
            Release();
        }
    }

    /// <summary>Returns whether something that it has sent waits at a node behind it, or on the way there; then it asks to be looked at when a send is done.</summary>
    internal bool WaitsForSends()
    {
        if (!_outputs.Exists(static output => !output.HasEnded && HasSendUnderWay(output)))
        {
            return false;
        }

        run.Marks?.LookAgainAfterSend(this);
        return true;
    }

    /// <summary>A send has completed.</summary>
    internal void LookAtRest()
    {
        if (_mark is { State: MarkState.Resting } && !IsEnded)
        {
            (Body as IMarkedBody)?.WatchRest(this);
        }
    }

    private static bool HasSendUnderWay(Edge edge)
    {
        while (edge.To is { IsEnded: false, Body: not IReceiver, _outputs: [var next] })
        {
            if (edge.Deep is { IsHolding: true })
            {
                return true;
            }

            edge = next; // operators take nothing themselves
        }

        return edge.Deep is { IsHolding: true } || (!edge.To.IsEnded && edge.To.Body is IMarkedBody body && body.HasPendingItems(edge.Slot));
    }

    /// <summary>The mark is taken back: the node works on.</summary>
    internal void DropMark()
    {
        _mark = null;
        _inputs.ForEach(static input => input.IsMarked = false);
        if (!IsEnded)
        {
            (Body as IMarkedBody)?.HoldItems(PortHolding.None);
            (Body as IMarkedBody)?.WatchRest(null);
            (Body as IMarkedBody)?.Thaw();
        }
    }

    /// <summary>The coroutine waits, and is kept from going on: the node is captured.</summary>
    void IRestWatcher.AtRest()
    {
        (Body as IMarkedBody)?.WatchRest(null); // it has several ports
        if (_mark is { State: MarkState.Resting })
        {
            Pass();
        }
        else
        {
            (Body as IMarkedBody)?.Thaw(); // the mark was dropped before the coroutine came to rest
        }
    }

    private void OneEdgeLess()
    {
        if (_mark is not { State: MarkState.Expected or MarkState.Aligning } mark || (_openInputs == 0 && Body.IsPassedThrough))
        {
            return; // the last input of an operator has ended: so will the operator
        }

        mark.EdgeIsMarked();
        if (mark.EdgesLeft == 0)
        {
            ComeToRest();
        }
        else if (mark.State == MarkState.Expected)
        {
            mark.MoveTo(MarkState.Aligning);
            (Body as IMarkedBody)?.HoldItems(PortHolding.All);
        }
    }

    private void ComeToRest()
    {
        _mark!.MoveTo(MarkState.Resting);
        if (Body is IMarkedBody body)
        {
            body.HoldItems(PortHolding.None);
            body.WatchRest(this);
        }
        else
        {
            Pass(); // an operator is at rest when all before it are
        }
    }

    private void Pass()
    {
        if (!run.TryCapture(this))
        {
            return; // it is dropped
        }

        var mark = _mark!;
        mark.MoveTo(MarkState.Frozen);
        mark.WasCaptured = true;
        (Body as IMarkedBody)?.PassOn(run.Marks!.Mark.Number);
        mark.OutputsLeft = _outputs.Count(static output => !output.HasEnded && !output.To.IsEnded);
        foreach (var output in _outputs)
        {
            if (!output.HasEnded && !output.To.IsEnded)
            {
                run.Marks!.Add(output);
            }
        }

        if (!Body.IsPassedThrough)
        {
            ReleaseInputs();
        }

        if (mark.OutputsLeft == 0)
        {
            Release();
        }

        run.Marks!.NodePassed();
        run.Marks?.Run();
    }

    /// <summary>The nodes right behind it are captured.</summary>
    private void Release()
    {
        _mark!.MoveTo(MarkState.Passed);
        if (Body.IsPassedThrough)
        {
            ReleaseInputs(); // who sends to it sends to what is behind it
        }

        (Body as IMarkedBody)?.Thaw();
    }

    private void ReleaseInputs()
    {
        foreach (var input in _inputs)
        {
            if (!input.HasEnded)
            {
                input.From.OutputReleased();
            }
        }
    }

    /// <summary>The node has ended while a mark is under way: it counts as passed.</summary>
    private void EndMark()
    {
        if (_mark is not { State: not MarkState.Passed } mark)
        {
            return;
        }

        var wasCaptured = mark.State == MarkState.Frozen;
        mark.MoveTo(MarkState.Passed);
        if (!wasCaptured || Body.IsPassedThrough)
        {
            ReleaseInputs();
        }

        if (!wasCaptured)
        {
            run.Marks!.NodePassed();
        }
    }
}
