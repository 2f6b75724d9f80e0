using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Sluice.Durable;

/// <summary>The ownership of a job by one run: what a coordinator drives, step by step. For each mark: <see cref="WriteAsync"/> as often as there are rows,
/// <see cref="CommitAsync"/> or <see cref="AbortAsync"/>, and after a commit, when sinks have published, <see cref="PruneAsync"/>.</summary>
/// <remarks>If the program ends between any two steps, the job is as after the last commit. A newer run takes the job over by its epoch: from then on each call here throws
/// <see cref="JobTakenOverException"/>, and after the first one nothing reaches the store. Failures of the store are a <see cref="StoreException"/>. All exceptions are awaited.
/// Thread safety: any thread; calls wait for each other, except for <see cref="RenewLeaseAsync"/>.</remarks>
public sealed partial class JobSession : IAsyncDisposable
{
    /// <summary>Calls that a lost connection ended are made again at once. Longer outages are the coordinator's: its next mark tries again.</summary>
    private const int Attempts = 3;

    private readonly CheckpointStore _store;
    private readonly JobStorage _storage;
    private readonly JobOwner _owner;
    private readonly JobOpenOptions _options;
    private readonly SemaphoreSlim _gate = new(1, 1); // guards the fields below, and all calls of the storage but RenewAsync

    private volatile JobTakenOverException? _takenOver; // also set by a renewal, without the gate
    private JobSessionState _state;
    private MarkState _mark;
    private CheckpointId _markId; // valid unless _mark is None
    private long _decided = -1; // marks up to this number are committed or given up
    private long _fence;

    private JobSession(CheckpointStore store, JobStorage storage, JobOwner owner, JobOpenOptions options)
    {
        (_store, _storage, _owner, _options) = (store, storage, owner, options);
        _state = storage.Claimed.Status == JobStatus.Finished ? JobSessionState.Ended : JobSessionState.Open;
        _decided = storage.Claimed.Checkpoint?.Number ?? -1;
        Committed = storage.Claimed.Checkpoint;
    }

    /// <summary>The job's name.</summary>
    public string Job => _storage.Claimed.Name;

    /// <summary>The number of this run. For a finished job, that of its last run.</summary>
    public long Epoch => _storage.Claimed.Epoch;

    /// <summary>The newest checkpoint that is known to be committed, or null before the first one.</summary>
    public CheckpointId? Committed { get; private set; }

    /// <summary>The checkpoint that was the newest before this session went back to an earlier one, or null if it did not.</summary>
    public CheckpointId? RewoundFrom { get; private set; }

    /// <summary>The state.</summary>
    public JobSessionState State => _takenOver is not null && _state != JobSessionState.Closed ? JobSessionState.TakenOver : _state;

    /// <summary>True if the job is finished.</summary>
    public bool IsFinished => _storage.Claimed.Status == JobStatus.Finished || _finished;

    /// <summary>The result of a job that was finished when it was opened; empty for others.</summary>
    public ReadOnlyMemory<byte> Result => _storage.Claimed.Result;

    /// <summary>Finds out whether a commit can have this participant.</summary>
    internal bool Supports(CommitParticipant participant) => _storage.Supports(participant);

    /// <summary>Opens the newest committed checkpoint for reading.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The reader.</returns>
    /// <exception cref="InvalidOperationException">Awaited: nothing is committed yet.</exception>
    public async Task<CheckpointReader> OpenReaderAsync(CancellationToken cancellationToken = default) => Committed is { } id
        ? await _store.OpenReaderAsync(Job, id, cancellationToken).ConfigureAwait(false)
        : throw new InvalidOperationException($"Job '{Job}' has no committed checkpoint to read yet.");

    /// <summary>Writes rows of a mark beforehand. They count when the mark is committed.</summary>
    /// <param name="number">The number of the mark: that of the one under way, or more than that of each before.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellationToken">Cancels the call; the mark has failed then.</param>
    /// <returns>A task that completes when the rows are written.</returns>
    /// <exception cref="InvalidOperationException">Awaited: another mark is under way, or this one is committed, has failed, or was aborted.</exception>
    public async Task WriteAsync(long number, CheckpointRows rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using var entered = await EnterAsync(cancellationToken).ConfigureAwait(false);
        BeginMark(number);
        var batch = Guid.NewGuid();
        try
        {
            await RetryAsync(token => _storage.WriteAsync(_markId, batch, rows, token), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            SetMark(MarkState.Failed);
            throw;
        }
    }

    /// <summary>Commits a checkpoint: its number becomes the job's newest one, together with the rows written beforehand, the last rows, and the work of sinks, or nothing of it.</summary>
    /// <param name="commit">The checkpoint.</param>
    /// <param name="cancellationToken">Cancels the call. The outcome is unknown then.</param>
    /// <returns>A task that completes when it is committed. Only then sinks publish, and sources acknowledge.</returns>
    /// <remarks>If the connection is lost, the call reads the job before it decides, and commits again if the job is as before. If the store does not answer, the call throws and the outcome is
    /// unknown: the next call, the same again or an <see cref="AbortAsync"/>, reads it first. After any other exception, it is not committed.</remarks>
    /// <exception cref="InvalidOperationException">Awaited: another mark is under way, this one has failed, or a participant is not of this store.</exception>
    public async Task CommitAsync(CheckpointCommit commit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(commit);
        using var entered = await EnterAsync(cancellationToken).ConfigureAwait(false);
        if (commit.Participants.FirstOrDefault(participant => !_storage.Supports(participant)) is { } foreign)
        {
            throw new InvalidOperationException($"Sink '{foreign.Node}' wants to write in the transaction of a checkpoint, and {_store.Description} is not its database. Give the sink a transaction of its own.");
        }

        if (_mark == MarkState.InDoubt && _markId.Number == commit.Number && await ResolveAsync(cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        BeginMark(commit.Number);
        for (var attempt = 1; !await TryCommitAsync(commit, attempt, cancellationToken).ConfigureAwait(false); attempt++)
        {
        }
    }

    /// <summary>Gives up a mark: its rows never count, and its number is not used again.</summary>
    /// <param name="number">The number of the mark.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the rows are gone. If that fails, the mark is given up all the same, and a later step removes them.</returns>
    /// <exception cref="InvalidOperationException">Awaited: the mark is committed, which was not known before.</exception>
    public async Task AbortAsync(long number, CancellationToken cancellationToken = default)
    {
        using var entered = await EnterAsync(cancellationToken).ConfigureAwait(false);
        if (_mark == MarkState.InDoubt && await ResolveAsync(cancellationToken).ConfigureAwait(false) && Committed?.Number == number)
        {
            throw new InvalidOperationException($"Checkpoint {number} of job '{Job}' cannot be aborted: it is committed, and the answer of the store was lost. Go on from it.");
        }

        if (number <= _decided)
        {
            return; // no mark of this number is under way
        }

        _decided = number;
        SetMark(MarkState.None);
        await RetryAsync(token => _storage.CleanAsync(_decided, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes checkpoints beyond the ones to keep and the named ones, with the rows that no other checkpoint needs.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are gone. If it fails, a later call removes them.</returns>
    public async Task PruneAsync(CancellationToken cancellationToken = default)
    {
        using var entered = await EnterAsync(cancellationToken).ConfigureAwait(false);
        await RetryAsync(token => _storage.CleanAsync(_decided, token), cancellationToken).ConfigureAwait(false);
        await RetryAsync(token => _storage.PruneAsync(_options.Keep, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Renews the lease, so that no other host takes the job over. To be called about each third of <see cref="JobOpenOptions.Lease"/>, also while another call is under way.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when it is renewed.</returns>
    public async Task RenewLeaseAsync(CancellationToken cancellationToken = default)
    {
        ThrowUnlessOpen();
        await WatchAsync(token => _storage.RenewAsync(_options.Lease, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the session as a crash would: nothing is written, and the job has this run as its owner. The same process, and after its end any on this host, can open it at once.</summary>
    /// <returns>A task that completes when it is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_state != JobSessionState.Closed)
            {
                _state = JobSessionState.Closed;
                _owner.EndRunning();
                await _storage.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>One attempt. False: the job is as before, and the attempt is worth another one.</summary>
    private async Task<bool> TryCommitAsync(CheckpointCommit commit, int attempt, CancellationToken cancellationToken)
    {
        SetMark(MarkState.InDoubt);
        Exception? failure = null;
        try
        {
            var previous = Committed;
            var fence = _fence;
            var changed = false;
            await WatchAsync(async token => changed = await _storage.CommitAsync(commit, previous, fence, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            if (changed)
            {
                SetCommitted();
                return true;
            }
        }
        catch (Exception error) when (error is not (JobTakenOverException or OperationCanceledException))
        {
            failure = error;
        }

        // Whether it is committed is not known, also after an error: the answer may have been lost. Nothing is decided before the job was read.
        try
        {
            if (await ResolveAsync(cancellationToken).ConfigureAwait(false))
            {
                return true;
            }
        }
        catch (StoreException) when (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure); // the first one says what happened; the mark stays in doubt
        }

        if (attempt == Attempts || failure is not (null or StoreUnavailableException))
        {
            ExceptionDispatchInfo.Throw(failure ?? new StoreUnavailableException(_store.Description, $"it did not take the commit of checkpoint {commit.Number} in {Attempts} attempts, and gave no reason"));
        }

        return false;
    }

    /// <summary>Reads the outcome of the mark in doubt. True: it is committed. From here on no late commit of it counts.</summary>
    private async Task<bool> ResolveAsync(CancellationToken cancellationToken)
    {
        JobRecord? found = null;
        await RetryAsync(async token => found = await _storage.ResolveAsync(++_fence, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        if (found!.Checkpoint == _markId)
        {
            SetCommitted();
            return true;
        }

        if (found.Checkpoint != Committed)
        {
            throw new StoreDamagedException($"Job '{Job}' in {_store.Description} has {found.Checkpoint?.ToString() ?? "none"} as its newest checkpoint, and this run has committed {Committed?.ToString() ?? "none"}: the store was changed by "
                + "another program, or is a copy of an earlier time. Stop this run, and start the job again, which goes on from what the store has.");
        }

        SetMark(MarkState.Open);
        return false;
    }

    private void BeginMark(long number)
    {
        if (number <= _decided)
        {
            throw new InvalidOperationException($"Checkpoint {number} of job '{Job}' is committed or was given up. Numbers are not used twice: take {_decided + 1} or more.");
        }

        if (_mark == MarkState.None)
        {
            _markId = new CheckpointId(Epoch, number);
            SetMark(MarkState.Open);
        }
        else if (_markId.Number != number)
        {
            throw new InvalidOperationException($"Checkpoint {number} of job '{Job}' cannot begin: {_markId.Number} is under way. Commit or abort it first.");
        }
        else if (_mark == MarkState.Failed)
        {
            throw new InvalidOperationException($"Checkpoint {number} of job '{Job}' lacks rows that could not be written. Abort it, and begin another one.");
        }
    }

    private void SetCommitted()
    {
        Committed = _markId;
        _decided = _markId.Number;
        SetMark(MarkState.None);
    }

    private void SetMark(MarkState next)
    {
        Debug.Assert((_mark, next) is (_, MarkState.None) or (MarkState.None, MarkState.Open) or (MarkState.Open, MarkState.Failed or MarkState.InDoubt) or (MarkState.InDoubt, MarkState.Open or MarkState.InDoubt),
            $"A mark does not go from {_mark} to {next}.");
        _mark = next;
    }
}
