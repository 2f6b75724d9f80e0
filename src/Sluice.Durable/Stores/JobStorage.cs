namespace Sluice.Durable;

/// <summary>The rows of one job as one run sees them: what a store implements. Each call is one transaction, or leaves nothing behind that counts. Users have
/// <see cref="JobSession"/>, which makes these calls in order, and again where that is right.</summary>
/// <remarks>Every call first checks that the job's epoch is the one of <see cref="Claimed"/>, within its transaction, and throws <see cref="JobTakenOverException"/> if it is not.
/// Failures of the store are a <see cref="StoreException"/>; after one, the next call tries to reach the store again. Thread safety: calls come one after the other, except for
/// <see cref="RenewAsync"/>, which may come beside another one. <see cref="IAsyncDisposable.DisposeAsync"/> writes nothing.</remarks>
public abstract class JobStorage : IAsyncDisposable
{
    /// <summary>The job as it was after the claim. If it is finished, no epoch was taken.</summary>
    public abstract JobRecord Claimed { get; }

    /// <summary>Removes the rows of marks that were not committed: all those of earlier epochs, and those of this one with a number up to <paramref name="decided"/>.</summary>
    /// <param name="decided">The highest number that is committed or given up.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are gone.</returns>
    public abstract Task CleanAsync(long decided, CancellationToken cancellationToken);

    /// <summary>Writes rows of a mark that is not committed yet.</summary>
    /// <param name="id">The mark.</param>
    /// <param name="batch">The identity of this batch. If rows of this batch are there already, nothing is written.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are written.</returns>
    public abstract Task WriteAsync(CheckpointId id, Guid batch, CheckpointRows rows, CancellationToken cancellationToken);

    /// <summary>Commits a checkpoint, if the newest one is <paramref name="previous"/> and the job's fence is <paramref name="fence"/>.</summary>
    /// <param name="commit">The checkpoint.</param>
    /// <param name="previous">The checkpoint before, or null if it is the first.</param>
    /// <param name="fence">The fence that this run has set last; 0 after a claim.</param>
    /// <param name="cancellationToken">Cancels the call. The outcome is unknown then.</param>
    /// <returns>True if it is committed. False if nothing has changed, since the newest checkpoint or the fence is another one.</returns>
    public abstract Task<bool> CommitAsync(CheckpointCommit commit, CheckpointId? previous, long fence, CancellationToken cancellationToken);

    /// <summary>Reads the job, and raises its fence: a commit of this run that is still under way changes nothing from here on.</summary>
    /// <param name="fence">The new fence, higher than each before.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The job with the newest checkpoint.</returns>
    public abstract Task<JobRecord> ResolveAsync(long fence, CancellationToken cancellationToken);

    /// <summary>Removes committed checkpoints beyond the newest ones and the named ones, with all rows that no other checkpoint needs.</summary>
    /// <param name="keep">How many of the newest to keep; 1 or more.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are gone.</returns>
    public abstract Task PruneAsync(int keep, CancellationToken cancellationToken);

    /// <summary>Renews the lease: it ends this long after now, by the store's clock.</summary>
    /// <param name="lease">The time; more than zero.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when it is renewed.</returns>
    public abstract Task RenewAsync(TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Ends the ownership.</summary>
    /// <param name="status">The status from here on; not <see cref="JobStatus.Running"/>.</param>
    /// <param name="result">The result of a finished job; empty for others.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when it is stored. The same call again does the same.</returns>
    public abstract Task EndAsync(JobStatus status, ReadOnlyMemory<byte> result, CancellationToken cancellationToken);

    /// <summary>Goes back to an earlier checkpoint: all later ones, and all their rows, are removed.</summary>
    /// <param name="id">The checkpoint that is the newest from here on.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are gone.</returns>
    public abstract Task RewindAsync(CheckpointId id, CancellationToken cancellationToken);

    /// <summary>Removes all rows of a node from all checkpoints.</summary>
    /// <param name="node">The node's name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True if there were any.</returns>
    public abstract Task<bool> ForgetAsync(string node, CancellationToken cancellationToken);

    /// <summary>Removes the job and all its rows.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when they are gone.</returns>
    public abstract Task DeleteAsync(CancellationToken cancellationToken);

    /// <summary>Finds out whether a commit can have this participant.</summary>
    /// <param name="participant">The participant.</param>
    /// <returns>True if it is of a kind that this store has, for the same database.</returns>
    public abstract bool Supports(CommitParticipant participant);

    /// <summary>Closes what is open, and writes nothing.</summary>
    /// <returns>A task that completes when it is closed.</returns>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
