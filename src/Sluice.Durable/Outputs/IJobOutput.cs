namespace Sluice.Durable;

/// <summary>The output of a sink in a run of a job. Its other side, <see cref="SinkOutput"/>, is the sink's strand's. The calls here come from the run, one at a time, and not within a strand.</summary>
/// <remarks><code>
/// RestoreAsync                                once, before any item
/// Cut(n), PrepareAsync(n), PublishAsync(n)    for each checkpoint
/// Cut(n), PrepareAsync(n)                     the commit has failed: n + 1 has what n had
/// PublishAsync(n), PublishAsync(n)            the first call has failed; no mark begins in between
/// DisposeAsync                                once, at any time: nothing is written by it
/// </code></remarks>
internal interface IJobOutput : IAsyncDisposable
{
    /// <summary>The name of the sink's node.</summary>
    string Node { get; }

    /// <summary>Gets whether nothing more can be written: the run fails, and the next one goes back to what is committed. Else a failure is one of this checkpoint.</summary>
    bool HasFailed { get; }

    /// <summary>Goes back to what is committed, and publishes that again.</summary>
    /// <param name="committed">The checkpoint with what <see cref="PrepareAsync"/> gave for it; null if no checkpoint has the output yet.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task RestoreAsync(StagedCheckpoint? committed, CancellationToken cancellationToken);

    /// <summary>Makes durable what belongs to a checkpoint.</summary>
    Task<StagedPart> PrepareAsync(long number, CancellationToken cancellationToken);

    /// <summary>Shows what a committed checkpoint has, and all before.</summary>
    Task PublishAsync(long number, CancellationToken cancellationToken);
}

/// <summary>The same of a file.</summary>
internal interface IJobFile : IJobOutput
{
    string FullPath { get; }
}
