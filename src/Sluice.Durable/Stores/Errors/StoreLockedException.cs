namespace Sluice.Durable;

/// <summary>Another program holds a lock on the store for longer than this one waits.</summary>
public sealed class StoreLockedException : StoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="store">The store, as its <see cref="CheckpointStore.Description"/> has it.</param>
    /// <param name="waited">The time for which the lock was waited for.</param>
    /// <param name="innerException">The failure of the database. Default null.</param>
    public StoreLockedException(string store, TimeSpan waited, Exception? innerException = null)
        : base($"{store} is locked by another program, for {waited.TotalSeconds:0.###} s at least. Nothing is lost. End the transaction of that program: a shell with an open transaction, a backup, or a process that was stopped in the middle of a write.", innerException)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
