using Microsoft.Win32.SafeHandles;

namespace Sluice.Durable;

/// <summary>A file of this machine.</summary>
internal sealed class LocalDiskFile(string path, SafeFileHandle handle) : DiskFile(path)
{
    internal override long Length => RandomAccess.GetLength(handle);

    internal override FileIdentity Identity => LinuxFiles.AreHere
        ? LinuxFiles.IdentityOf(handle, Path)
        : throw new PlatformNotSupportedException($"The identity of '{Path}' cannot be read on this system: files that are written exactly once take 64-bit Linux.");

    internal override int Read(Span<byte> bytes, long offset) => RandomAccess.Read(handle, bytes, offset);

    internal override void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(handle, bytes, offset);
        }
        catch (IOException error) when (DiskFull.Is(error))
        {
            throw DiskFull.Error(Path, error);
        }
    }

    internal override void SetLength(long length) => RandomAccess.SetLength(handle, length);

    internal override void Sync()
    {
        try
        {
            RandomAccess.FlushToDisk(handle);
        }
        catch (IOException error) when (DiskFull.Is(error))
        {
            throw DiskFull.Error(Path, error);
        }
    }

    public override void Dispose() => handle.Dispose();

    internal bool TryLock() => LinuxFiles.TryLock(handle, Path);
}
