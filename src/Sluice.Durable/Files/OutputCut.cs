namespace Sluice.Durable;

/// <summary>What belongs to one checkpoint, and is not durable yet.</summary>
/// <param name="State">The output at the cut.</param>
/// <param name="Parts">The parts that are to be synced.</param>
/// <param name="Ended">The part that the cut has ended, and that is closed when it is durable; null if there is none.</param>
/// <param name="HasNewNames">Whether there are names that are not durable.</param>
internal sealed record OutputCut(OutputState State, List<PartWriter> Parts, PartWriter? Ended, bool HasNewNames);
