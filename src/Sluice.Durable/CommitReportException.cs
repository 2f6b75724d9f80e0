namespace Sluice;

/// <summary>A source could not handle that a position of it is committed, for example acknowledge what is before it. The checkpoint is committed: the next run goes on there and reports it
/// again.</summary>
public sealed class CommitReportException : Exception
{
    internal CommitReportException(string job, string source, Exception cause)
        : base($"Job '{job}' has committed a checkpoint, but its source '{source}' has failed to acknowledge it: {cause.Message} The next run goes on at that checkpoint and reports it again.", cause) =>
        SourceName = source;

    /// <summary>The name of the source's node.</summary>
    public string SourceName { get; }
}
