using System.Diagnostics.CodeAnalysis;
using Sluice.Durable;

namespace Sluice;

/// <summary>A run of a job: to wait for, to take checkpoints of, and to stop.</summary>
/// <remarks>Thread safety: any thread.</remarks>
/// <typeparam name="TResult">The type of the result.</typeparam>
public sealed partial class JobRun<TResult> : IAsyncDisposable
{
    private readonly PipelineGraph _graph;
    private readonly JobSession _session;
    private readonly JobOptions _options;
    private readonly SnapshotOptions _snapshots;
    private readonly KeptRun<TResult>? _run; // null: the job was finished before
    private readonly JobOutputs? _outputs; // as _run
    private readonly TimeProvider _clock;

    /// <summary>One checkpoint at a time. Guards the fields below.</summary>
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _ending = new(); // cancelled when the pipeline has ended
    private readonly CancellationTokenSource _over = new(); // cancelled when that is stored, or given up
    private readonly CancellationTokenSource _abandoned = new(); // cancelled when this run is disposed of
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _number;
    private int _failures;
    private JobRunState _state;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal); // of the checkpoints that are kept by their names
    private PassedCheckpoint? _undecided; // its commit may have been done: the store has not said
    private PassedCheckpoint? _untold; // it is committed, and not all know
    private Exception? _lastFailure; // of a checkpoint
    private volatile bool _holdsSources; // the sources wait until a checkpoint is committed

    private JobRun(PipelineGraph graph, JobSession session, JobOptions options, SnapshotOptions snapshots, KeptRun<TResult>? run, JobOutputs? outputs)
    {
        _graph = graph;
        _session = session;
        _options = options;
        _snapshots = snapshots;
        _run = run;
        _outputs = outputs;
        _clock = options.Run.TimeProvider;
        _number = session.Committed?.Number ?? -1;
    }

    /// <summary>The number of this run of the job.</summary>
    public long Epoch => _session.Epoch;

    /// <summary>The newest checkpoint that is committed.</summary>
    public CheckpointId? Committed => _session.Committed;

    /// <summary>The state of each node now.</summary>
    public IReadOnlyList<NodeStatus> Nodes => _run?.Nodes ?? [];

    /// <summary>Completes with the sink's result when the pipeline has ended and that is stored. Cancelled if the run was cancelled or suspended; fails with what the run, or a checkpoint that could
    /// not be taken, failed with.</summary>
    public Task<TResult> Completion { get; private set; } = null!;

    /// <summary>Takes a checkpoint now.</summary>
    /// <param name="name">The name under which it is kept until it is deleted. Default null: it is removed when newer ones take its place.</param>
    /// <param name="cancellationToken">Drops it.</param>
    /// <returns>Completes when it is committed.</returns>
    /// <exception cref="OperationCanceledException">Awaited: the run ends.</exception>
    /// <exception cref="TimeoutException">Awaited: the mark took too long.</exception>
    /// <exception cref="NotPortableException">Awaited: a node keeps something that cannot be stored. The run fails by it.</exception>
    /// <exception cref="StoreException">Awaited: the store has failed.</exception>
    public Task<CheckpointId> CheckpointAsync(string? name = null, CancellationToken cancellationToken = default) => CheckpointAsync(name, holdsSources: false, cancellationToken);

    private async Task<CheckpointId> CheckpointAsync(string? name, bool holdsSources, CancellationToken cancellationToken)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token);
        await _gate.WaitAsync(linked.Token).ConfigureAwait(false);
        try
        {
            return _state == JobRunState.Running
                ? await TakeAsync(name, holdsSources, linked.Token, cancellationToken).ConfigureAwait(false)
                : throw new OperationCanceledException($"Job '{_session.Job}' is being suspended.");
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Stops the run.</summary>
    /// <param name="stop">Whether it is suspended or finished.</param>
    /// <param name="cancellationToken">Gives up waiting for that.</param>
    /// <returns>Completes when it has ended.</returns>
    /// <exception cref="Exception">Awaited: the last checkpoint has failed, and the run goes on; or what the run failed with.</exception>
    public async Task StopAsync(JobStop stop, CancellationToken cancellationToken = default)
    {
        if (stop == JobStop.Finish)
        {
            _run?.StopIntake();
            await Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_state == JobRunState.Running && !Completion.IsCompleted)
            {
                await SuspendAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }

        await ((Task)Completion).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Ends the run as a crash would, if it has not ended: what it did since its last checkpoint is done again by the next one.</summary>
    /// <returns>Completes when it has ended.</returns>
    public async ValueTask DisposeAsync()
    {
        await _abandoned.CancelAsync().ConfigureAwait(false);
        _run?.Cancel();
        await ((Task)Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [RequiresUnreferencedCode(PipelineJobs.Unreferenced)]
    [RequiresDynamicCode(PipelineJobs.Dynamic)]
    internal static async Task<JobRun<TResult>> StartAsync(PipelineGraph graph, string name, CheckpointStore store, JobOptions options, KeptConfiguration configuration, CancellationToken cancellationToken)
    {
        var before = await store.FindJobAsync(name, cancellationToken).ConfigureAwait(false);
        var session = await store.OpenAsync(name, options.Open, cancellationToken).ConfigureAwait(false);
        JobOutputs? outputs = null;
        var isKept = false;
        try
        {
            var snapshots = options.Snapshots();
            if (session.IsFinished)
            {
                isKept = true;
                var finished = new JobRun<TResult>(graph, session, options, snapshots, null, null);
                finished.Completion = finished.GiveResultAgainAsync();
                return finished;
            }

            var stored = await StoredJob.ReadAsync(session, graph, options, cancellationToken).ConfigureAwait(false);
            var names = (await store.ListCheckpointsAsync(name, cancellationToken).ConfigureAwait(false)).Select(static checkpoint => checkpoint.Name).OfType<string>();
            outputs = await JobOutputs.OpenAsync(graph, session, options, before, stored?.Outputs, cancellationToken).ConfigureAwait(false);
            var kept = await KeptRun<TResult>.StartAsync(graph, session.Job, options.Run, snapshots, stored?.Nodes, outputs.ByNode, configuration, cancellationToken).ConfigureAwait(false);
            var run = new JobRun<TResult>(graph, session, options, snapshots, kept, outputs);
            isKept = true;
            run._names.UnionWith(names);
            await run.BeginAsync(stored is null || outputs.HasNew).ConfigureAwait(false);
            return run;
        }
        finally
        {
            if (!isKept)
            {
                if (outputs is not null)
                {
                    await outputs.DisposeAsync().ConfigureAwait(false);
                }

                await session.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Starts the sources.</summary>
    /// <param name="needsCheckpoint">Whether one has to be committed before the first item, so that a crash finds where to begin.</param>
    [RequiresUnreferencedCode(PipelineJobs.Unreferenced)]
    [RequiresDynamicCode(PipelineJobs.Dynamic)]
    private async Task BeginAsync(bool needsCheckpoint)
    {
        var ending = EndAsync();
        Completion = ending;
        try
        {
            if (needsCheckpoint)
            {
                await CheckpointAsync().ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            _run!.Cancel();
            await ((Task)ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (error is OperationCanceledException && ending.IsFaulted)
            {
                await ending.ConfigureAwait(false); // why there is no run to take a checkpoint of
            }

            throw;
        }

        _run!.Begin();
        _ = TakeRegularlyAsync();
        _ = RenewAsync();
    }

    [RequiresUnreferencedCode(PipelineJobs.Unreferenced)]
    [RequiresDynamicCode(PipelineJobs.Dynamic)]
    private async Task<TResult> GiveResultAgainAsync()
    {
        await _session.DisposeAsync().ConfigureAwait(false);
        return StoredJob.ReadResult<TResult>(_session.Result, _snapshots);
    }

    private async Task SuspendAsync(CancellationToken cancellationToken)
    {
        _state = JobRunState.Suspending;
        try
        {
            await TakeAsync(null, holdsSources: true, cancellationToken, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _state = JobRunState.Running;
            LetSourcesGo();
            throw;
        }

        _state = JobRunState.Suspended;
        _run!.Cancel();
    }

    private async Task TakeRegularlyAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                // A sink that is full has the sources wait until the checkpoint is committed; one that has failed is tried again soon then.
                var isFull = await _outputs!.Requests.WaitAsync(_holdsSources ? s_retryDelay : _options.Interval, _clock, _ending.Token).ConfigureAwait(false);
                await CheckpointAsync(null, isFull || _holdsSources, CancellationToken.None).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // The run ends, and the loop with it; if a mark was dropped and it goes on after all, the next one is tried.
            }
            catch (Exception error) when (IsCounted(error))
            {
                // Reported and counted, where it has failed; it is tried again.
            }
            catch (Exception error)
            {
                Fail(error); // what OnCheckpoint has thrown, and what no one expects
                return;
            }
        }
    }

    private async Task RenewAsync()
    {
        const int PartOfLease = 3;
        while (!_over.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(_options.Open.Lease / PartOfLease, _clock, _over.Token).ConfigureAwait(false);
                await _session.RenewLeaseAsync(_over.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (StoreException)
            {
                // It is tried again; if the store stays away, the checkpoints fail, which are counted.
            }
            catch (Exception error)
            {
                Fail(error);
                return;
            }
        }
    }
}
