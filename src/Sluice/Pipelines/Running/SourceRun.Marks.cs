using System.Diagnostics;

namespace Sluice;

/// <content>The source at a mark (rule 13a). It stands still where it gives way, and where it waits for something of its own between its sends.</content>
public sealed partial class SourceRun<T>
{
    private GivenWay? _givenWay;
    private SourceMarkState _mark;
    private SourceSendState _send;

    /// <summary>Told when it stands still; null unless it was asked to.</summary>
    private IRestWatcher? _watcher;

    /// <summary>The place at which it stands, exact for each item. Default null: it has none, and a run with it cannot be durable (rule 17).</summary>
    internal ISourcePosition? Position { get; set; }

    /// <summary>The position at which it goes on, as it was written at a mark. Default null: it begins from the start.</summary>
    internal ReadOnlyMemory<byte>? ResumesAt { get; init; }

    /// <summary>Ends a source that had ended when its state was stored, and was started only to be told what is committed. Default null: any other.</summary>
    internal CancellationTokenSource? EndOfTold { get; init; }

    /// <summary>The number of items of the array that it sends now which it has handed over: its position is so much further than before that send.</summary>
    internal int Handed { get; private set; }

    /// <summary>Gets whether it has to stop at the next place where it may.</summary>
    internal bool MustStop => _mark != SourceMarkState.Free;

    /// <inheritdoc cref="IMarkedBody.WatchRest"/>
    /// <param name="watcher">The watcher.</param>
    /// <param name="hasStarted">False: it does nothing yet, so it is at rest.</param>
    internal void WatchRest(IRestWatcher? watcher, bool hasStarted)
    {
        _watcher = watcher;
        if (watcher is null)
        {
            NoteTakenBack();
            return;
        }

        if (_mark is SourceMarkState.Free or SourceMarkState.Frozen)
        {
            MoveTo(_mark == SourceMarkState.Free ? SourceMarkState.Asked : SourceMarkState.AskedAgain);
        }

        if (hasStarted && _givenWay is { IsStopped: true })
        {
            // It stands still behind the mark before, since it is held there: it is at rest where it is.
            Run.Strand.Ready(new StrandStep(null, () =>
            {
                if (ReferenceEquals(_watcher, watcher))
                {
                    Stop();
                }
            }));
        }
        else if (hasStarted && _send != SourceSendState.None)
        {
            _send = SourceSendState.Cut; // the rest of it comes after the mark, or after it was dropped
            EndChunk();
        }
        else if (!hasStarted || (Position is not null && _givenWay is not { IsUnderWay: true }))
        {
            Run.Strand.Ready(new StrandStep(null, () => StopFor(watcher)));
        }
    }

    /// <inheritdoc cref="IMarkedBody.Thaw"/>
    internal void Thaw()
    {
        if (_mark is SourceMarkState.Frozen or SourceMarkState.AskedAgain)
        {
            MoveTo(_mark == SourceMarkState.Frozen ? SourceMarkState.Free : SourceMarkState.Asked);
        }

        _givenWay?.GoOn();
    }

    private void NoteTakenBack()
    {
        if (_mark is SourceMarkState.Asked or SourceMarkState.AskedAgain)
        {
            MoveTo(_mark == SourceMarkState.Asked ? SourceMarkState.Free : SourceMarkState.Frozen);
        }
    }

    private void MoveTo(SourceMarkState next)
    {
        Debug.Assert(SourceMarkTransitions.MayMove(_mark, next), $"A source that is {_mark} at a mark cannot be {next}.");
        _mark = next;
        Debug.Assert(_watcher is not null || next is SourceMarkState.Free or SourceMarkState.Frozen, $"A source that is {next} has no one to tell.");
    }

    /// <summary>The coroutine waits for its turn, or longer.</summary>
    internal void GiveWay(Coroutine coroutine)
    {
        _givenWay ??= new(this);
        if (_givenWay.IsUnderWay)
        {
            Suspending.Requeue(coroutine); // another coroutine of the source
        }
        else
        {
            _givenWay.Begin(coroutine);
        }
    }

    private void StopFor(IRestWatcher watcher)
    {
        if (!ReferenceEquals(_watcher, watcher) || _send != SourceSendState.None)
        {
            return; // it was taken back, or the source has begun to send since, and stops there
        }

        Stop();
    }

    private void Stop()
    {
        var watcher = _watcher!;
        _watcher = null;
        MoveTo(SourceMarkState.Frozen);
        watcher.AtRest();
    }

    private bool TakeCut()
    {
        var isCut = _send == SourceSendState.Cut;
        _send = SourceSendState.UnderWay;
        return isCut;
    }

    private void BeginSend()
    {
        Debug.Assert(_send == SourceSendState.None, "A source sends one array at a time.");
        _send = SourceSendState.UnderWay;
        Handed = 0;
    }

    private void EndSend()
    {
        _send = SourceSendState.None;
        Handed = 0;
    }

    /// <summary>The coroutine's turn, which it waits for.</summary>
    private sealed class GivenWay(SourceRun<T> run) : StrandWork
    {
        private Suspension? _suspension;
        private bool _isStopped;

        internal bool IsUnderWay => _suspension is not null;

        internal bool IsStopped => _isStopped;

        internal void Begin(Coroutine coroutine)
        {
            _suspension = coroutine.Suspension;
            _suspension.GoAway();
            run.Run.Strand.EnterBehind(this);
        }

        /// <summary>The source is thawed.</summary>
        internal void GoOn()
        {
            if (_isStopped)
            {
                _isStopped = false;
                run.Run.Strand.Ready(this);
            }
        }

        internal override void Run()
        {
            if (run._watcher is not null)
            {
                _isStopped = true;
                run.Stop();
            }
            else if (run._mark == SourceMarkState.Frozen)
            {
                _isStopped = true;
            }
            else
            {
                var suspension = _suspension!;
                _suspension = null;
                suspension.Run();
            }
        }
    }
}
