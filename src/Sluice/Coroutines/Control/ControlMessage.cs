namespace Sluice;

/// <summary>
/// A message that travels along the edges in order with the items, and is no item. The kinds: <see cref="CloseMessage"/>,
/// <see cref="ThrowMessage"/>, <see cref="FaultMessage"/>, <see cref="MarkMessage"/>, and the <see cref="AtRestMessage"/>s, which act on a receiver without
/// resuming it.
/// </summary>
/// <remarks>
/// A port calls a message three times: <see cref="Begin"/> when a send is made for it, <see cref="AtRest"/> when it has its turn and
/// the receiver waits, <see cref="Completed"/> when the send is done. The port knows no more of it than this class says, so a new
/// kind changes nothing in the ports. The hierarchy is closed: who switches over the kinds names each, and refuses what is left.
/// Thread safety: called within the strand of the port that it is at.
/// </remarks>
internal abstract class ControlMessage
{
    private protected ControlMessage()
    {
    }

    /// <summary>The verb of a call that sends it, for error messages: "close", "throw".</summary>
    internal abstract string Name { get; }

    /// <summary>The message as its sender's, for descriptions of who waits: "its close".</summary>
    internal abstract string Noun { get; }

    /// <summary>The advice against a cycle of sends that this message closes.</summary>
    internal virtual string CycleAdvice => SendAdvice;

    /// <summary>The same for an item.</summary>
    internal const string SendAdvice = "Do not await a send back into the stage that is sending to you.";

    /// <summary>Gets whether later items are refused from the moment that the port accepts it.</summary>
    internal virtual bool ClosesInbox => false;

    /// <summary>Gets whether a port that was told to close accepts it all the same.</summary>
    internal virtual bool PassesClose => false;

    /// <summary>The error for its sender if the receiver ends before the message has its turn: null for success, else
    /// <see cref="IPort.ClosedForSender"/>.</summary>
    internal virtual Exception? AtEnd(IPort port) => port.ClosedForSender(null);

    /// <summary>A send was made for it. The first one is what its sender awaits.</summary>
    internal virtual void Begin(PendingMessage send)
    {
    }

    /// <summary>It has its turn, and the receiver waits at the port.</summary>
    internal abstract void AtRest(IPort port, PendingMessage send);

    /// <summary>A send of it is done, with or without an error.</summary>
    internal virtual void Completed(PendingMessage send)
    {
    }

    /// <summary>The receiver that it waits at, if that is not the one it was sent to: for finding cycles.</summary>
    internal virtual IReceiver? WaitsAt => null;
}

/// <summary>The end of the input: the receiver's next receive finds its inbox closed (rule 8).</summary>
internal sealed class CloseMessage : ControlMessage
{
    internal static readonly CloseMessage Instance = new();

    /// <summary>The same by hand, from a sender that wants to know of it if the receiver is in the middle of something.</summary>
    internal static readonly CloseMessage OfWholeInput = new();

    private CloseMessage()
    {
    }

    internal override string Name => "close";

    internal override string Noun => "its close";

    internal override bool ClosesInbox => true;

    internal override bool PassesClose => true;

    internal override Exception? AtEnd(IPort port) => null;

    internal override void AtRest(IPort port, PendingMessage send) => port.ResumeClosed(send);
}

/// <summary>An error that the receiver's next receive raises (rule 10). Its sender waits until the receiver has handled it.</summary>
internal sealed class ThrowMessage(Exception error) : ControlMessage
{
    internal Exception Error => error;

    internal override string Name => "throw";

    internal override string Noun => "an error";

    internal override Exception? AtEnd(IPort port) => port.ClosedForSender(error);

    internal override void AtRest(IPort port, PendingMessage send) => port.ResumeRaising(send, error);
}

/// <summary>The failure of the node before, which ends the edge: the receiver's next receive raises it (rule 11).</summary>
internal sealed class FaultMessage(Exception error) : ControlMessage
{
    internal Exception Error => error;

    internal override string Name => "fault";

    internal override string Noun => "the failure of the stage before";

    internal override Exception? AtEnd(IPort port) => port.ClosedForSender(error);

    internal override void AtRest(IPort port, PendingMessage send) => port.ResumeRaising(send, error);
}

/// <summary>A mark on an edge between segments (rule 13). Within a segment it goes from node to node without a message.</summary>
internal sealed class MarkMessage(long number) : ControlMessage
{
    internal long Number => number;

    internal override string Name => "mark";

    internal override string Noun => "a mark";

    internal override void AtRest(IPort port, PendingMessage send) => throw new InvalidOperationException("A mark is not sent to a port.");
}

/// <summary>A message that acts on a receiver while it waits, and leaves it waiting: a snapshot, a move.</summary>
internal abstract class AtRestMessage : ControlMessage
{
    internal override bool PassesClose => true;
}
