namespace Sluice;

/// <summary>What a mark that has passed all nodes has found at them.</summary>
/// <param name="States">The states.</param>
/// <param name="Listeners">Those to be told what becomes of the checkpoint, by the names of their nodes.</param>
internal sealed record PassedMark(IReadOnlyDictionary<StateKey, byte[]> States, IReadOnlyDictionary<string, ICommitListener> Listeners);
