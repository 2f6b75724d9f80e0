namespace Sluice;

/// <summary>A source could not handle that a position of it is committed, for example acknowledge what is before it. The checkpoint is committed. The source is told again before the next one, and by the
/// next run.</summary>
public sealed class CommitReportException : Exception
{
    internal CommitReportException(string job, string source, Exception cause)
        : base($"Job '{job}' has committed a checkpoint, but its source '{source}' has failed to acknowledge it: {cause.Message} It is told again before the next checkpoint, and by the next run.", cause) =>
        SourceName = source;

    /// <summary>The name of the source's node.</summary>
    public string SourceName { get; }
}
