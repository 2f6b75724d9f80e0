namespace Sluice;

/// <summary>The failure of a stage in another process, where its exception's type is not known here. The message is that of the
/// original, and <see cref="Exception.ToString"/> has its stack.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed class RemoteStageException : Exception
{
    internal RemoteStageException(string typeName, string message, Exception? cause)
        : base(message, cause) => TypeName = typeName;

    /// <summary>The full name of the original's type.</summary>
    public string TypeName { get; }

    /// <summary>The name of the stage that failed, as in <c>Data["Sluice.Stage"]</c>; null if it is not known.</summary>
    public string? StageName => Data["Sluice.Stage"] as string;
}
