namespace Sluice;

/// <summary>The beginning of a segment: a source whose items come from another one.</summary>
/// <param name="Channel">The edge's number.</param>
/// <param name="WaitsForTurn">Whether the other side waits until what this feeds is open.</param>
internal sealed record EntrySpec<T>(int Channel, bool WaitsForTurn) : NodeSpec("entry", NodeKind.Source, null)
{
    internal override void Start(Node node, object[] outputs)
    {
        var inlet = node.Run.Links!.InletOf<T>(Channel);
        var marks = new EntryMarks(node.Run);
        node.Body = new EntryBody<T>(node, new(inlet), marks, run => TakeIn(run, inlet, marks), (Target<T>)outputs[0], WaitsForTurn);
    }

    private static async Coroutine TakeIn(SourceRun<T> run, Inlet<T> inlet, EntryMarks marks)
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
            else if (inlet.TryTakeControl(out var control) && await EntryControl.Take(control, run, marks))
            {
                return;
            }
        }
    }
}

/// <summary>The body of an entry. The segments that its items come from are told how it ends.</summary>
/// <remarks>A failure elsewhere does not end it: the items that were sent before come first, then the control message of the failure. Stages
/// that wait with their token hold up neither, since that token is cancelled at once.</remarks>
internal sealed class EntryBody<T>(Node node, Intake intake, EntryMarks marks, Func<SourceRun<T>, Coroutine> body, Target<T> next, bool waitsForTurn)
    : SourceBody<T>(node, body, next, node.CancellationOfIntake)
{
    private Exception? _failureBehind;

    /// <summary>The sources before it may have started already: what they sent, and what has failed since, goes through here.</summary>
    private protected override bool StartsAfterFailure => true;

    /// <summary>A failure and an end of what waits on the other side come through here too, also before its turn.</summary>
    public override bool StartsAtOnce => true;

    private protected override bool MayBeHeld => false;

    private protected override void WatchRest(IRestWatcher? watcher) => marks.WatchRest(watcher);

    private protected override void Thaw()
    {
        marks.Thaw();
        base.Thaw();
    }

    public override void Open()
    {
        base.Open();
        if (waitsForTurn)
        {
            intake.Open();
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
        intake.Stop();
    }

    public override void Cancel(OperationCanceledException canceled)
    {
        base.Cancel(canceled);
        intake.Stop();
    }

    public override void Settled() => intake.Settle();

    private protected override void End(CoroutineStatus outcome, Exception? failure)
    {
        intake.End(failure ?? _failureBehind); // first: the end of the node may settle it
        base.End(outcome, failure);
    }
}
