namespace Sluice;

/// <summary>A target that gets each item exactly once, in two phases: what belongs to a checkpoint is prepared before that is committed, and published after. For services and brokers; files and tables have
/// sinks of their own. <see cref="StagedSinks"/> makes a sink of it.</summary>
/// <remarks>
/// <para>Items are collected in memory until a checkpoint. A crash before the commit: the items come again, in the same or in other batches. A crash behind it: <see cref="RestoreAsync"/> and
/// <see cref="PublishAsync"/> are called by the next run. So what was prepared for a number above the committed one has to go, and publishing has to be repeatable.</para>
/// <para>Thread safety: one call at a time, on any thread, not within the run.</para>
/// </remarks>
/// <typeparam name="T">The type of the items. They must not change after they were sent.</typeparam>
public abstract class StagedSink<T> : IAsyncDisposable
{
    /// <summary>Begins: removes what was prepared and is not committed. Called once, before any item. Default: does nothing.</summary>
    /// <param name="context">The job and the node.</param>
    /// <param name="committed">The newest committed checkpoint that the sink had a part in, which is published again behind this call; null if there is none.</param>
    /// <param name="cancellationToken">Cancelled with the start of the run.</param>
    /// <returns>A task. What it fails with fails the start.</returns>
    public virtual ValueTask RestoreAsync(StagedContext context, StagedCheckpoint? committed, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>Makes the items of a checkpoint durable, so that <see cref="PublishAsync"/> cannot fail for good, and invisible to others.</summary>
    /// <param name="checkpoint">The number of the checkpoint; greater than all before. What was prepared for a lower one that was not published is given up: its items are among these.</param>
    /// <param name="items">All items since the last published checkpoint, in their order; maybe none.</param>
    /// <param name="cancellationToken">Cancelled after <see cref="JobOptions.StoreTimeout"/>.</param>
    /// <returns>The state for the checkpoint, and work in its transaction. A failure fails the checkpoint, which is tried again (<see cref="JobOptions.FailuresAllowed"/>).</returns>
    public abstract ValueTask<StagedPart> PrepareAsync(long checkpoint, IReadOnlyList<T> items, CancellationToken cancellationToken);

    /// <summary>Shows a committed checkpoint to others. It may be called several times for one checkpoint, also by a later run.</summary>
    /// <param name="checkpoint">The checkpoint, with the state that was prepared for it.</param>
    /// <param name="cancellationToken">Cancelled after <see cref="JobOptions.StoreTimeout"/>.</param>
    /// <returns>A task. A failure is reported and counted as one of the checkpoint; it is called again before the next one.</returns>
    public abstract ValueTask PublishAsync(StagedCheckpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>Closes what is open, and publishes nothing: the run has ended, was abandoned or was taken over. Default: does nothing.</summary>
    /// <returns>A task.</returns>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
