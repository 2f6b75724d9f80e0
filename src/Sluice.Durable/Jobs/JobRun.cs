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
    private readonly KeptRun<TResult> _run;
    private readonly TimeProvider _clock;

    /// <summary>One checkpoint at a time. Guards the fields below.</summary>
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _ending = new();
    private readonly TaskCompletionSource<Exception> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _number;
    private int _failures;
    private JobRunState _state;

    private JobRun(PipelineGraph graph, JobSession session, JobOptions options, SnapshotOptions snapshots, KeptRun<TResult> run)
    {
        _graph = graph;
        _session = session;
        _options = options;
        _snapshots = snapshots;
        _run = run;
        _clock = options.Run.TimeProvider;
        _number = session.Committed?.Number ?? -1;
    }

    /// <summary>The number of this run of the job.</summary>
    public long Epoch => _session.Epoch;

    /// <summary>The newest checkpoint that is committed.</summary>
    public CheckpointId? Committed => _session.Committed;

    /// <summary>The state of each node now.</summary>
    public IReadOnlyList<NodeStatus> Nodes => _run.Nodes;

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
    public async Task<CheckpointId> CheckpointAsync(string? name = null, CancellationToken cancellationToken = default)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token);
        await _gate.WaitAsync(linked.Token).ConfigureAwait(false);
        try
        {
            return _state == JobRunState.Running
                ? await TakeAsync(name, isLast: false, linked.Token, cancellationToken).ConfigureAwait(false)
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
            _run.StopIntake();
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
        _run.Cancel();
        await ((Task)Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [RequiresUnreferencedCode(PipelineJobs.Unreferenced)]
    [RequiresDynamicCode(PipelineJobs.Dynamic)]
    internal static async Task<JobRun<TResult>> StartAsync(PipelineGraph graph, string name, CheckpointStore store, JobOptions options, KeptConfiguration configuration, CancellationToken cancellationToken)
    {
        var session = await store.OpenAsync(name, options.Open, cancellationToken).ConfigureAwait(false);
        var isKept = false;
        try
        {
            var snapshots = options.Snapshots();
            var stored = session.IsFinished ? null : await StoredJob.ReadAsync(session, graph, options, cancellationToken).ConfigureAwait(false);
            var kept = await KeptRun<TResult>.StartAsync(graph, options.Run, snapshots, stored, configuration, cancellationToken).ConfigureAwait(false);
            var run = new JobRun<TResult>(graph, session, options, snapshots, kept);
            isKept = true;
            await run.BeginAsync(stored is null).ConfigureAwait(false);
            return run;
        }
        finally
        {
            if (!isKept)
            {
                await session.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    [RequiresUnreferencedCode(PipelineJobs.Unreferenced)]
    [RequiresDynamicCode(PipelineJobs.Dynamic)]
    private async Task BeginAsync(bool isFirst)
    {
        if (_session.IsFinished)
        {
            _run.Cancel();
            await ((Task)_run.Completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Completion = GiveResultAgainAsync();
            return;
        }

        var ending = EndAsync();
        Completion = ending;
        try
        {
            if (isFirst)
            {
                await CheckpointAsync().ConfigureAwait(false); // before the first item, so that a crash finds where to begin
            }
        }
        catch (Exception)
        {
            _run.Cancel();
            await ((Task)ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        _run.Begin();
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
            await TakeAsync(null, isLast: true, cancellationToken, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            _state = JobRunState.Running;
            _run.Begin();
            throw;
        }

        _state = JobRunState.Suspended;
        _run.Cancel();
    }

    private async Task TakeRegularlyAsync()
    {
        if (_options.Interval == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        while (!_ending.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(_options.Interval, _clock, _ending.Token).ConfigureAwait(false);
                await CheckpointAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return; // the run ends
            }
            catch (Exception error) when (error is StoreException or TimeoutException or NotPortableException or JobTakenOverException or InvalidOperationException)
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
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(_options.Open.Lease / PartOfLease, _clock, _ending.Token).ConfigureAwait(false);
                await _session.RenewLeaseAsync(_ending.Token).ConfigureAwait(false);
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

    /// <summary>Waits for the end of the run, and stores it.</summary>
    private async Task<TResult> EndAsync()
    {
        try
        {
            TResult result;
            try
            {
                result = await _run.Completion.ConfigureAwait(false);
            }
            finally
            {
                await _ending.CancelAsync().ConfigureAwait(false);
                await _gate.WaitAsync().ConfigureAwait(false); // behind a checkpoint that is being stored
                _gate.Release();
            }

            if (_failed.Task.IsCompleted)
            {
                throw await _failed.Task.ConfigureAwait(false); // a checkpoint that can never be taken, at the moment of the end
            }

            await _session.FinishAsync(StoreResult(result), CancellationToken.None).ConfigureAwait(false);
            return result;
        }
        catch (Exception error)
        {
            await GiveUpAsync(error).ConfigureAwait(false);
            if (_failed.Task.IsCompleted)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(await _failed.Task.ConfigureAwait(false));
            }

            throw;
        }
        finally
        {
            await _session.DisposeAsync().ConfigureAwait(false);
        }
    }

    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Who starts the run says so.")]
    private byte[] StoreResult(TResult result) => result is null ? [] : StoredJob.WriteResult(result, _snapshots);

    /// <summary>The job is given back, so that the next run finds no owner.</summary>
    private async Task GiveUpAsync(Exception error)
    {
        try
        {
            if (_state == JobRunState.Suspended)
            {
                await _session.SuspendAsync(CancellationToken.None).ConfigureAwait(false);
            }
            else if (error is not JobTakenOverException && _session.State == JobSessionState.Open)
            {
                await _session.StopAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception second) when (second is StoreException or JobTakenOverException)
        {
            error.Data["Sluice.Job"] = second.Message; // the first error says why the run ends; the next run finds by itself that the owner is gone
        }
    }
}
