namespace Sluice.Durable;

/// <summary>An output is not as it was when it was committed: it is gone, shorter, or another file.</summary>
public sealed class OutputFileChangedException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">The beginning of the message: what has changed.</param>
    public OutputFileChangedException(string path, string what)
        : base($"{what} Nothing was changed. Someone else has written, moved or replaced the file since the checkpoint. Bring it back from a backup as it was; or, to give it up, start the job from the beginning with another file.") =>
        Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
