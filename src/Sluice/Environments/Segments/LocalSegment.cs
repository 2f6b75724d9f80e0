namespace Sluice;

/// <summary>A segment in this process.</summary>
internal sealed class LocalSegment : SegmentLinks, ISegmentRun
{
    private readonly Segment _segment;
    private readonly SegmentedRun _whole;
    private readonly Run _run;
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private readonly TaskCompletionSource _prepared = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _endOfWork = Task.CompletedTask; // set by the thread that reports the first failure of the run
    private Phase _phase; // what comes first of preparing and cancelling decides, by a compare-and-swap from New

    internal LocalSegment(Segment segment, SegmentedRun whole, StrandHost host)
    {
        _segment = segment;
        _whole = whole;
        Host = host;
        _run = new Run(segment.Graph, whole.Options, _ => _ended.SetResult(), null, this) { Context = _context };
    }

    /// <summary>Changes once, from <see cref="New"/>.</summary>
    private enum Phase
    {
        /// <summary>Neither prepared nor cancelled.</summary>
        New,

        /// <summary>Prepared, or being prepared: its run has an end of its own.</summary>
        Begun,

        /// <summary>Cancelled before it was prepared.</summary>
        NeverBegun,
    }

    internal override StrandHost Host { get; }

    internal override int Part => _segment.Part;

    public bool WasCanceled => _run.WasCanceled || _phase == Phase.NeverBegun;

    public IEnumerable<CancellationToken> Tokens => _run.Tokens;

    public IReadOnlyList<NodeStatus> Nodes => _run.Nodes;

    public object? ResultOf(GraphNode sink) => _run.ResultOf(sink);

    public Task PrepareAsync()
    {
        if (Interlocked.CompareExchange(ref _phase, Phase.Begun, Phase.New) != Phase.New)
        {
            return Task.CompletedTask;
        }

        Host.Post(new(_run.Strand, new StrandStep(_context, Prepare)));
        return _prepared.Task;
    }

    /// <summary>Never on the thread that calls it, which has other segments to start: a source may hold its thread.</summary>
    public void Go()
    {
        if (_phase == Phase.Begun)
        {
            Host.Post(new(_run.Strand, new StrandStep(_context, StartSources)));
        }
    }

    /// <summary>Ends a segment that has not begun.</summary>
    public void Cancel()
    {
        if (Interlocked.CompareExchange(ref _phase, Phase.NeverBegun, Phase.New) == Phase.New)
        {
            _ended.SetResult();
        }
        else if (_phase == Phase.Begun)
        {
            _run.Cancel();
        }
    }

    public void SendMark(Mark mark) => _run.SendMark(mark);

    public void LookAtSources() => _run.LookAtSources();

    public void DropMark(Mark mark) => _run.DropMark(mark);

    public void StopIntake()
    {
        if (_prepared.Task.IsCompletedSuccessfully)
        {
            _run.StopIntake();
        }
    }

    /// <summary>On another thread: callbacks of tokens are the application's code, and have nothing to do with the strand that failed.</summary>
    public void EndWork(Exception failure) => Volatile.Write(ref _endOfWork, Task.Run(() =>
    {
        foreach (var error in _run.EndWork(failure))
        {
            _whole.Failed(error);
        }
    }));

    public async Task EndAsync()
    {
        await _ended.Task.ConfigureAwait(false);
        await Volatile.Read(ref _endOfWork).ConfigureAwait(false); // it may report a failure
        if (Host is ThreadHost thread)
        {
            thread.Stop();
            await thread.Ended.ConfigureAwait(false);
        }
    }

    public Outlet<T> OutletTo<T>(Crossing crossing) => new LocalOutlet<T>(_whole.InletOf<T>(crossing.Channel));

    internal override Inlet<T> InletOf<T>(int channel) => _whole.InletOf<T>(channel);

    internal override Outlet<T> OutletOf<T>(int channel) => _whole.OutletOf<T>(channel);

    internal override void Failed(Exception failure) => _whole.Failed(failure);

    private void Prepare()
    {
        try
        {
            _run.Prepare();
            if (_whole.HasRemoteParts)
            {
                _run.Strand.BeforeRelease += _whole.Flush;
            }

            _prepared.SetResult();
        }
        catch (Exception error)
        {
            _prepared.SetException(error); // a node that could not be made at all
            _ended.SetResult();
        }
    }

    /// <summary>If a stage elsewhere has failed before its first item, nothing is taken from a source.</summary>
    private void StartSources()
    {
        if (_whole.FirstFailure is { } failure && !_run.HasFailedWith(failure))
        {
            _run.Learn(failure);
        }

        _run.GetSourcesReady();
    }
}
