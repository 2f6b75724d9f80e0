using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>The end of a segment: a sink whose items go on in another one.</summary>
/// <param name="Channel">The edge's number.</param>
/// <param name="WaitsForTurn">Whether what feeds it starts only when the other side opens it.</param>
internal sealed record ExitSpec<T>(int Channel, bool WaitsForTurn) : NodeSpec("exit", NodeKind.Sink, null)
{
    internal override bool IsHeld => WaitsForTurn;

    // It looks at the cancellation of the run only. When the run has failed, the other side has to be told in any case, behind the
    // items; and it makes room or ends, since no stage there waits with a token that is not cancelled.
    internal override IReadOnlyList<EdgeType> Inputs => EdgeType<T>.Only;

    internal override void Start(Node node, object[] outputs) => ExitLoop<T>.Start(node, Channel);
}

/// <summary>The coroutine of an exit.</summary>
internal static class ExitLoop<T>
{
    internal static void Start(Node node, int channel)
    {
        var outlet = node.Run.Links!.OutletOf<T>(channel);
        var port = new ExitPort<T>(node, outlet);
        node.Body = port;
        outlet.Attach(port);
        port.Start(items => SendOn(items, node, port, outlet));
    }

    private static async Coroutine SendOn(Inbox<T> items, Node node, ExitPort<T> port, Outlet<T> outlet)
    {
        var input = items.GetAsyncEnumerator();
        while (true)
        {
            var (hasItem, raised) = (false, (Exception?)null);
            try
            {
                hasItem = await input.MoveNextAsync();
            }
            catch (Exception error) when (!ReferenceEquals(error, outlet.End) && !node.Run.Cancellation.IsCancellationRequested)
            {
                raised = error;
            }

            if (raised is not null)
            {
                await RaiseThere(raised, node, outlet);
            }
            else if (!hasItem)
            {
                await CloseThere(node, outlet);
                return;
            }
            else if (!outlet.TrySend(input.Current))
            {
                await SendLater(input.Current, node, outlet);
            }
            else if (port.RestOfChunk is { IsEmpty: false } rest)
            {
                port.TakeOfChunk(outlet.SendSome(rest));
            }
        }
    }

    private static async Coroutine SendLater(T item, Node node, Outlet<T> outlet)
    {
        do
        {
            await outlet.Room();
            node.Run.Cancellation.ThrowIfCancellationRequested();
            if (outlet.End is { } end)
            {
                ExceptionDispatchInfo.Throw(end);
            }
        }
        while (!outlet.TrySend(item));
    }

    /// <summary>Passes on to the other side an error that comes in at the receive: the failure of the stage before, which is its end, or an
    /// error that it throws in.</summary>
    private static async Coroutine RaiseThere(Exception raised, Node node, Outlet<T> outlet)
    {
        if (ReferenceEquals(node.Inputs[0].From.Failure, raised))
        {
            outlet.SendControl(new FaultMessage(raised));
            ExceptionDispatchInfo.Throw(raised);
        }

        var back = await outlet.ThrowThere(raised).WaitAsync(node.Run.Cancellation).ConfigureAwait(false);
        if (back is not null)
        {
            node.Run.Learn(back);
            ExceptionDispatchInfo.Throw(back);
        }
    }

    private static async Coroutine CloseThere(Node node, Outlet<T> outlet)
    {
        outlet.SendControl(CloseMessage.Instance);
        await outlet.Settled.ConfigureAwait(false);
        node.Run.Cancellation.ThrowIfCancellationRequested();
        if (outlet.FailureThere is { } failure)
        {
            node.Run.Learn(failure);
            ExceptionDispatchInfo.Throw(failure);
        }
    }
}
