namespace Sluice.Tests;

/// <summary>A run through which a mark is sent at an item, and a run that goes on at what the mark has stored.</summary>
internal sealed class MarkedRun
{
    /// <summary>The tests that use it: it counts in one place.</summary>
    internal const string OneAtATime = "marked runs";

    private readonly TaskCompletionSource<Dictionary<string, byte[]>?> _marked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NodeStates _states;
    private IPipelineRun? _run;
    private int _items;

    private MarkedRun(NodeStates states) => _states = states;

    /// <summary>The number of the item at which <see cref="Count"/> sends the mark; none if it is negative.</summary>
    internal int MarkAt { private get; set; } = -1;

    /// <summary>Gets whether the run is cancelled when the mark has passed.</summary>
    internal bool EndsAtMark { private get; set; }

    /// <summary>Called within the run with each item that counts.</summary>
    internal static MarkedRun? Current { get; set; }

    /// <summary>Gets whether all nodes of the run wait; calls of SelectAsync may be under way.</summary>
    internal static bool IsAtRest => Current!._run!.Nodes.All(static node => node.HasEnded || node.Kind == NodeKind.Source || node.Name == "SelectAsync" || !node.State.StartsWith("handles", StringComparison.Ordinal));

    internal static T Count<T>(T item)
    {
        var run = Current!;
        if (run._items++ == run.MarkAt)
        {
            run._run!.SendMark(new TestMark(run, run._states));
        }

        return item;
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

    internal static async Task<(TResult? Result, Dictionary<string, byte[]>? Stored)> Run<TResult>(Pipeline<TResult> pipeline, Dictionary<string, byte[]>? stored, int markAt, bool endsAtMark, TimeProvider? clock = null, bool downtimeCounts = true)
    {
        var run = new MarkedRun(new(SnapshotOptions.Default, stored, new KeptConfiguration(new HashSet<string>(), [], SnapshotOptions.Default) { DowntimeCounts = downtimeCounts })) { MarkAt = markAt, EndsAtMark = endsAtMark };
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
                ended.SetException(done.Failures);
            }
            else
            {
                ended.SetResult(done.WasCanceled || done.Failures.Count > 0 ? default : (TResult?)done.Result);
            }
        }
    }

    private sealed class TestMark(MarkedRun owner, NodeStates states) : Mark
    {
        private readonly Dictionary<string, byte[]> _stored = [];
        private readonly SharedObjects _shared = new();

        internal override long Number => 1;

        internal override void Capture(Node node)
        {
            var state = states.Capture(node, _shared);
            lock (_stored)
            {
                _stored.Add(node.Name, state);
            }
        }

        internal override void Passed()
        {
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
