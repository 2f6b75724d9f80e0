namespace Sluice;

/// <summary>What a mark that has passed all nodes has found at them.</summary>
/// <param name="States">The states, by the names of the nodes.</param>
/// <param name="Listeners">Those to be told what becomes of the checkpoint, by the names of their nodes.</param>
internal sealed record PassedMark(IReadOnlyDictionary<string, byte[]> States, IReadOnlyDictionary<string, ICommitListener> Listeners);
