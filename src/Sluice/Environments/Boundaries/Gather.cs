namespace Sluice;

/// <summary>The beginning of a segment where what the members of a pool send comes together: one source that reads from all their edges, so that it waits for all of
/// them at once, and what is behind it takes chunks.</summary>
/// <param name="Channels">The edges' numbers.</param>
/// <param name="WaitsForTurn">Whether the other side waits until what this feeds is open.</param>
internal sealed record GatherSpec<T>(int[] Channels, bool WaitsForTurn) : NodeSpec("entry", NodeKind.Source, null)
{
    internal override void Start(Node node, object[] outputs)
    {
        var inlets = Array.ConvertAll(Channels, node.Run.Links!.InletOf<T>);
        var intake = new Intake(inlets);
        var edges = new MarkAlignment(inlets.Length);
        var marks = new EntryMarks(node.Run, edges);
        node.Body = new EntryBody<T>(node, intake, marks, run => TakeIn(run, inlets, intake, marks, edges), (Target<T>)outputs[0], WaitsForTurn);
    }

    private static async Coroutine TakeIn(SourceRun<T> run, Inlet<T>[] inlets, Intake intake, EntryMarks marks, MarkAlignment edges)
    {
        var any = new AnyInlet<T>(inlets, edges, run.Run.Strand);
        edges.Released = any.Wake;
        while (true)
        {
            await any.WaitToRead();
            run.Cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < inlets.Length; i++)
            {
                if (edges.Holds(i))
                {
                    continue;
                }

                if (inlets[i].TryPeek(out var batch))
                {
                    if (run.Next is NodePort<T> { TakesChunk: true } port)
                    {
                        await port.SendChunkWithin(batch.Items, batch.Start, batch.End, batch.Position, run.Cancellation);
                        await run.GiveWayAsync();
                    }
                    else
                    {
                        await run.SendAllAsync(batch.Items, batch.Start, batch.End, batch.Position);
                    }

                    inlets[i].Release(batch);
                }
                else if (inlets[i].TryTakeControl(out var control))
                {
                    if (control.Message is MarkMessage mark)
                    {
                        edges.Add(i, mark.Number, marks.Last);
                    }
                    else if (await EntryControl.Take(control, run, marks))
                    {
                        if (intake.IsLast)
                        {
                            return;
                        }

                        intake.EndOne(i);
                    }

                    if (edges.IsWhole(intake.OpenEdges))
                    {
                        await marks.Arrive(edges.Number);
                        edges.End();
                    }
                }
            }
        }
    }
}
