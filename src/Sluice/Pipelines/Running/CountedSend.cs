namespace Sluice;

/// <summary>A send that waits for its receiver, on an edge that is counted. Owner: the run's strand.</summary>
internal sealed class CountedSend : FollowingSend
{
    private CountedSend(Edge edge)
        : base(edge)
    {
    }

    /// <summary>Notes how long <paramref name="sent"/> waits, and when it is done. Within the strand.</summary>
    internal static ValueTask Follow(ValueTask sent, Edge edge)
    {
        var send = new CountedSend(edge);
        _ = send.Follow(sent).TryAttachTo(send);
        return send.AsValueTask();
    }

    internal override void Run() => throw new InvalidOperationException("A counted send was put into the strand's queue.");

    private async Coroutine Follow(ValueTask sent)
    {
        var time = Edge.To.Run.TimeProvider;
        Edge.BeginWait(time.GetTimestamp());
        try
        {
            await sent;
        }
        finally
        {
            Edge.EndWait(time.GetTimestamp());
            Edge.Completed++;
        }
    }
}
