namespace Sluice;

/// <summary>A source inside a run: a coroutine without an inbox. It starts when everything behind it waits.</summary>
/// <remarks>Its token is cancelled with the run, and also when nobody takes its items any more, so that a source which
/// waits for something outside does not wait in vain.</remarks>
internal class SourceBody<T> : StrandEntry, ISourceBody, ICoroutineOwner
{
    private readonly Node _node;
    private readonly Func<SourceRun<T>, Coroutine> _body;
    private readonly SourceRun<T> _source;
    private readonly CancellationTokenSource _stopped; // linked only to the run's, and goes with it: not disposed
    private PendingSend? _waitsFor;
    private bool _started;

    internal SourceBody(Node node, Func<SourceRun<T>, Coroutine> body, Target<T> next)
    {
        _node = node;
        _body = body;
        _stopped = CancellationTokenSource.CreateLinkedTokenSource(node.Run.Cancellation);
        _source = new SourceRun<T>(next, node.Run, _stopped.Token);
    }

    public string Name => _node.Name;

    /// <summary>Whether it has something to tell also if the run has failed before it starts.</summary>
    private protected virtual bool StartsAfterFailure => false;

    public void GetReady() => _node.Run.Strand.Ready(this);

    public PendingSend? WaitsFor => _waitsFor;

    internal override void Run()
    {
        _started = true;
        if (_node.IsEnded)
        {
            return;
        }

        if (_node.Run.HasFailed && !StartsAfterFailure)
        {
            End(CoroutineStatus.Completed, null); // something behind it failed to start: nothing is taken from the source
            return;
        }

        if (_node.Run.Context is { } context)
        {
            ExecutionContext.Restore(context); // until the next entry of the strand
        }

        Coroutine root;
        try
        {
            _source.Cancellation.ThrowIfCancellationRequested();
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
        (_source.Next as NodePort<T>)?.EndChunk(); // first: the receiver is not to see that the source was told to stop
        CancelToken();
        if (!_started)
        {
            End(CoroutineStatus.Completed, null);
        }
    }

    public void SetWaitsFor(PendingSend? send) => _waitsFor = send;

    public void OnEnded(Coroutine root)
    {
        var error = root.Error?.SourceException;
        if (error is OperationCanceledException && _stopped.IsCancellationRequested && !_node.Run.Cancellation.IsCancellationRequested)
        {
            error = null; // it was told to stop because nobody takes its items
        }

        var (outcome, failure) = _node.Classify(error, hasResult: false);
        End(outcome, failure);
    }

    public void CloseInput(int slot) => throw new InvalidOperationException("A source has no input.");

    public void ThrowIn(Exception error) => throw new InvalidOperationException("A source has no input.");

    public virtual void OutputsEnded(Exception? ended) => CancelToken();

    /// <summary>The token is cancelled already; a source that waits in a send gets it from there.</summary>
    public virtual void Cancel(OperationCanceledException canceled)
    {
        if (!_started)
        {
            End(CoroutineStatus.Canceled, null);
        }
    }

    public object TargetOf(Edge edge, bool isOnly) => throw new InvalidOperationException("A source has no input.");

    public virtual void Settled()
    {
    }

    public virtual string DescribeState() => _node.IsEnded ? "ended" : _waitsFor is { } send ? $"waits for '{send.Receiver.Name}' to take an item" : "produces items";

    public override string ToString() => $"'{Name}': {DescribeState()}";

    /// <summary>Callbacks of the token are the user's code. What one throws is a failure of this node: thrown on from here it would leave
    /// the end of the nodes around it half done.</summary>
    private void CancelToken()
    {
        try
        {
            _stopped.Cancel();
        }
        catch (AggregateException errors)
        {
            foreach (var error in errors.InnerExceptions)
            {
                _node.Run.Fail(_node, error);
            }
        }
    }

    private protected virtual void End(CoroutineStatus outcome, Exception? failure) => _node.End(outcome, failure);
}
