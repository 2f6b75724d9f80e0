namespace Sluice.Durable;

/// <summary>Another process, or another object of this one, has the file or journal open to write.</summary>
public sealed class FileInUseException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file or folder that is in use.</param>
    /// <param name="processId">The process that has it; null if it is not known.</param>
    /// <param name="advice">The rest of the message: a sentence that says what to do.</param>
    public FileInUseException(string path, int? processId, string advice)
        : base($"'{path}' is in use by {Owner(processId)}. {advice}")
    {
        Path = path;
        ProcessId = processId;
    }

    /// <summary>The file or folder that is in use.</summary>
    public string Path { get; }

    /// <summary>The process that has it open; null if it is not known.</summary>
    public int? ProcessId { get; }

    private static string Owner(int? processId) => processId is null ? "another process" : processId == Environment.ProcessId ? $"this process ({processId})" : $"process {processId}";
}
