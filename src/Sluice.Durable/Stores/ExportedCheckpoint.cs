namespace Sluice.Durable;

/// <summary>What the file of a checkpoint says about itself.</summary>
/// <param name="Job">The name of the job that it was exported from.</param>
/// <param name="Checkpoint">The checkpoint.</param>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record ExportedCheckpoint(string Job, CheckpointInfo Checkpoint);
