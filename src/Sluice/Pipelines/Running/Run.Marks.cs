namespace Sluice;

/// <content>Marks in the run (rule 13).</content>
internal sealed partial class Run
{
    /// <summary>The mark that is under way.</summary>
    internal RunMarks? Marks { get; private set; }

    /// <summary>Its nodes, in the order of the graph.</summary>
    internal IReadOnlyList<Node> AllNodes => _nodes;

    /// <summary>The marks up to this one have passed, or were dropped: an edge may still bring one.</summary>
    internal long LastMark { get; private set; } = -1;

    public void SendMark(Mark mark) => Strand.Enter(new StrandStep(null, () => BeginMark(mark)));

    public void LookAtSources() => Strand.Enter(new StrandStep(null, () =>
    {
        foreach (var node in _nodes)
        {
            if (node is { IsEnded: false, Body: ISourceBody and IMarkedBody source } && !node.IsFrozen)
            {
                source.Thaw();
            }
        }
    }));

    public void DropMark(Mark mark) => Strand.Enter(new StrandStep(null, () =>
    {
        EndMarksUpTo(mark.Number); // also if it has not begun: steps that come from several threads have no order
    }));

    /// <summary>False: the capture has failed, and with it the mark.</summary>
    internal bool TryCapture(Node node)
    {
        try
        {
            if (node.Blueprint.Spec.HasState)
            {
                Marks!.Mark.Capture(node);
            }

            return true;
        }
        catch (Exception error)
        {
            EndMark(error, hasPassed: false);
            return false;
        }
    }

    /// <summary>The mark has passed all nodes, or is taken back from all.</summary>
    internal void EndMark(Exception? error, bool hasPassed)
    {
        if (Marks is not { } marks)
        {
            return;
        }

        Marks = null;
        Strand.SendCompleted = null;
        LastMark = Math.Max(LastMark, marks.Mark.Number);
        var ended = Array.FindAll(_nodes, static node => !node.WasCaptured);
        Array.ForEach(_nodes, static node => node.DropMark());
        if (hasPassed && TryCaptureEnded(marks.Mark, ended, ref error))
        {
            marks.Mark.Passed();
        }
        else
        {
            marks.Mark.Dropped(error);
        }
    }

    /// <summary>Has the mark capture all nodes of a run that has ended.</summary>
    internal void CaptureEnded(Mark mark)
    {
        Exception? error = null;
        if (TryCaptureEnded(mark, _nodes, ref error))
        {
            mark.Passed();
        }
        else
        {
            mark.Dropped(error);
        }
    }

    private static bool TryCaptureEnded(Mark mark, Node[] ended, ref Exception? error)
    {
        try
        {
            foreach (var node in ended)
            {
                if (node.Blueprint.Spec.HasState)
                {
                    mark.Capture(node);
                }
            }

            return true;
        }
        catch (Exception thrown)
        {
            error = thrown;
            return false;
        }
    }

    private void BeginMark(Mark mark)
    {
        if (_state == RunState.Ended && !HasFailed)
        {
            CaptureEnded(mark);
            return;
        }

        EndMarksUpTo(mark.Number - 1); // who asks for the next one has given them up
        if (_state is not (RunState.Prepared or RunState.Going) || HasFailed || Marks is not null || mark.Number <= LastMark)
        {
            EndMarksUpTo(mark.Number);
            mark.Dropped(null);
            return;
        }

        Marks = new(this, mark, _nodes.Count(static node => !node.IsEnded));
        Array.ForEach(_nodes, static node => node.BeginMark());
        foreach (var node in _nodes)
        {
            if (Marks is not null)
            {
                node.StartMark();
            }
        }

        if (Marks is not null)
        {
            Array.ForEach(_nodes, static node => node.HoldInPauses());
        }

        Marks?.Run();
    }

    /// <summary>Drops the one that is under way, if it is one of these. Entries that stand at one of them go on.</summary>
    private void EndMarksUpTo(long number)
    {
        if (Marks is { } marks && marks.Mark.Number <= number)
        {
            EndMark(null, hasPassed: false);
        }

        if (LastMark < number)
        {
            LastMark = number;
            if (Marks is null)
            {
                Array.ForEach(_nodes, static node => node.DropMark());
            }
        }
    }
}
