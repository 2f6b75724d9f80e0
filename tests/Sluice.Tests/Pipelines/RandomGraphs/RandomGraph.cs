using System.Text;

namespace Sluice.Tests;

/// <summary>A random pipeline with what should come out of it, made from a seed, and the check of one run.</summary>
/// <remarks>While it is built a text of it is written, and a model of its output is computed. A failure, a cancellation or a stop
/// may come anywhere; a run that is hit gives a part of what the model says. Most graphs run by turns on one thread, so that
/// a seed gives the same run again nearly always; some on the threads of the pool.</remarks>
internal sealed partial class RandomGraph
{
    private const int MaxDepth = 4;
    private const int MaxItems = 12;

    private readonly Random _random;
    private readonly int _seed;
    private readonly StringBuilder _text = new();
    private readonly bool _isMarked;
    private readonly RandomGraph? _before;
    private readonly List<HashSet<int>> _failed = [];
    private readonly bool _mayFail;
    private readonly bool _mayWait;
    private readonly bool _onThreads;
    private readonly Turns _turns;
    private readonly List<Ledger> _ledgers = [];
    private readonly int _hitAt;
    private Action _hit = () => { };
    private int _nextItem;
    private int _started;
    private int _ended;
    private int _doubleEnds;
    private int _passed;
    private bool _failureIsPossible;
    private bool _endsEarly;

    /// <param name="seed">The seed.</param>
    /// <param name="isMarked">Whether it is one through which a mark may pass: its sources have positions, and nothing but its nodes' state says how it goes on.</param>
    /// <param name="before">The one of the same seed whose run goes on in this one.</param>
    private RandomGraph(int seed, bool isMarked = false, RandomGraph? before = null)
    {
        _seed = seed;
        _before = before;
        _isMarked = isMarked;
        _random = Seed.Drawn(seed);
        _mayFail = _random.Next(3) == 0 && !isMarked;
        _mayWait = _random.Next(2) == 0;
        _onThreads = _random.Next(4) == 0;
        _turns = new Turns(Seed.Drawn(seed), _onThreads);
        _hitAt = _random.Next(4) == 0 || isMarked ? _random.Next(60) : -1;
        (Root, Expected) = Build(0);
        SinkTakes = _random.Next(6) == 0 ? _random.Next(6) : int.MaxValue;
    }

    /// <summary>Gets whether the sources may end earlier than by themselves, which what is behind them takes for their end.</summary>
    private bool MayBeStopped => _onThreads && _hitAt >= 0 && !_isMarked;

    private Source<int> Root { get; }

    private GraphModel Expected { get; }

    private int SinkTakes { get; }

    internal static RandomGraph FromSeed(int seed) => new(seed);

    public override string ToString() =>
        $"SLUICE_GRAPH_SEED={_seed}: {_text} -> sink{(SinkTakes < int.MaxValue ? $" of {SinkTakes}" : "")}{(_hitAt >= 0 ? $", {(_isMarked ? "marked" : MayBeStopped ? "stopped" : "canceled")} at {_hitAt}" : "")}{(_onThreads ? ", on threads" : "")}; model: {Expected}";

    /// <summary>Runs it once; throws if something is not as it should be.</summary>
    internal void Check()
    {
        var seen = new List<int>();
        var pipeline = Root.To(items => Collect(items, seen));
        var run = _onThreads ? RunOnThreads(pipeline) : RunByTurns(pipeline);

        var failure = run.Exception?.InnerExceptions[0];
        Assert.True(failure is null || (failure is PlannedException && _failureIsPossible), $"Failed with {failure}: {this}");
        Assert.True(run.Exception?.InnerExceptions.All(error => error is PlannedException) ?? true, $"Failed also with {run.Exception}: {this}");
        Assert.True(!run.IsCanceled || (_hitAt >= 0 && !_onThreads), $"Canceled: {this}");
        Assert.True(_started == _ended && _doubleEnds == 0, $"{_started} coroutines started, {_ended} ended, {_doubleEnds} twice: {this}");
        Assert.True(_contextError is null, $"{_contextError}: {this}");
        Assert.True(seen.Count <= SinkTakes, $"Too many came out: {this}");
        var wasHit = _hitAt >= 0 && _passed > _hitAt;
        var all = run.IsCompletedSuccessfully && SinkTakes == int.MaxValue && !wasHit;
        Expected.Check(seen, all, ToString());
        _ledgers.ForEach(ledger => ledger.Check(all && !_endsEarly, ToString()));
    }

    private Task RunByTurns(Pipeline pipeline)
    {
        using var stop = new CancellationTokenSource();
        _hit = stop.Cancel;
        var run = pipeline.RunAsync(new RunOptions { TimeProvider = _turns }, stop.Token);
        _turns.RunUntil(run, ToString);
        return run;
    }

    /// <summary>With the handle of the run, which can stop it and shows what each node has done.</summary>
    private Task RunOnThreads(Pipeline pipeline)
    {
        var options = new RunOptions { TimeProvider = _turns, CountItems = _seed % 2 == 0 };
        PipelineRun? handle = null;
        Task? stopped = null;
        _hit = () => stopped = Volatile.Read(ref handle)?.StopAsync(Timeout.InfiniteTimeSpan);
        var started = pipeline.StartAsync(options);
        _turns.RunUntil(started, ToString);
        Volatile.Write(ref handle, started.Result);
        _turns.RunUntil(handle.Completion, () => $"{this}\n{handle.Describe()}");
        if (stopped is not null)
        {
            _turns.RunUntil(stopped, () => $"the stop of {this}");
            _ = stopped.Exception; // that of the run
        }

        var nodes = handle.Nodes;
        Assert.True(nodes.All(node => node.HasEnded), $"{handle.Describe()} has not ended: {this}");
        Assert.True(handle.Completion.IsFaulted || nodes.All(node => node.ItemsInFlight == 0), $"{handle.Describe()} has lost items: {this}");
        return handle.Completion;
    }

    /// <summary>Every tenth or so of the items.</summary>
    private static bool IsBad(int item) => (uint)unchecked(item * -1640531527) >> 28 < 2;

    internal sealed class PlannedException : Exception;
}
