using Sluice.Durable;

namespace Sluice;

/// <summary>The part of a checkpoint that a sink has prepared.</summary>
/// <param name="State">Bytes that are stored with the checkpoint, and given back when it is published and restored. Empty if none are needed.</param>
public sealed record StagedPart(ReadOnlyMemory<byte> State)
{
    /// <summary>Work within the transaction of the checkpoint, if <see cref="StagedContext.Supports"/> says that the job's store takes it. Default null: none.</summary>
    public CommitParticipant? Participant { get; init; }
}
