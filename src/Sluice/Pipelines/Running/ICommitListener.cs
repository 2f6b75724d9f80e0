namespace Sluice;

/// <summary>The position of a source that lets go of what is before it when that is committed: it acknowledges, or trims. Not called within the strand; one call at a time, and none while a mark is under way.</summary>
internal interface ICommitListener
{
    /// <summary>A mark has passed all nodes. The position that it has found is about to be committed.</summary>
    /// <param name="name">The name under which the checkpoint is to be kept, or null.</param>
    /// <param name="cancellationToken">Gives the checkpoint up.</param>
    Task PrepareAsync(string? name, CancellationToken cancellationToken);

    /// <summary>That is committed. If it fails, it is called again before the next mark.</summary>
    /// <param name="kept">The number of the newest checkpoints without a name that are kept, this one among them.</param>
    /// <param name="names">The names of the checkpoints that are kept by one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task CommittedAsync(int kept, IReadOnlySet<string> names, CancellationToken cancellationToken);
}
