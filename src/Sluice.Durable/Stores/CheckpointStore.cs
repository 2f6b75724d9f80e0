namespace Sluice.Durable;

/// <summary>A store of the checkpoints of jobs. Several processes, and several objects in one process, may use the same store.</summary>
/// <remarks>A store of your own derives from this and from <see cref="JobStorage"/> and <see cref="CheckpointReader"/>, and passes the suite <c>CheckpointStoreContract</c>. Failures
/// of a store are a <see cref="StoreException"/>, awaited. Thread safety: any thread.</remarks>
public abstract class CheckpointStore : IAsyncDisposable
{
    /// <summary>The store in a few words for messages, such as "SQLite file 'sessions.db'"; without a secret.</summary>
    public abstract string Description { get; }

    /// <summary>Opens a job for a run: takes its next epoch, removes rows that are not committed, and finds the newest committed checkpoint. A job that does not exist is created.</summary>
    /// <param name="job">The job's name; not empty.</param>
    /// <param name="options">The options. Default null: the defaults of each.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The session, which owns the job. For a job that is finished, a session that has only the result.</returns>
    /// <exception cref="JobRunningException">Awaited: another run owns the job and is not gone.</exception>
    /// <exception cref="ArgumentException">Awaited: the options ask for a checkpoint that there is not. Thrown: the name is empty, or an option is out of range.</exception>
    public Task<JobSession> OpenAsync(string job, JobOpenOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        options ??= new JobOpenOptions();
        options.Validate();
        return JobSession.OpenAsync(this, job, options, cancellationToken);
    }

    /// <summary>Claims a job for a run: in one transaction, takes the next epoch if <see cref="ClaimRequest.Check"/> allows it, with a fence of 0. A job that does not exist is created
    /// with epoch 1. A finished job stays as it is.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="request">The run that asks.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The job's rows.</returns>
    public abstract Task<JobStorage> ClaimAsync(string job, ClaimRequest request, CancellationToken cancellationToken = default);

    /// <summary>Reads the row of one job.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The job, or null if there is none of this name.</returns>
    public abstract Task<JobRecord?> FindJobAsync(string job, CancellationToken cancellationToken = default);

    /// <summary>Lists the jobs.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The jobs, in the order of their names.</returns>
    public abstract Task<IReadOnlyList<JobRecord>> ListJobsAsync(CancellationToken cancellationToken = default);

    /// <summary>Lists the committed checkpoints of a job that are kept.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The checkpoints, the newest first; none if there is no such job.</returns>
    public abstract Task<IReadOnlyList<CheckpointInfo>> ListCheckpointsAsync(string job, CancellationToken cancellationToken = default);

    /// <summary>Opens one committed checkpoint for reading.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="checkpoint">The checkpoint. Default null: the newest.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The reader.</returns>
    /// <exception cref="ArgumentException">Awaited: there is no such checkpoint.</exception>
    public abstract Task<CheckpointReader> OpenReaderAsync(string job, CheckpointId? checkpoint = null, CancellationToken cancellationToken = default);

    /// <summary>Takes the name of a checkpoint away, so that it is removed like others.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="name">The checkpoint's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True if there was one.</returns>
    public abstract Task<bool> UnnameAsync(string job, string name, CancellationToken cancellationToken = default);

    /// <summary>Deletes a job with all its checkpoints.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True if there was one.</returns>
    /// <exception cref="JobRunningException">Awaited: a run owns the job and is not gone.</exception>
    public async Task<bool> DeleteJobAsync(string job, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        return await StoredJobs.ChangeAsync(this, job, static async (storage, token) =>
        {
            await storage.DeleteAsync(token).ConfigureAwait(false);
            return true;
        }, remains: false, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes everything of one node from all checkpoints of a job, so that the node starts fresh, or may be missing from the program.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="node">The node's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True if there was anything.</returns>
    /// <exception cref="JobRunningException">Awaited: a run owns the job and is not gone.</exception>
    public async Task<bool> ForgetNodeAsync(string job, string node, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        ArgumentException.ThrowIfNullOrEmpty(node);
        return await StoredJobs.ChangeAsync(this, job, (storage, token) => storage.ForgetAsync(node, token), remains: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes one checkpoint as a file, in the format of <c>docs/durable.md</c>.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="destination">The stream to write to; it stays open.</param>
    /// <param name="checkpoint">The checkpoint. Default null: the newest.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The checkpoint that was written.</returns>
    /// <exception cref="ArgumentException">Awaited: there is no such checkpoint.</exception>
    public async Task<CheckpointInfo> ExportAsync(string job, Stream destination, CheckpointId? checkpoint = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var reader = await OpenReaderAsync(job, checkpoint, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            await CheckpointFile.WriteAsync(reader, job, destination, cancellationToken).ConfigureAwait(false);
            return reader.Checkpoint;
        }
    }

    /// <summary>Reads a file that <see cref="ExportAsync"/> wrote, and makes a job of it, which has this one checkpoint.</summary>
    /// <param name="job">The name of the new job.</param>
    /// <param name="source">The stream to read from; it stays open.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The checkpoint of the new job.</returns>
    /// <exception cref="ArgumentException">Awaited: there is a job of this name.</exception>
    /// <exception cref="StoreDamagedException">Awaited: the file is damaged. No job was made.</exception>
    /// <exception cref="StoreVersionException">Awaited: the file is of a newer version.</exception>
    public Task<CheckpointInfo> ImportAsync(string job, Stream source, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        ArgumentNullException.ThrowIfNull(source);
        return StoredJobs.ImportAsync(this, job, source, cancellationToken);
    }

    /// <summary>Reads a file that <see cref="ExportAsync"/> wrote to its end, and checks all of it, without a store.</summary>
    /// <param name="source">The stream to read from; it stays open.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The job and the checkpoint that the file was written from.</returns>
    /// <exception cref="StoreDamagedException">Awaited: the file is damaged.</exception>
    /// <exception cref="StoreVersionException">Awaited: the file is of a newer version.</exception>
    public static Task<ExportedCheckpoint> CheckExportAsync(Stream source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return CheckpointFile.CheckAsync(source, cancellationToken);
    }

    /// <summary>Closes the store. Sessions and readers are closed before.</summary>
    /// <returns>A task that completes when it is closed.</returns>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
