namespace Sluice;

/// <content>Marks in the run (rule 13).</content>
internal sealed partial class Run
{
    /// <summary>The mark that is under way.</summary>
    internal RunMarks? Marks { get; private set; }

    /// <summary>Its nodes, in the order of the graph.</summary>
    internal IReadOnlyList<Node> AllNodes => _nodes;

    /// <summary>Sends a mark through the run, from its sources. One at a time. Any thread; it is told by <see cref="Mark.Passed"/> or <see cref="Mark.Dropped"/>.</summary>
    internal void SendMark(Mark mark) => Strand.Enter(new StrandStep(null, () => BeginMark(mark)));

    /// <summary>Takes a mark back that is under way. Any thread.</summary>
    internal void DropMark(Mark mark) => Strand.Enter(new StrandStep(null, () =>
    {
        if (ReferenceEquals(Marks?.Mark, mark))
        {
            EndMark(null, hasPassed: false);
        }
    }));

    /// <summary>False: the capture has failed, and with it the mark.</summary>
    internal bool TryCapture(Node node)
    {
        try
        {
            Marks!.Mark.Capture(node);
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
        Array.ForEach(_nodes, static node => node.DropMark());
        if (hasPassed)
        {
            marks.Mark.Passed(this);
        }
        else
        {
            marks.Mark.Dropped(error);
        }
    }

    private void BeginMark(Mark mark)
    {
        if (_state != RunState.Going || HasFailed || Marks is not null)
        {
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

        Marks?.Run();
    }
}
