namespace Sluice;

/// <summary>
/// Raised where a worker process was needed and ended, or did not come up. The message says how it ended and holds what it last
/// wrote to its standard error, which usually shows the reason.
/// </summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class WorkerLostException : IOException
{
    internal WorkerLostException(WorkerExit exit, string when)
        : base($"Worker process {exit.Id} {exit.Words} {when}.{Said(exit.LastErrorLines)}")
    {
        (ProcessId, ExitCode, LastErrorLines) = (exit.Id, exit.ExitCode, exit.LastErrorLines);
    }

    internal WorkerLostException(int processId, string what, IReadOnlyList<string> lastErrorLines, Exception? cause = null)
        : base($"Worker process {processId} {what}.{Said(lastErrorLines)}", cause)
    {
        (ProcessId, LastErrorLines) = (processId, lastErrorLines);
    }

    /// <summary>The process's number.</summary>
    public int ProcessId { get; }

    /// <summary>Its exit code, on Unix 128 and the signal's number if it died of one; null if it had not ended by itself when it was given up.</summary>
    public int? ExitCode { get; }

    /// <summary>The last lines that it wrote to its standard error: at most 20 lines, each cut after 1,000 bytes, the newest last.
    /// Of a stack trace there are the first ten.</summary>
    public IReadOnlyList<string> LastErrorLines { get; }

    private static string Said(IReadOnlyList<string> lines) => lines.Count == 0
        ? " It wrote nothing to its standard error."
        : $" The last lines of its standard error:\n  {string.Join("\n  ", lines)}";
}
