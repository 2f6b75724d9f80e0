namespace Sluice;

/// <summary>Marks in a segment that runs here for a pipeline elsewhere: the states of its nodes go to the other side.</summary>
/// <remarks>Owner: the strand, but for what the reading thread tells.</remarks>
internal sealed class HostedMarks(SegmentEndpoint segment, IReadOnlyDictionary<StateKey, byte[]> stored)
{
    private readonly NodeStates _states = new(segment.Snapshots, stored);
    private Mark? _mark; // owner: the reading thread

    internal NodeStarter Starter => _states;

    /// <summary>The sources wait behind the next mark, or wait no more.</summary>
    internal bool HoldsSources
    {
        set => _states.HoldsSources = value;
    }

    internal void Begin(Run run, long number)
    {
        _mark = new SentMark(this, number);
        run.SendMark(_mark);
    }

    internal void Drop(Run run, long number)
    {
        if (_mark?.Number == number)
        {
            run.DropMark(_mark);
        }
    }

    /// <summary>Sends what the nodes have ended as. All have.</summary>
    /// <returns>Null, or why that cannot be stored.</returns>
    internal Exception? End(Run run)
    {
        var mark = new SentMark(this, StateFrame.AtEnd);
        run.CaptureEnded(mark);
        return mark.Error;
    }

    private void Send(long number, Node node)
    {
        if (node.Body is IPositionedBody { CommitListener: not null })
        {
            const string Reason = "it is to be told what is committed (ResumableRun.Committed, or a journal), and that does not reach other processes";
            throw new NotPortableException($"The source '{node.Name}' cannot run in this place in a job: {Reason}. Let it run where the job runs.", null, null, null, Reason);
        }

        var state = _states.Capture(node);
        segment.Send(SegmentFrame.State, 0, to => StateFrame.Write(to, number, node.Name, state));
    }

    private sealed class SentMark(HostedMarks owner, long number) : Mark
    {
        internal override long Number => number;

        internal Exception? Error { get; private set; }

        internal override void Capture(Node node) => owner.Send(number, node);

        internal override void Captured(string node, int part, byte[] state) => throw new InvalidOperationException("A part elsewhere has no parts elsewhere.");

        internal override void Passed()
        {
            if (number >= 0)
            {
                owner.Tell(SegmentFrame.MarkPassed, number);
            }
        }

        internal override void Dropped(Exception? error)
        {
            Error = error;
            if (number >= 0)
            {
                owner.TellDropped(number, error);
            }
        }
    }

    private void Tell(byte kind, long number) => segment.Send(kind, 0, to => to.WriteVarint((ulong)number));

    private void TellDropped(long number, Exception? error) => segment.SendErrorOrNone(SegmentFrame.MarkDropped, 0, error, to => to.WriteVarint((ulong)number));
}
