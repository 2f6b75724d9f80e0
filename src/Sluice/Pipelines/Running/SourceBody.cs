using System.Diagnostics;
using Sluice.Bytes;

namespace Sluice;

/// <summary>A source inside a run: a coroutine without an inbox. It starts when everything behind it waits.</summary>
internal class SourceBody<T> : StrandWork, ISourceBody, ICoroutineOwner, IMarkedBody, IPositionedBody
{
    private readonly Node _node;
    private readonly Func<SourceRun<T>, Coroutine> _body;
    private readonly SourceRun<T> _source;

    /// <summary>It had ended, and starts only to be told what is committed: this ends it then. Null for any other.</summary>
    private readonly CancellationTokenSource? _endOfTold;

    private PendingMessage? _waitsFor;

    /// <summary>Owner: the strand. Descriptions read it on other threads, and may see the one before.</summary>
    private SourceState _state;

    internal SourceBody(Node node, Func<SourceRun<T>, Coroutine> body, Target<T> next, bool isGuarded, Action<SourceRun<T>>? prepare)
        : this(node, body, next, node.Cancellation, isGuarded, prepare)
    {
    }

    private protected SourceBody(Node node, Func<SourceRun<T>, Coroutine> body, Target<T> next, CancellationToken cancellation, bool isGuarded = false, Action<SourceRun<T>>? prepare = null)
    {
        _node = node;
        _body = body;
        var hadEnded = false;
        var resumesAt = node.Run.Starter?.PositionOf(node, out hadEnded);
        HadEnded = hadEnded;
        _endOfTold = hadEnded && resumesAt is not null ? new() : null;
        _source = new SourceRun<T>(_endOfTold is null ? next : new UnwantedTarget<T>(node.Name), node.Run, isGuarded, _endOfTold?.Token ?? cancellation) { ResumesAt = resumesAt, EndOfTold = _endOfTold };
        if (node.Run.Starter is not null && !hadEnded && resumesAt is null)
        {
            prepare?.Invoke(_source); // so that the first checkpoint has the position at which it begins
        }
    }

    public bool HadEnded { get; }

    public bool IsToldAfterEnd => _endOfTold is not null || _source.Position is { IsToldAfterEnd: true };

    internal SourceRun<T> Source => _source;

    /// <summary>The bytes of its position; null if it has none yet.</summary>
    public bool TryWritePosition(ByteSink to)
    {
        if (_source.Position is { } position)
        {
            position.Write(to, _source.Handed);
            return true;
        }

        to.WriteBytes((_source.ResumesAt ?? default).Span);
        return _source.ResumesAt is not null;
    }

    public ICommitListener? CommitListener => _source.Position?.ListenerAt(_source.Handed);

    public string Name => _node.Name;

    /// <summary>Gets whether it has something to tell also if the run has failed before it starts.</summary>
    private protected virtual bool StartsAfterFailure => false;

    /// <summary>Gets whether it starts though what it feeds is not open yet: what comes from another segment does, and waits there.</summary>
    public virtual bool StartsAtOnce => false;

    public void GetReady()
    {
        if (_state == SourceState.Waiting)
        {
            MoveTo(SourceState.Ready);
            _node.Run.Strand.Ready(this);
        }
    }

    public virtual void Open() => GetReady();

    public PendingMessage? WaitsFor => _waitsFor;

    internal override void Run()
    {
        if (_state == SourceState.Ended)
        {
            return; // it was stopped or cancelled while it stood in the queue, which nothing is taken from
        }

        if (_node.IsFrozen || IsHeld)
        {
            _startsWhenThawed = true;
            return;
        }

        MoveTo(SourceState.Started);
        if ((HadEnded && _endOfTold is null) || (_node.Run.HasFailed && !StartsAfterFailure))
        {
            End(CoroutineStatus.Completed, null); // something behind it failed to start: nothing is taken from the source
            return;
        }

        Coroutine root;
        try
        {
            _source.Cancellation.ThrowIfCancellationRequested();
            _node.Run.EnterContext();
            root = _body(_source) ?? throw new InvalidOperationException("The method returned null instead of a coroutine.");
        }
        catch (Exception error)
        {
            root = new EndedCoroutine(error);
        }

        if (!root.TryAttachTo(this))
        {
            End(CoroutineStatus.Faulted, new InvalidOperationException($"'{root.MethodName}' was returned by the source '{Name}', but something awaits it already. Return a coroutine that nobody else uses."));
        }
    }

    public virtual void Stop()
    {
        _source.EndChunk(); // first: the receiver is not to see that the source was told to stop
        _node.Stop();
        _endOfTold?.Cancel();
        if (_state < SourceState.Started)
        {
            End(CoroutineStatus.Completed, null);
        }
    }

    /// <summary>It had its turn to start while a mark was passing the nodes behind it.</summary>
    private bool _startsWhenThawed;

    void IMarkedBody.HoldItems(PortHolding which)
    {
    }

    void IMarkedBody.WatchRest(IRestWatcher? watcher) => WatchRest(watcher);

    private protected virtual void WatchRest(IRestWatcher? watcher) => _source.WatchRest(watcher, _state == SourceState.Started);

    /// <summary>Gets whether it may have to wait for a checkpoint. False for what comes from another segment, whose sources wait themselves.</summary>
    private protected virtual bool MayBeHeld => true;

    void IMarkedBody.Thaw() => Thaw();

    /// <summary>Gets whether it waits for a checkpoint, as all sources of the run do.</summary>
    private bool IsHeld => MayBeHeld && _node.Run.Starter is { HoldsSources: true };

    private protected virtual void Thaw()
    {
        if (IsHeld)
        {
            return;
        }

        _source.Thaw();
        if (_startsWhenThawed)
        {
            _startsWhenThawed = false;
            _node.Run.Strand.Ready(this);
        }
    }

    public void SetWaitsFor(PendingMessage? send) => _waitsFor = send;

    public void OnEnded(Coroutine root)
    {
        (_source.RestartPosition as IOpenPosition)?.Dispose();
        if (_endOfTold is { IsCancellationRequested: true } && root.Error?.SourceException is OperationCanceledException or TargetClosedException)
        {
            End(CoroutineStatus.Completed, null);
            return;
        }

        var (outcome, failure) = _node.Classify(root.Error?.SourceException, hasResult: false);
        End(outcome, failure);
    }

    public void CloseInput(int slot) => throw new InvalidOperationException("A source has no input.");

    public void ThrowIn(Exception error) => throw new InvalidOperationException("A source has no input.");

    /// <summary>The node's token is cancelled by it. One that waits for its turn will never have it.</summary>
    public virtual void OutputsEnded(Exception? ended)
    {
        if (_state == SourceState.Waiting && _node.IsHeld && !StartsAtOnce)
        {
            End(CoroutineStatus.Completed, null);
        }
    }

    /// <summary>The token is cancelled already; a source that waits in a send gets it from there.</summary>
    public virtual void Cancel(OperationCanceledException canceled)
    {
        _source.Thaw(); // one that is held behind the last mark goes on to its end
        _endOfTold?.Cancel();
        if (_state < SourceState.Started)
        {
            End(CoroutineStatus.Canceled, null);
        }
    }

    public object TargetOf(Edge edge, bool isOnly) => throw new InvalidOperationException("A source has no input.");

    public virtual void Settled()
    {
    }

    public virtual string DescribeState() => _state == SourceState.Ended ? "ended" : _node.IsHeld && _state < SourceState.Started ? "waits for its turn" : (_waitsFor ?? (_state == SourceState.Started ? _node.FindSendOf(this) : null)) is { } send ? send.Describe() : "produces items";

    public bool IsAtWork => _state == SourceState.Started;

    public override string ToString() => $"'{Name}': {DescribeState()}";

    private protected virtual void End(CoroutineStatus outcome, Exception? failure)
    {
        MoveTo(SourceState.Ended); // first: the end of the node comes back to it
        _node.End(outcome, failure);
    }

    private void MoveTo(SourceState next)
    {
        Debug.Assert(_node.Run.Strand.IsHeldHere, "The state of a source is its strand's.");
        Debug.Assert(SourceTransitions.MayMove(_state, next), $"A source that is {_state} cannot be {next}.");
        _state = next;
    }
}
