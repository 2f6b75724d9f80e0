using System.Collections.Concurrent;

namespace Sluice;

/// <summary>A run in several places: each segment is prepared, then all sources start, and it ends when all segments have.</summary>
/// <remarks>Any thread may call it.</remarks>
internal sealed class SegmentedRun : IPipelineRun, IInlets
{
    private readonly PipelineGraph _graph;
    private readonly Action<IPipelineRun> _complete;
    private readonly RunOrigin _origin;
    private readonly (Segment Segment, ISegmentRun Run)[] _segments;
    private readonly ConcurrentDictionary<int, object> _inlets = new();
    private readonly Dictionary<int, (Crossing Crossing, ISegmentRun Reader)> _readers = [];

    /// <summary>The mark that was sent last.</summary>
    private volatile MarkOfParts? _mark;
    private volatile bool _isPrepared;
    private volatile bool _isCanceled;

    /// <summary>In the order in which they were reported. Guarded by a lock on itself.</summary>
    private readonly List<Exception> _failures = [];

    internal SegmentedRun(IReadOnlyList<Segment> plan, PipelineGraph graph, RunOptions options, Action<IPipelineRun> complete, RunOrigin origin)
    {
        _graph = graph;
        _complete = complete;
        Options = options;
        TimeProvider = options.TimeProvider;
        _origin = origin;
        _segments = [.. plan.Select(segment => (segment, segment.Env.Host(segment, this)))];
        foreach (var (segment, run) in _segments)
        {
            foreach (var entry in segment.Entries)
            {
                _readers.Add(entry.Channel, (entry, run));
            }
        }
    }

    internal RunOptions Options { get; }

    internal Exception? FirstFailure
    {
        get
        {
            lock (_failures)
            {
                return _failures.FirstOrDefault();
            }
        }
    }

    /// <summary>Gets whether someone has a handle of it.</summary>
    internal bool IsWatched { get; private set; }

    public TimeProvider TimeProvider { get; }

    public IEnumerable<CancellationToken> Tokens => _segments.SelectMany(static segment => segment.Run.Tokens);

    public bool CountsItems => Options.CountItems;

    public IReadOnlyList<Exception> Failures => _failures;

    public bool WasCanceled => Array.Exists(_segments, static segment => segment.Run.WasCanceled);

    public object? Result { get; private set; }

    public IReadOnlyList<NodeStatus> Nodes
    {
        get
        {
            var all = new NodeStatus?[_graph.Nodes.Count];
            foreach (var (segment, run) in _segments)
            {
                foreach (var (origin, status) in segment.Origins.Zip(run.Nodes))
                {
                    if (origin is not null)
                    {
                        all[origin.Index] = Sum(all[origin.Index], status);
                    }
                }
            }

            return all!;
        }
    }

    public void Start() => _ = RunToEndAsync(null);

    /// <summary>On the pool, wherever the caller is: the parts run where they belong, and processes are not started on an event loop's
    /// thread.</summary>
    public void StartBeside(Action ready)
    {
        IsWatched = true;
        ThreadPool.QueueUserWorkItem(_ => _ = RunToEndAsync(ready));
    }

    /// <summary>Finishes the preparations that have begun: a segment that is cancelled informs the other sides of its edges, and these
    /// have to be there.</summary>
    public void Cancel()
    {
        _isCanceled = true;
        _origin.EndWork();
        Interlocked.MemoryBarrier(); // either this sees that all is prepared, or who prepares sees this
        var isPrepared = _isPrepared;
        foreach (var (_, run) in _segments)
        {
            if (isPrepared)
            {
                run.Cancel();
            }
            else
            {
                run.CancelPreparing();
            }
        }
    }

    public void SendMark(Mark mark)
    {
        var parts = new MarkOfParts(mark, [.. _segments.Select(static segment => segment.Run)]);
        _mark = parts;
        parts.Send();
    }

    public void LookAtSources() => Array.ForEach(_segments, static segment => segment.Run.LookAtSources());

    public void DropMark(Mark mark)
    {
        if (_mark is { } parts && ReferenceEquals(parts.Whole, mark))
        {
            parts.Drop(null);
        }
    }

    public void StopIntake() => Array.ForEach(_segments, static segment => segment.Run.StopIntake());

    Inlet<T> IInlets.Make<T>(Crossing crossing) => InletOf<T>(crossing.Channel);

    /// <summary>The ring of an edge whose reading side is in this process.</summary>
    internal Inlet<T> InletOf<T>(int channel) => (Inlet<T>)_inlets.GetOrAdd(channel, static (_, capacity) => new Inlet<T>(capacity), _readers[channel].Crossing.Capacity);

    internal Outlet<T> OutletOf<T>(int channel) => _readers[channel].Reader.OutletTo<T>(_readers[channel].Crossing);

    /// <summary>Gets whether parts of it are elsewhere.</summary>
    internal bool HasRemoteParts => Array.Exists(_segments, static segment => segment.Segment.Env.IsRemote);

    internal void Flush() => Array.ForEach(_segments, static segment => segment.Run.Flush());

    internal void Failed(Exception failure)
    {
        lock (_failures)
        {
            if (_failures.Contains(failure))
            {
                return;
            }

            _failures.Add(failure);
            if (_failures.Count > 1)
            {
                return;
            }
        }

        _origin.EndWork();
        Array.ForEach(_segments, segment => segment.Run.EndWork(failure));
    }

    private async Task RunToEndAsync(Action? ready)
    {
        _origin.Listen(this);
        try
        {
            await PrepareAsync(isRemote: true).ConfigureAwait(false); // first: the others connect to them
            if (!_isCanceled)
            {
                await PrepareAsync(isRemote: false).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            Failed(error); // a place that could not be had: nothing was taken from any source
            _isCanceled = true;
        }

        ready?.Invoke();
        _isPrepared = true;
        Interlocked.MemoryBarrier();
        if (_isCanceled)
        {
            Cancel();
        }
        else
        {
            foreach (var (_, run) in _segments.OrderBy(static segment => OrderOfStart(segment.Segment)))
            {
                run.Go();
            }
        }

        await Task.WhenAll(_segments.Select(static segment => segment.Run.EndAsync())).ConfigureAwait(false);
        if (!WasCanceled && _failures.Count == 0)
        {
            Result = ResultOf(_graph.Nodes[^1]);
        }

        _complete(this);
    }

    private Task PrepareAsync(bool isRemote) =>
        Task.WhenAll(_segments.Where(segment => segment.Segment.Env.IsRemote == isRemote).Select(static segment => segment.Run.PrepareAsync()));

    /// <summary>A source may hold the thread that it starts on until it has ended, so what has none of its own starts before, and the caller's sources
    /// last of all.</summary>
    private static int OrderOfStart(Segment segment) => !segment.HasSources ? 0 : segment.Env is CallerEnv ? 2 : 1;

    /// <summary>One node of a pipeline may be several in a pool.</summary>
    private static NodeStatus Sum(NodeStatus? one, NodeStatus other) => one is null ? other : one with
    {
        HasEnded = one.HasEnded && other.HasEnded,
        State = one.HasEnded ? other.State : one.State,
        ItemsIn = one.ItemsIn + other.ItemsIn,
        ItemsOut = one.ItemsOut + other.ItemsOut,
        ItemsInFlight = one.ItemsInFlight + other.ItemsInFlight,
        Blocked = one.Blocked + other.Blocked,
        ItemsLate = one.ItemsLate + other.ItemsLate,
    };

    private object? ResultOf(GraphNode sink)
    {
        var (segment, run) = Array.Find(_segments, segment => segment.Segment.Origins.Contains(sink));
        return run.ResultOf(segment.Graph.Nodes[segment.Origins.ToList().IndexOf(sink)]);
    }
}
