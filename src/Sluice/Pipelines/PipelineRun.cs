using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Sluice;

/// <summary>A run that was started with <see cref="Pipeline.StartAsync"/>: to look at, to wait for and to stop.</summary>
/// <remarks>Thread safety: all members may be used from any thread at any time.</remarks>
[DebuggerDisplay("{DebuggerText,nq}")]
public class PipelineRun
{
    private readonly IPipelineRun _run;

    internal PipelineRun(IPipelineRun run, Task completion)
    {
        _run = run;
        Completion = completion;
    }

    /// <summary>Completes when all nodes have ended: as the task of <see cref="Pipeline.RunAsync(CancellationToken)"/>.</summary>
    public Task Completion { get; }

    /// <summary>What each node is doing now, in the order of the graph. The numbers of one node are read one after the other
    /// while it runs, so they may not agree to the last item. Of nodes in other processes it is what those told last, at most a
    /// quarter of a second ago.</summary>
    public IReadOnlyList<NodeStatus> Nodes => _run.Nodes;

    /// <summary>Stops the run: the sources give no more items, what is under way goes through to the end, and what has not
    /// ended in time is cancelled.</summary>
    /// <remarks>A source that neither looks at its token nor ends is cancelled with the rest. If everything ended in time,
    /// <see cref="Completion"/> completes as if the sources had ended by themselves; else it is cancelled.</remarks>
    /// <param name="drainTimeout">How long to wait before cancelling, on the run's clock; zero cancels at once,
    /// <see cref="Timeout.InfiniteTimeSpan"/> never.</param>
    /// <returns>The nodes that had not ended in time, as they were then: what they held is lost. Empty if all did.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Thrown: <paramref name="drainTimeout"/> is negative.</exception>
    /// <exception cref="Exception">Awaited: what the run failed with.</exception>
    public Task<IReadOnlyList<NodeStatus>> StopAsync(TimeSpan drainTimeout)
    {
        if (drainTimeout != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(drainTimeout, TimeSpan.Zero);
        }

        return StopWithinAsync(drainTimeout);
    }

    /// <summary>What every node is doing and what it waits for, a line for each.</summary>
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

            text.Append('\n');
        }

        return text.ToString();
    }

    private string DebuggerText => Completion.IsCompleted ? $"ended: {Completion.Status}" : $"{_run.Nodes.Count(static node => !node.HasEnded)} of {_run.Nodes.Count} nodes are running";

    private async Task<IReadOnlyList<NodeStatus>> StopWithinAsync(TimeSpan drainTimeout)
    {
        _run.StopIntake();
        try
        {
            await Completion.WaitAsync(drainTimeout, _run.TimeProvider).ConfigureAwait(false);
            return [];
        }
        catch (TimeoutException) when (!Completion.IsCompleted)
        {
            IReadOnlyList<NodeStatus> abandoned = [.. _run.Nodes.Where(static node => !node.HasEnded)];
            _run.Cancel();
            await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return Completion.IsFaulted ? await FailAsync().ConfigureAwait(false) : abandoned;
        }
        catch (OperationCanceledException) when (Completion.IsCanceled)
        {
            return []; // something else has cancelled it
        }
    }

    private async Task<IReadOnlyList<NodeStatus>> FailAsync()
    {
        await Completion.ConfigureAwait(false);
        return [];
    }
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

/// <summary>What a node of a run is doing. Thread safety: immutable.</summary>
/// <param name="Name">The node's name.</param>
/// <param name="Kind">What the node is.</param>
/// <param name="HasEnded">Whether it has ended.</param>
/// <param name="State">What it does, and what it waits for, in words.</param>
/// <param name="ItemsIn">How many items it has handled. Zero unless <see cref="RunOptions.CountItems"/> is set, as all that follows.</param>
/// <param name="ItemsOut">How many items it has sent.</param>
/// <param name="ItemsInFlight">How many items were sent to it and are not handled yet.</param>
/// <param name="Blocked">How long its sends have waited for receivers.</param>
public sealed record NodeStatus(string Name, NodeKind Kind, bool HasEnded, string State, long ItemsIn, long ItemsOut, long ItemsInFlight, TimeSpan Blocked);
