namespace Sluice;

/// <summary>The mark that is under way in a run: how far it has come. Steps from node to node are taken in a loop, so that the stack stays flat.</summary>
/// <remarks>Owner: the run's strand.</remarks>
internal sealed class RunMarks(Run run, Mark mark, int nodes)
{
    private readonly Queue<Edge> _edges = new();
    private readonly HashSet<Node> _waiting = [];
    private int _left = nodes;
    private bool _isRunning;

    internal Mark Mark => mark;

    /// <summary>The mark goes along this edge, in its turn.</summary>
    internal void Add(Edge edge) => _edges.Enqueue(edge);

    internal void NodePassed() => _left--;

    /// <summary>A node is at rest but for sends that are under way.</summary>
    internal void LookAgainAfterSend(Node node)
    {
        _waiting.Add(node);
        run.Strand.SendCompleted = LookAgain;
    }

    private void LookAgain()
    {
        run.Strand.SendCompleted = null;
        var waiting = _waiting.ToArray();
        _waiting.Clear();
        Array.ForEach(waiting, static node => node.LookAtRest());
    }

    /// <summary>Takes all steps, unless a caller further out does that already.</summary>
    internal void Run()
    {
        if (_isRunning)
        {
            return;
        }

        _isRunning = true;
        while (_edges.TryDequeue(out var edge) && ReferenceEquals(run.Marks, this))
        {
            if (!edge.HasEnded && !edge.To.IsEnded)
            {
                edge.To.EdgeMarked(edge);
            }
        }

        _isRunning = false;
        if (_left == 0 && ReferenceEquals(run.Marks, this))
        {
            run.EndMark(null, hasPassed: true);
        }
    }
}
