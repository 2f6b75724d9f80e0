using Microsoft.Win32.SafeHandles;
using Sluice.Bytes;

namespace Sluice;

/// <summary>Distinguishes a file from others by what it keeps when it is renamed, also in another process.</summary>
/// <param name="Inode">Its number in the file system, which may be used again when it is gone; 0 where .NET does not say it.</param>
/// <param name="Born">The time at which it was made, in a unit of the system; 0 where the file system does not say it.</param>
internal readonly record struct FileNumber(ulong Inode, long Born)
{
    /// <summary>The number of an open file.</summary>
    /// <exception cref="IOException">The system does not give it.</exception>
    internal static FileNumber Of(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            return new(0, File.GetCreationTimeUtc(file).Ticks);
        }

        return FileStatus.TryRead(file, out var status) ? new(status.Inode, status.Born) : throw new IOException("The system does not say which file is open.");
    }

    /// <summary>The number of the file that has a name. Null: no file has it. It is not opened, as it may be a pipe.</summary>
    internal static FileNumber? Of(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            return FileStatus.TryRead(path, out var status) && status.IsRegular ? new(status.Inode, status.Born) : null;
        }

        return File.Exists(path) ? new(0, File.GetCreationTimeUtc(path).Ticks) : null;
    }

    internal bool IsSame(FileNumber other) => Inode == other.Inode && (Born == other.Born || Born == 0 || other.Born == 0);

    internal static FileNumber Read(ByteSource from) => new(from.ReadVarint(), from.ReadSigned());

    internal void Write(ByteSink to)
    {
        to.WriteVarint(Inode);
        to.WriteSigned(Born);
    }
}
