namespace Sluice.Durable;

/// <summary>The store cannot be reached, or the connection to it was lost.</summary>
public sealed class StoreUnavailableException : StoreException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="store">The store, as its <see cref="CheckpointStore.Description"/> has it.</param>
    /// <param name="reason">The reason, as the end of a sentence.</param>
    /// <param name="innerException">The failure of the database. Default null.</param>
    public StoreUnavailableException(string store, string reason, Exception? innerException = null)
        : base($"{store} cannot be reached: {reason}. Nothing that was committed is lost. A run tries again with its next checkpoint; if this stays, check that the store runs and can be reached from here.", innerException)
    {
    }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
