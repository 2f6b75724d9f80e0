using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Sluice;

/// <summary>A run whose state can be taken at marks, and which goes on at such a state. Its sources wait until <see cref="Begin"/>.</summary>
/// <remarks>Thread safety: any thread.</remarks>
internal sealed class KeptRun<TResult>
{
    private readonly IPipelineRun _run;
    private readonly NodeStates _states;

    private KeptRun(IPipelineRun run, NodeStates states, Task<TResult> completion) => (_run, _states, Completion) = (run, states, completion);

    /// <summary>Completes as the task of a run does.</summary>
    internal Task<TResult> Completion { get; }

    internal IReadOnlyList<NodeStatus> Nodes => _run.Nodes;

    /// <inheritdoc cref="NodeStates.HasCommitListeners"/>
    internal bool HasCommitListeners => _states.HasCommitListeners;

    /// <summary>Prepares a run.</summary>
    /// <param name="graph">The pipeline.</param>
    /// <param name="job">The name of the job.</param>
    /// <param name="options">Options of the run.</param>
    /// <param name="snapshots">What states may have.</param>
    /// <param name="stored">The states at which it goes on, or null if it begins.</param>
    /// <param name="outputs">What sinks write to, by the names of their nodes: all that is to be as it was at the states.</param>
    /// <param name="configuration">What the nodes may get that is not as it was.</param>
    /// <param name="cancellationToken">Cancels the run.</param>
    /// <returns>Completes when all nodes wait.</returns>
    [RequiresUnreferencedCode("The types in stored states are found by name.")]
    [RequiresDynamicCode("Codecs are compiled for the types in stored states.")]
    internal static Task<KeptRun<TResult>> StartAsync(PipelineGraph graph, string job, RunOptions options, SnapshotOptions snapshots, IReadOnlyDictionary<StateKey, byte[]>? stored, IReadOnlyDictionary<string, SinkOutput> outputs, KeptConfiguration configuration, CancellationToken cancellationToken)
    {
        if (stored is not null)
        {
            PlaceOfStates.Check(graph, options, stored.Keys);
        }

        var states = new NodeStates(snapshots, stored, outputs, configuration) { JobName = job };
        return PipelineTask.StartAsync<TResult, KeptRun<TResult>>(graph, options.With(states), (run, completion) => new(run, states, completion), cancellationToken);
    }

    /// <summary>The sources start, or go on behind a mark at which they were held; not on the caller's stack.</summary>
    internal void Begin()
    {
        _states.HoldsSources = false;
        ThreadPool.QueueUserWorkItem(static run => run.LookAtSources(), _run, preferLocal: false);
    }

    /// <summary>Sends a mark through the run.</summary>
    /// <param name="number">Its number, greater than all before.</param>
    /// <param name="holdsSources">Whether the sources wait behind it, until <see cref="Begin"/>.</param>
    /// <param name="cancellationToken">Drops the mark.</param>
    /// <returns>What it has found at the nodes; null if the mark was dropped because the run ends without success.</returns>
    /// <exception cref="NotPortableException">Awaited: a node keeps something that cannot be stored.</exception>
    internal async Task<PassedMark?> MarkAsync(long number, bool holdsSources, CancellationToken cancellationToken)
    {
        if (holdsSources)
        {
            _states.HoldsSources = true;
        }

        var mark = new StatesMark(number, _states);
        _run.SendMark(mark);
        var registration = cancellationToken.UnsafeRegister(static state => ((Action)state!)(), (Action)(() => _run.DropMark(mark)));
        await using (registration.ConfigureAwait(false))
        {
            var passed = await mark.Outcome.ConfigureAwait(false);
            if (passed is null)
            {
                cancellationToken.ThrowIfCancellationRequested();
                return null;
            }

            mark.Shared.Verify(); // not within the run
            return passed;
        }
    }

    internal void StopIntake() => _run.StopIntake();

    internal void Cancel() => _run.Cancel();

    private sealed class StatesMark(long number, NodeStates states) : Mark
    {
        private readonly ConcurrentDictionary<StateKey, byte[]> _taken = [];
        private readonly ConcurrentDictionary<string, ICommitListener> _listeners = new(StringComparer.Ordinal);
        private readonly TaskCompletionSource<PassedMark?> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal override long Number => number;

        internal Task<PassedMark?> Outcome => _outcome.Task;

        internal SharedObjects Shared { get; } = new();

        internal override void Capture(Node node)
        {
            _taken[StateKey.Of(node)] = states.Capture(node, Shared);
            states.Cut(node, number);
            if (node.Body is IPositionedBody { CommitListener: { } listener })
            {
                _listeners[node.Name] = listener;
            }
        }

        internal override void Captured(string node, int part, byte[] state) => _taken[new(node, part)] = state;

        internal override void Passed() => _outcome.TrySetResult(new(_taken, _listeners));

        internal override void Dropped(Exception? error)
        {
            if (error is null)
            {
                _outcome.TrySetResult(null);
            }
            else
            {
                _outcome.TrySetException(error);
            }
        }
    }
}
