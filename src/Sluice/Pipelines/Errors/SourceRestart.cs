namespace Sluice;

/// <summary>A source that has failed and is started again: see <see cref="Source{T}.OnError(ErrorPolicy, Action{SourceRestart})"/>.</summary>
/// <remarks>Thread safety: immutable, apart from the error.</remarks>
/// <param name="SourceName">The name of the source in its pipeline.</param>
/// <param name="Error">What it has failed with.</param>
/// <param name="Restarts">How often it was started again in this run, this time included.</param>
/// <param name="Delay">How long it is waited for before that, on the clock of the run.</param>
/// <param name="Position">Where it goes on, such as <c>line 7</c>: the text of <see cref="SourceRun{T}.RestartPosition"/> when it failed. Null: it begins from the start,
/// so items that it has produced already may come again.</param>
public sealed record SourceRestart(string SourceName, Exception Error, int Restarts, TimeSpan Delay, string? Position)
{
    /// <summary>Gets whether the source knows no position, and begins from the start.</summary>
    public bool IsFromStart => Position is null;

    /// <summary>For logs.</summary>
    /// <returns>One sentence, such as <c>'Lines' has failed and goes on at line 7: Stale file handle</c>.</returns>
    public override string ToString() => $"'{SourceName}' has failed and {(IsFromStart ? "begins from the start" : $"goes on at {Position}")}: {Error.Message}";
}
