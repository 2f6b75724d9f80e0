namespace Sluice.Durable;

/// <summary>Stored rows are not what was written.</summary>
public sealed class StoreDamagedException : StoreException
{
    /// <summary>Creates the exception for a row whose checksum differs.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="checkpoint">The checkpoint that the row was written for, or null.</param>
    /// <param name="what">The row, as a noun.</param>
    public StoreDamagedException(string job, CheckpointId? checkpoint, string what)
        : base($"The store of job '{job}' is damaged: {what}{(checkpoint is { } id ? $", written for checkpoint {id}," : "")} does not have the bytes that were written. Restore the store from a backup, or import a checkpoint that was "
            + "exported. To go on from the last checkpoint that is whole, open the job with DamagePolicy.UseLastGood: what came after it is done again.", null)
    {
        Job = job;
        Checkpoint = checkpoint;
    }

    /// <summary>Creates the exception for a store or a file that is damaged as a whole.</summary>
    /// <param name="message">The message: what is damaged, and what to do.</param>
    /// <param name="innerException">The failure of the database. Default null.</param>
    public StoreDamagedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The job's name, or null if it is not known.</summary>
    public string? Job { get; }

    /// <summary>The checkpoint that the damaged row was written for, or null if it is of none.</summary>
    public CheckpointId? Checkpoint { get; }

    /// <inheritdoc/>
    public override bool IsTransient => false;
}
