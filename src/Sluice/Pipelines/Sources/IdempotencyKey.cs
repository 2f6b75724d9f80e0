namespace Sluice;

/// <summary>The key of an item of a source in a job. An item that comes again after a crash has the same key, and no other item has it: a system outside that is handed an item at least once can leave out what it has
/// already. See <see cref="IdempotencyKeys.WithIdempotencyKeys"/>.</summary>
/// <remarks>Thread safety: immutable.</remarks>
/// <param name="Job">The name of the job. In a run without one, a text that no other run has.</param>
/// <param name="Source">The name of the source's node in its pipeline. Give the source a name (<c>Named</c>) if the pipeline may get other sources before it.</param>
/// <param name="Position">The place of the item in the source: a number of a line, a row or a record, or the position that <see cref="ResumableRun{T, TPosition}"/> was given for it.</param>
public readonly record struct IdempotencyKey(string Job, string Source, string Position)
{
    /// <summary>The key as one text, for a header or a column: <c>job/source/position</c>. What is no letter or digit of ASCII, and none of <c>-_.~</c>, is written as in a URI, so different keys have different texts.</summary>
    /// <returns>The text. It is as long as its three parts; a system that takes short keys only can be given a SHA-256 hash of it.</returns>
    public override string ToString() => $"{Uri.EscapeDataString(Job ?? "")}/{Uri.EscapeDataString(Source ?? "")}/{Uri.EscapeDataString(Position ?? "")}";
}
