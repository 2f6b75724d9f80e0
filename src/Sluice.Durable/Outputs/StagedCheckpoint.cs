namespace Sluice;

/// <summary>A committed checkpoint, as a sink sees it.</summary>
/// <param name="Number">Its number.</param>
/// <param name="State">What the sink has given for it.</param>
public sealed record StagedCheckpoint(long Number, ReadOnlyMemory<byte> State);
