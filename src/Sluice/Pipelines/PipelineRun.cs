using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sluice;

/// <summary>A run that was started with <see cref="Pipeline.StartAsync"/>: to look at, to wait for and to stop.</summary>
/// <remarks>Thread safety: all members may be used from any thread at any time.</remarks>
[DebuggerDisplay("{DebuggerText,nq}")]
public class PipelineRun : IAsyncDisposable
{
    private readonly IPipelineRun _run;

    internal PipelineRun(IPipelineRun run, Task completion)
    {
        _run = run;
        Completion = completion;
    }

    /// <summary>Completes when all nodes have ended: as the task of <see cref="Pipeline.RunAsync(CancellationToken)"/>.</summary>
    public Task Completion { get; }

    /// <summary>The state of each node now, in the order of the graph. The numbers of one node are read one after the other
    /// while it runs, so they may not agree to the last item. Of nodes in other processes it is what those told last, at most a
    /// quarter of a second ago.</summary>
    public IReadOnlyList<NodeStatus> Nodes => _run.Nodes;

    /// <summary>The time that <see cref="StopAsync"/> and <see cref="DisposeAsync"/> wait, unless told otherwise, for stages that do not
    /// heed their token: 30 s.</summary>
    public static readonly TimeSpan DefaultCancelTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Stops the run: the sources give no more items, what is under way goes through to the end, and what has not
    /// ended in time is cancelled.</summary>
    /// <remarks>A source that neither looks at its token nor ends is cancelled with the rest. If everything ended in time,
    /// <see cref="Completion"/> completes as if the sources had ended by themselves; else it is cancelled. What does not heed its
    /// token runs on after this has completed, and with it <see cref="Completion"/> does not complete until it ends: a thread or a
    /// task of the same process cannot be ended from outside.</remarks>
    /// <param name="drainTimeout">How long to wait before cancelling, on the run's clock; zero cancels at once,
    /// <see cref="Timeout.InfiniteTimeSpan"/> never.</param>
    /// <param name="cancelTimeout">How long to wait then for what was cancelled, on the run's clock; zero does not wait,
    /// <see cref="Timeout.InfiniteTimeSpan"/> waits without a bound. Default <see cref="DefaultCancelTimeout"/>.</param>
    /// <returns>What was abandoned, and what still runs.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: a time is negative.</exception>
    /// <exception cref="AggregateException">Awaited: callbacks of the run's token have thrown.</exception>
    /// <exception cref="Exception">Awaited: what the run failed with.</exception>
    public Task<StopOutcome> StopAsync(TimeSpan drainTimeout, TimeSpan? cancelTimeout = null)
    {
        ThrowIfNegative(drainTimeout, nameof(drainTimeout));
        ThrowIfNegative(cancelTimeout ?? default, nameof(cancelTimeout));
        return StopWithinAsync(drainTimeout, cancelTimeout ?? DefaultCancelTimeout);
    }

    /// <summary>Cancels the run, and waits for its end, at most for <see cref="DefaultCancelTimeout"/>. Does nothing if it has
    /// ended.</summary>
    /// <returns>Completes when the run has ended, or when it has not ended in time. It does not fail: how the run ended is in
    /// <see cref="Completion"/>.</returns>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (!Completion.IsCompleted)
        {
            _ = CancelAsync();
            await HasEndedWithin(DefaultCancelTimeout, Completion).ConfigureAwait(false);
        }
    }

    /// <summary>Describes what every node is doing and what it waits for, a line for each.</summary>
    /// <returns>The text, lines ending in a line feed.</returns>
    public string Describe()
    {
        var text = new StringBuilder();
        foreach (var node in Nodes)
        {
            text.Append(CultureInfo.InvariantCulture, $"{node.Name}: {node.State}");
            if (_run.CountsItems)
            {
                text.Append(CultureInfo.InvariantCulture, $"; in {node.ItemsIn}, out {node.ItemsOut}, in flight {node.ItemsInFlight}, blocked {node.Blocked.TotalSeconds:0.###} s");
            }

            if (node.ItemsLate > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"; late {node.ItemsLate}");
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    internal IPipelineRun Inner => _run;

    internal IEnumerable<CancellationToken> Tokens => _run.Tokens;

    private string DebuggerText => Completion.IsCompleted ? $"ended: {Completion.Status}" : $"{_run.Nodes.Count(static node => !node.HasEnded)} of {_run.Nodes.Count} nodes are running";

    private static void ThrowIfNegative(TimeSpan time, string name)
    {
        if (time != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
        }
    }

    private async Task<StopOutcome> StopWithinAsync(TimeSpan drainTimeout, TimeSpan cancelTimeout)
    {
        _run.StopIntake();
        if (await HasEndedWithin(drainTimeout, Completion).ConfigureAwait(false))
        {
            return await OutcomeAsync([]).ConfigureAwait(false);
        }

        var abandoned = RunningNodes();
        var canceling = CancelAsync();
        if (!await HasEndedWithin(cancelTimeout, Task.WhenAll(Completion, canceling)).ConfigureAwait(false))
        {
            return new(abandoned, RunningNodes());
        }

        if (canceling.IsFaulted)
        {
            await canceling.ConfigureAwait(false);
        }

        return await OutcomeAsync(abandoned).ConfigureAwait(false);
    }

    /// <summary>On another thread: it runs callbacks of tokens, and stages that are resumed by it, which may block. What callbacks
    /// throw after the wait is over is reported as the failure of any task that no one awaits.</summary>
    private Task CancelAsync() => Task.Run(_run.Cancel);

    private async Task<bool> HasEndedWithin(TimeSpan time, Task end)
    {
        await end.WaitAsync(time, _run.TimeProvider).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return end.IsCompleted;
    }

    private async Task<StopOutcome> OutcomeAsync(IReadOnlyList<NodeStatus> abandoned)
    {
        if (Completion.IsFaulted)
        {
            await Completion.ConfigureAwait(false);
        }

        return new(abandoned, []);
    }

    private IReadOnlyList<NodeStatus> RunningNodes() => [.. _run.Nodes.Where(static node => !node.HasEnded)];
}

/// <summary>The same for a pipeline with a result.</summary>
/// <remarks>Thread safety: all members may be used from any thread at any time.</remarks>
/// <typeparam name="TResult">The type of the result.</typeparam>
public sealed class PipelineRun<TResult> : PipelineRun
{
    internal PipelineRun(IPipelineRun run, Task<TResult> completion)
        : base(run, completion) => Completion = completion;

    /// <summary>Completes with the sink's result when all nodes have ended.</summary>
    public new Task<TResult> Completion { get; }
}

/// <summary>The state of a node of a run. Thread safety: immutable.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Kind">What the node is.</param>
/// <param name="HasEnded">Whether it has ended.</param>
/// <param name="State">What it does, and what it waits for, in words.</param>
/// <param name="ItemsIn">How many items it has handled. Zero unless <see cref="RunOptions.CountItems"/> is set, as all that follows.</param>
/// <param name="ItemsOut">How many items it has sent.</param>
/// <param name="ItemsInFlight">How many items were sent to it and are not handled yet.</param>
/// <param name="Blocked">How long its sends have waited for receivers.</param>
public sealed record NodeStatus(string Name, NodeKind Kind, bool HasEnded, string State, long ItemsIn, long ItemsOut, long ItemsInFlight, TimeSpan Blocked)
{
    /// <summary>The number of items that were too late for their windows, also if <see cref="RunOptions.CountItems"/> is not set: see <see cref="EventTime{T}"/>.
    /// Those of all keys, if the windows are within <c>ForEachKey</c>.</summary>
    public long ItemsLate { get; init; }
}

/// <summary>The outcome of <see cref="PipelineRun.StopAsync"/>. Thread safety: immutable.</summary>
/// <param name="Abandoned">The nodes that had not ended when the run was cancelled, as they were then: what they held is lost.
/// Empty if everything ended in time.</param>
/// <param name="StillRunning">The nodes that have not ended though they were cancelled, as they are now: they do not heed their
/// token. Empty if the run has ended.</param>
public sealed record StopOutcome(IReadOnlyList<NodeStatus> Abandoned, IReadOnlyList<NodeStatus> StillRunning)
{
    /// <summary>Gets whether everything ended by itself, and nothing was lost.</summary>
    public bool IsClean => Abandoned.Count == 0;

    /// <summary>The nodes, for logs.</summary>
    /// <returns>A line for each node, ending in a line feed; empty if there is none.</returns>
    public override string ToString() => string.Concat(
        Abandoned.Select(node => $"{node.Name} was abandoned: {node.State}\n").Concat(StillRunning.Select(node => $"{node.Name} still runs: {node.State}\n")));
}
