namespace Sluice;

/// <summary>The report to a source that a position of it is committed.</summary>
/// <param name="Source">The node's name.</param>
/// <param name="MakeAsync">Makes the report; not within the run.</param>
internal sealed record CommitReport(string Source, Func<CancellationToken, ValueTask> MakeAsync);
