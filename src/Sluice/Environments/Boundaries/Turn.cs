namespace Sluice;

/// <summary>What goes along the edge of a member of a pool whose order is kept: an item, or the end of a turn. A turn is all that the member's stages send for one item
/// that it was given.</summary>
/// <param name="Item">The item.</param>
/// <param name="IsItem">False for the end of a turn.</param>
internal readonly record struct Turn<T>(T Item, bool IsItem);

/// <summary>The last node of such a member, before its exit: it puts items and ends of turns into one row.</summary>
/// <param name="Chain">The number of the chain of stages in the pool that it is at the end of.</param>
internal sealed record TurnEndSpec<T>(int Chain) : NodeSpec("turns", NodeKind.Operator, null)
{
    internal override IReadOnlyList<EdgeType> Inputs => EdgeType<T>.Only;

    internal override void Start(Node node, object[] outputs)
    {
        var body = new TurnEnd((Target<Turn<T>>)outputs[0], Chain);
        body.Attach(node);
        node.Body = body;
    }

    private sealed class TurnEnd(Target<Turn<T>> next, int chain) : Operator<T, Turn<T>>(next), ITurnEnd
    {
        public int Chain => chain;

        public bool HasEnded => IsClosed || Next.IsClosed;

        public override ValueTask SendAsync(T item) => IsClosed ? RefuseAsync() : Next.SendAsync(new(item, true));

        public ValueTask EndTurnAsync() => HasEnded ? default : Next.SendAsync(default);
    }
}

/// <summary>The end of a chain of stages, as its beginning sees it. Within the strand.</summary>
internal interface ITurnEnd
{
    int Chain { get; }

    /// <summary>Gets whether nothing more goes out there.</summary>
    bool HasEnded { get; }

    /// <summary>Says behind what was sent that this is all for an item. Completes when that has its place.</summary>
    ValueTask EndTurnAsync();
}

/// <summary>The exit behind it: its other side is a <see cref="TurnGatherSpec{T}"/>.</summary>
/// <param name="Channel">The edge's number.</param>
/// <param name="WaitsForTurn">Whether what feeds it starts only when the other side opens it.</param>
internal sealed record TurnExitSpec<T>(int Channel, bool WaitsForTurn) : NodeSpec("exit", NodeKind.Sink, null)
{
    internal override bool IsHeld => WaitsForTurn;

    internal override void Start(Node node, object[] outputs) => ExitLoop<Turn<T>>.Start(node, Channel);
}

/// <summary>The beginning of such a member: it sends an item to the stages, and when that send has completed, so that all they have sent for it is on its way, ends the turn.</summary>
/// <param name="Channel">The edge's number.</param>
/// <param name="WaitsForTurn">Whether the other side waits until what this feeds is open.</param>
/// <param name="Chain">The number of the chain of stages that it is the beginning of.</param>
internal sealed record TurnEntrySpec<T>(int Channel, bool WaitsForTurn, int Chain) : NodeSpec("entry", NodeKind.Source, null)
{
    internal override void Start(Node node, object[] outputs)
    {
        var inlet = node.Run.Links!.InletOf<T>(Channel);
        ITurnEnd[] ends = [.. node.Run.BodiesOf<ITurnEnd>().Where(end => end.Chain == Chain)];
        var marks = new EntryMarks(node.Run);
        node.Body = new EntryBody<T>(node, new(inlet), marks, run => TakeIn(run, inlet, ends, marks), (Target<T>)outputs[0], WaitsForTurn);
    }

    private static async Coroutine TakeIn(SourceRun<T> run, Inlet<T> inlet, ITurnEnd[] ends, EntryMarks marks)
    {
        while (true)
        {
            await inlet.WaitToRead(run.Run.Strand);
            run.Cancellation.ThrowIfCancellationRequested();
            if (inlet.TryPeek(out var batch))
            {
                for (var i = batch.Start; i < batch.End && !run.Next.IsClosed; i++)
                {
                    await run.WithinStrand.SendAsync(batch.Items[i]);
                    foreach (var end in ends)
                    {
                        var ended = end.EndTurnAsync();
                        if (!ended.IsCompletedSuccessfully)
                        {
                            await EndTurn(end, ended);
                        }
                    }

                    await run.GiveWayAsync();
                }

                inlet.Release(batch);
            }
            else if (inlet.TryTakeControl(out var control))
            {
                if (await EntryControl.Take(control, run, marks))
                {
                    return;
                }

                if (control.Message is MarkMessage)
                {
                    continue;
                }

                foreach (var end in ends)
                {
                    await EndTurn(end, end.EndTurnAsync()); // an error that was thrown in has a turn too
                }
            }
        }
    }

    private static async Coroutine EndTurn(ITurnEnd end, ValueTask ended)
    {
        try
        {
            await ended;
        }
        catch (Exception) when (end.HasEnded)
        {
            // The exit has ended, which says itself why; this node ends when its stages have.
        }
    }
}
