namespace Sluice.Durable;

/// <summary>How a file that is written exactly once shows what is committed.</summary>
public enum OutputCommit
{
    /// <summary>Bytes are appended to the file itself, and a restart cuts off those that are not committed. Others see them before: <see cref="CommittedOutput"/>
    /// says up to where the file stays as it is.</summary>
    Truncate,

    /// <summary>Bytes are written to hidden files, which get a name with the checkpoint's number once it is committed. Others see only what is committed.</summary>
    Rename,
}
