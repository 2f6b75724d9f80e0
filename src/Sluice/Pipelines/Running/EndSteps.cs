namespace Sluice;

/// <summary>A step of those by which the end of a node spreads.</summary>
internal enum EndStep
{
    /// <summary>The nodes that it sends to learn that this input has ended, one after the other.</summary>
    TellOutputs,

    /// <summary>The nodes that send to it learn that this output has ended, one after the other.</summary>
    TellInputs,

    /// <summary>Cancels the waits with the node's token.</summary>
    CancelToken,
}

/// <summary>The steps that follow from the ends of nodes. One end brings about the next: through twenty thousand operators that would be as
/// many calls inside each other. So an end adds its steps here, and the first one that does takes all of them, those of the newest end
/// first: in the order in which calls would run.</summary>
/// <remarks>Owner: the run's strand.</remarks>
internal sealed class EndSteps
{
    private readonly Stack<(Node Node, EndStep Step, int Edge)> _left = new();
    private bool _isRunning;

    internal void Add(Node node, EndStep step, int edge = 0) => _left.Push((node, step, edge));

    /// <summary>Takes all steps, unless a caller further out does that already.</summary>
    internal void Run()
    {
        if (_isRunning)
        {
            return;
        }

        _isRunning = true;
        try
        {
            while (_left.TryPop(out var next))
            {
                next.Node.Take(next.Step, next.Edge);
            }
        }
        finally
        {
            _isRunning = false;
        }
    }
}
