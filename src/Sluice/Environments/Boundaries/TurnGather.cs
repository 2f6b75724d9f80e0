namespace Sluice;

/// <summary>The beginning of a segment where the turns of a pool's members come together, in the order in which a <see cref="TurnDealer{T}"/> has given them.</summary>
/// <param name="Channels">The edges' numbers, in the order of the members.</param>
/// <param name="WaitsForTurn">Whether the other side waits until what this feeds is open.</param>
internal sealed record TurnGatherSpec<T>(int[] Channels, bool WaitsForTurn) : NodeSpec("entry", NodeKind.Source, null)
{
    internal override void Start(Node node, object[] outputs)
    {
        var inlets = Array.ConvertAll(Channels, node.Run.Links!.InletOf<Turn<T>>);
        var intake = new Intake(inlets);
        var turns = new TurnReader<T>(inlets);
        var edges = new MarkAlignment(inlets.Length) { Released = turns.Wake };
        var marks = new EntryMarks(node.Run, edges);
        var ended = node.Run.Starter?.StartValues(node, turns);
        node.Body = new EntryBody<T>(node, intake, marks, run => ended ?? TakeIn(run, turns, intake, marks, edges), (Target<T>)outputs[0], WaitsForTurn);
    }

    private static async Coroutine TakeIn(SourceRun<T> run, TurnReader<T> turns, Intake intake, EntryMarks marks, MarkAlignment edges)
    {
        while (true)
        {
            if (!turns.HasHeld)
            {
                await turns.Current.WaitToRead(run.Run.Strand);
            }

            run.Cancellation.ThrowIfCancellationRequested();
            var (items, count, first) = turns.Read();
            if (count > 0)
            {
                if (run.Next is NodePort<T> { TakesChunk: true } port)
                {
                    await port.SendChunkWithin(items, 0, count, first, run.Cancellation);
                    await run.GiveWayAsync();
                }
                else
                {
                    await run.SendAllAsync(items, 0, count, first);
                }
            }

            if (turns.Release() || turns.HasHeld || !turns.Current.TryTakeControl(out var control))
            {
                continue;
            }

            if (control.Message is MarkMessage mark)
            {
                edges.Add(turns.At, mark.Number, marks.Last);
                if (edges.IsUnderWay)
                {
                    await Align(run, turns, intake, marks, edges);
                }
            }
            else if (await EntryControl.Take(control, run, marks))
            {
                if (intake.IsLast)
                {
                    return;
                }

                intake.EndOne(turns.LeaveOut());
            }
        }
    }

    /// <summary>The mark has come along the edge of the member whose turn it is, so all turns before it are read. The other members may send outside of their turns until they
    /// are at rest: that is held until they have their turns again (rule 13c). They are waited for one after the other, by all entries of a pool in the same order, so that no two of
    /// these wait for each other.</summary>
    private static async Coroutine Align(SourceRun<T> run, TurnReader<T> turns, Intake intake, EntryMarks marks, MarkAlignment edges)
    {
        for (var member = 0; member < turns.Members; member++)
        {
            while (edges.IsUnderWay && !edges.Holds(member) && !turns.HasEnded(member))
            {
                await turns.InletOf(member).WaitToRead(run.Run.Strand);
                run.Cancellation.ThrowIfCancellationRequested();
                if (edges.IsUnderWay && turns.Hold(member) is { } control)
                {
                    await TakeAligning(control, run, turns, member, marks, edges);
                }
            }
        }

        if (edges.IsWhole(intake.OpenEdges))
        {
            await marks.Arrive(edges.Number);
        }

        edges.End();
    }

    /// <summary>A control message of a member that is not in its turn.</summary>
    private static async Coroutine TakeAligning(ControlMessage control, SourceRun<T> run, TurnReader<T> turns, int member, EntryMarks marks, MarkAlignment edges)
    {
        switch (control)
        {
            case MarkMessage mark when mark.Number <= edges.Number:
                _ = turns.InletOf(member).TryTakeControl(out _);
                edges.Add(member, mark.Number, marks.Last);
                break;
            case CloseMessage:
                edges.Add(member, edges.Number, marks.Last); // it keeps its place behind what is held
                break;
            case ThrowMessage when turns.InletOf(member).TryTakeControl(out var thrown):
                var items = turns.TakeHeldItems(member); // who throws waits for it, and comes to no mark before
                await run.SendAllAsync(items, 0, items.Length, 0);
                await EntryControl.Take(thrown, run, marks);
                break;
            default:
                edges.End(); // a failure, or a newer mark: this one was given up, and that comes in its turn
                break;
        }
    }
}
