namespace Sluice.Durable;

/// <summary>The disk or the quota of the store is full.</summary>
public sealed class StoreFullException : StoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="store">The store, as its <see cref="CheckpointStore.Description"/> has it.</param>
    /// <param name="innerException">The failure of the database. Default null.</param>
    public StoreFullException(string store, Exception? innerException = null)
        : base($"{store} has no room left. The last committed checkpoint is whole. Make room on its disk, or keep fewer checkpoints, and the next one is tried again.", innerException)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
