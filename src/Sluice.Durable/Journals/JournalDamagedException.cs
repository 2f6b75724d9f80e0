namespace Sluice.Durable;

/// <summary>A journal is damaged where that is no trace of a crash: records that were acknowledged cannot be read.</summary>
public sealed class JournalDamagedException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The file.</param>
    /// <param name="offset">Where the damage is, in bytes from the beginning of the file.</param>
    /// <param name="what">The beginning of the message: what is wrong.</param>
    public JournalDamagedException(string file, long offset, string what)
        : base($"{what} ('{file}', byte {offset}). Records that were acknowledged are lost there. Copy the whole folder first. Then bring the file back from a backup or a replica; or, to give up what is lost, begin a new journal in another folder, and copy into it what can be read before that place.")
    {
        File = file;
        Offset = offset;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The place of the damage, in bytes from the beginning of the file.</summary>
    public long Offset { get; }
}
