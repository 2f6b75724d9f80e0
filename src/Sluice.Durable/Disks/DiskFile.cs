namespace Sluice.Durable;

/// <summary>An open file of a <see cref="Disk"/>. It has no position: each call says where. Closing it writes nothing.</summary>
internal abstract class DiskFile(string path) : IDisposable
{
    /// <summary>The name that it was opened by; the file may have another one since.</summary>
    internal string Path { get; } = path;

    internal abstract long Length { get; }

    /// <exception cref="PlatformNotSupportedException">Thrown: this system has no call for it here.</exception>
    internal abstract FileIdentity Identity { get; }

    /// <summary>Reads at most as many bytes as there is room for.</summary>
    /// <returns>How many; 0 at the end.</returns>
    internal abstract int Read(Span<byte> bytes, long offset);

    internal abstract void Write(ReadOnlySpan<byte> bytes, long offset);

    internal abstract void SetLength(long length);

    /// <summary>Makes content and length durable; not the name. After a failure the system may have dropped what was written, and a second call that
    /// succeeds says nothing: so there must be none.</summary>
    internal abstract void Sync();

    public abstract void Dispose();

    /// <summary>Reads on until there is no more room or no more file.</summary>
    /// <returns>How many bytes were read.</returns>
    internal int ReadAll(Span<byte> bytes, long offset)
    {
        var count = 0;
        while (count < bytes.Length && Read(bytes[count..], offset + count) is > 0 and var read)
        {
            count += read;
        }

        return count;
    }
}
