namespace Sluice.Durable;

/// <summary>A store of checkpoints has failed. Nothing that was committed is lost, and nothing that was not counts.</summary>
public abstract class StoreException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The failure of the database, or null.</param>
    protected StoreException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>True if the same call may succeed later without a change by people, or after they made room.</summary>
    public abstract bool IsTransient { get; }
}
