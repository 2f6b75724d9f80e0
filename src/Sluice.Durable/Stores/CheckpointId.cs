namespace Sluice.Durable;

/// <summary>The identity of a checkpoint within its job. Numbers grow over all epochs, but two epochs may have used the same number, and only one of them committed it.</summary>
/// <param name="Epoch">The epoch of the run that made it; 1 or more.</param>
/// <param name="Number">The number of its mark; 0 or more.</param>
public readonly record struct CheckpointId(long Epoch, long Number)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Number} (of run {Epoch})";
}
