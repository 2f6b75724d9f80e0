namespace Sluice;

/// <summary>Bytes that are no snapshot which this program can resume: damaged, of another format, made by other code, or of
/// types that are not allowed. The message says which, and what differs.</summary>
public sealed class SnapshotException : Exception
{
    internal SnapshotException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
