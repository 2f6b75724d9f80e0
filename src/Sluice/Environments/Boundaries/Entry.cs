using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Sluice;

/// <summary>The beginning of a segment: a source whose items come from another one.</summary>
/// <param name="Channel">The edge's number.</param>
/// <param name="WaitsForTurn">Whether the other side waits until what this feeds is open.</param>
internal sealed record EntrySpec<T>(int Channel, bool WaitsForTurn) : NodeSpec("entry", NodeKind.Source, null)
{
    internal override void Start(Node node, object[] outputs) =>
        node.Body = new EntryBody<T>(node, node.Run.Links!.InletOf<T>(Channel), (Target<T>)outputs[0], WaitsForTurn);
}

/// <summary>Its body. The segment that its items come from is told how it ends.</summary>
/// <remarks>A failure elsewhere does not end it: the items that were sent before come first, then the control message of the failure. Stages
/// that wait with their token hold up neither, since that token is cancelled at once.</remarks>
internal sealed class EntryBody<T>(Node node, Inlet<T> inlet, Target<T> next, bool waitsForTurn)
    : SourceBody<T>(node, run => TakeIn(run, inlet), next, node.CancellationOfIntake)
{
    private Exception? _failureBehind;

    /// <summary>The sources before it may have started already: what they sent, and what has failed since, goes through here.</summary>
    private protected override bool StartsAfterFailure => true;

    /// <summary>A failure and an end of what waits on the other side come through here too, also before its turn.</summary>
    public override bool StartsAtOnce => true;

    public override void Open()
    {
        base.Open();
        if (waitsForTurn)
        {
            inlet.Peer?.Opened();
        }
    }

    /// <summary>Does nothing: the sources before it are stopped by themselves, and it ends when they have.</summary>
    public override void Stop()
    {
    }

    public override void OutputsEnded(Exception? ended)
    {
        _failureBehind ??= ended is TargetClosedException { Failed: false } ? null : ended;
        base.OutputsEnded(ended);
        inlet.Stop();
    }

    public override void Cancel(OperationCanceledException canceled)
    {
        base.Cancel(canceled);
        inlet.Stop();
    }

    public override void Settled() => inlet.Peer?.Settled();

    private protected override void End(CoroutineStatus outcome, Exception? failure)
    {
        inlet.Peer?.ReaderEnded(failure ?? _failureBehind); // first: the end of the node may settle it
        base.End(outcome, failure);
    }

    private static async Coroutine TakeIn(SourceRun<T> run, Inlet<T> inlet)
    {
        while (true)
        {
            await inlet.WaitToRead(run.Run.Strand);
            run.Cancellation.ThrowIfCancellationRequested();
            if (inlet.TryPeek(out var batch))
            {
                var turns = inlet.Peer!.Turns;
                if (turns is not null)
                {
                    await turns.WaitAsync(run.Cancellation).ConfigureAwait(false);
                }

                try
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

                    inlet.Release(batch);
                }
                finally
                {
                    turns?.Release();
                }
            }
            else if (inlet.TryTakeControl(out var control))
            {
                switch (control.Message)
                {
                    case CloseMessage:
                        return;
                    case FaultMessage { Error: var failure }:
                        run.Run.Learn(failure);
                        ExceptionDispatchInfo.Throw(failure);
                        break;
                    case ThrowMessage { Error: var error }:
                        await Raise(error, control.Done!, run);
                        break;
                    case var other:
                        throw new UnreachableException($"A {other.Name} came over an edge between segments, which carries closes, faults and throws.");
                }
            }
        }
    }

    private static async Coroutine Raise(Exception error, Action<Exception?> done, SourceRun<T> run)
    {
        Exception? back = null;
        try
        {
            await run.Next.ThrowAsync(error);
        }
        catch (Exception raised)
        {
            back = raised;
        }

        done(back is TargetClosedException { Failed: false } ? null : back);
        if (back is not null)
        {
            ExceptionDispatchInfo.Throw(back);
        }
    }
}
