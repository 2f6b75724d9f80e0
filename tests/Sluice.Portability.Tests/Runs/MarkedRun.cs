namespace Sluice.Tests;

/// <summary>A run through which a mark is sent at an item, and a run that goes on at what the mark has stored.</summary>
internal sealed class MarkedRun
{
    private static int s_running; // at most one

    private readonly TaskCompletionSource<Dictionary<StateKey, byte[]>?> _marked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NodeStates _states;
    private IPipelineRun? _run;
    private readonly TaskCompletionSource<Mark> _givenUp = new(); // items may count on several threads
    private int _items;

    private MarkedRun(NodeStates states) => _states = states;

    /// <summary>The number of the item at which <see cref="Count"/> sends the mark; none if it is negative.</summary>
    internal int MarkAt { private get; set; } = -1;

    /// <summary>The number of items after that at which the mark is given up, if it has not passed, and the next one is sent. Negative: it is not given up.</summary>
    internal int GiveUpAfter { private get; set; } = -1;

    /// <summary>Gets whether the run is cancelled when the mark has passed.</summary>
    internal bool EndsAtMark { private get; set; }

    internal static MarkedRun? Current { get; set; }

    /// <summary>One whose items are counted for nothing.</summary>
    internal static MarkedRun Unmarked() => new(new(SnapshotOptions.Default, null));

    /// <summary>Gets whether a node waits in the middle of its work. Of the nodes of a pool, the first that has not ended counts.</summary>
    internal static bool IsPausing => Current!._run!.Nodes.Any(static node => node.State == "waits before it takes more");

    /// <summary>Gets whether all nodes of the run wait; calls of SelectAsync may be under way.</summary>
    internal static bool IsAtRest => Current!._run!.Nodes.All(static node => node.HasEnded || node.Kind == NodeKind.Source || node.Name is "SelectAsync" or "RateLimit" || !node.State.StartsWith("handles", StringComparison.Ordinal));

    /// <summary>Called within the run with each item that counts, in any of its places.</summary>
    internal static T Count<T>(T item)
    {
        Current!.Count();
        return item;
    }

    private void Count()
    {
        if (MarkAt < 0)
        {
            return;
        }

        var count = Interlocked.Increment(ref _items) - 1;
        if (GiveUpAfter >= 0 && count == MarkAt)
        {
            var mark = new TestMark(this, 1, isGivenUp: true);
            _run!.SendMark(mark);
            _givenUp.SetResult(mark);
        }

        if (count == MarkAt + Math.Max(GiveUpAfter, 0))
        {
            if (GiveUpAfter >= 0)
            {
                _run!.DropMark(_givenUp.Task.Result);
            }

            _run!.SendMark(new TestMark(this, 2));
        }
    }

    /// <summary>The outputs of a run that ends at a mark and of one that goes on there, as one result; null if the run ended before the mark passed.</summary>
    internal static async Task<TResult> RunWithCut<TResult>(Func<Pipeline<TResult>> make, int markAt)
    {
        var (result, stored) = await Run(make(), null, markAt, endsAtMark: true);
        if (stored is null)
        {
            return result!;
        }

        (result, _) = await Run(make(), stored, -1, endsAtMark: false);
        return result!;
    }

    internal static async Task<(TResult? Result, Dictionary<StateKey, byte[]>? Stored)> Run<TResult>(Pipeline<TResult> pipeline, Dictionary<StateKey, byte[]>? stored, int markAt, bool endsAtMark, int giveUpAfter = -1, TimeProvider? clock = null, bool downtimeCounts = true)
    {
        Assert.True(Interlocked.Increment(ref s_running) == 1, $"Two marked runs at once: lambdas find theirs by {nameof(Current)}, so classes that use it are in the collection of that name.");
        try
        {
            return await RunAlone(pipeline, stored, markAt, endsAtMark, giveUpAfter, clock, downtimeCounts);
        }
        finally
        {
            Interlocked.Decrement(ref s_running);
        }
    }

    private static async Task<(TResult? Result, Dictionary<StateKey, byte[]>? Stored)> RunAlone<TResult>(Pipeline<TResult> pipeline, Dictionary<StateKey, byte[]>? stored, int markAt, bool endsAtMark, int giveUpAfter, TimeProvider? clock, bool downtimeCounts)
    {
        var run = new MarkedRun(new(SnapshotOptions.Default, stored, configuration: new KeptConfiguration(new HashSet<string>(), [], SnapshotOptions.Default) { DowntimeCounts = downtimeCounts })) { MarkAt = markAt, EndsAtMark = endsAtMark, GiveUpAfter = giveUpAfter };
        Current = run;
        run._states.HoldsSources = false;
        var ended = new TaskCompletionSource<TResult?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new RunOptions { Starter = run._states, TimeProvider = clock ?? TimeProvider.System };
        var plan = SegmentPlan.Of(pipeline.Graph, options.Placement);
        var origin = new RunOrigin(null, default);
        run._run = plan is [{ Env: CallerEnv }] ? new Run(pipeline.Graph, options, Complete, origin) : new SegmentedRun(plan, pipeline.Graph, options, Complete, origin);
        run._run.Start();
        try
        {
            await ended.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }
        catch (TimeoutException)
        {
            throw new TimeoutException(string.Join('\n', run._run.Nodes.Select(static node => $"{node.Name}: {node.State}")) + (stored is null ? " in the first run" : " in the second run"));
        }

        var result = await ended.Task;
        run._marked.TrySetResult(null);
        return (result, await run._marked.Task);

        void Complete(IPipelineRun done)
        {
            if (done.Failures.Count > 0 && !(endsAtMark && run._marked.Task.IsCompleted)) // what is under way when it is cancelled may fail
            {
                ended.SetException(done.Failures is [var only] ? only : new AggregateException(done.Failures)); // of several, an await gives one
            }
            else
            {
                ended.SetResult(done.WasCanceled || done.Failures.Count > 0 ? default : (TResult?)done.Result);
            }
        }
    }

    private sealed class TestMark(MarkedRun owner, long number, bool isGivenUp = false) : Mark
    {
        private readonly Dictionary<StateKey, byte[]> _stored = [];
        private readonly SharedObjects _shared = new();

        internal override long Number => number;

        internal override void Capture(Node node)
        {
            var state = owner._states.Capture(node, _shared);
            lock (_stored)
            {
                _stored.Add(StateKey.Of(node), state);
            }
        }

        internal override void Captured(string node, int part, byte[] state)
        {
            lock (_stored)
            {
                _stored.Add(new(node, part), state);
            }
        }

        internal override void Passed()
        {
            if (isGivenUp)
            {
                return; // it was faster
            }

            if (Record.Exception(_shared.Verify) is { } error)
            {
                owner._marked.SetException(error);
            }
            else
            {
                owner._marked.SetResult(_stored);
            }

            if (owner.EndsAtMark)
            {
                owner._run!.Cancel();
            }
        }

        internal override void Dropped(Exception? error)
        {
            if (isGivenUp)
            {
                return;
            }

            if (error is null)
            {
                owner._marked.SetResult(null);
            }
            else
            {
                owner._marked.SetException(error);
            }
        }
    }
}
