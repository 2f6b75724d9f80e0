using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sluice;

/// <summary>The status of a file as Linux gives it, of which .NET shows only a part.</summary>
/// <param name="Device">The number of the file system. It may be another one after the system was started again.</param>
/// <param name="Inode">The number of the file in it. It may be used again when the file is gone.</param>
/// <param name="Born">The time at which the file was made, in nanoseconds since 1970; 0 where the file system does not say it.</param>
/// <param name="IsRegular">Whether it is a file, and no folder, link, pipe or device.</param>
/// <param name="IsPipeOrDevice">Whether it is neither a file nor a folder nor a link.</param>
internal readonly partial record struct FileStatus(ulong Device, ulong Inode, long Born, bool IsRegular, bool IsPipeOrDevice)
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint BasicAndBorn = 0xFFF;
    private const uint HasBorn = 0x800;
    private const int KindMask = 0xF000;
    private const int Folder = 0x4000;
    private const int RegularFile = 0x8000;
    private const int Link = 0xA000;
    private const int Size = 256; // struct statx, the same on all architectures

    /// <summary>Reads the status of an open file. False: the system has an error, which is the last one of the thread.</summary>
    internal static bool TryRead(SafeFileHandle file, out FileStatus status)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var isRead = Read(file, "", EmptyPath, BasicAndBorn, ref MemoryMarshal.GetReference(bytes)) == 0;
        status = isRead ? Parse(bytes) : default;
        return isRead;
    }

    /// <summary>Reads the status of what has a name, without opening it. By default a link is not followed.</summary>
    internal static bool TryRead(string path, out FileStatus status, bool followsLinks = false)
    {
        Span<byte> bytes = stackalloc byte[Size];
        var isRead = Read(CurrentFolder, path, followsLinks ? 0 : NoFollow, BasicAndBorn, ref MemoryMarshal.GetReference(bytes)) == 0;
        status = isRead ? Parse(bytes) : default;
        return isRead;
    }

    private static FileStatus Parse(ReadOnlySpan<byte> bytes)
    {
        var hasBorn = (BinaryPrimitives.ReadUInt32LittleEndian(bytes) & HasBorn) != 0;
        var kind = BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]) & KindMask;
        return new(
            ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[136..]) << 32) | BinaryPrimitives.ReadUInt32LittleEndian(bytes[140..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[32..]),
            hasBorn ? (BinaryPrimitives.ReadInt64LittleEndian(bytes[80..]) * 1_000_000_000) + BinaryPrimitives.ReadUInt32LittleEndian(bytes[88..]) : 0,
            kind == RegularFile,
            kind is not (RegularFile or Folder or Link));
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Read(SafeFileHandle file, string path, int flags, uint mask, ref byte status);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Read(int folder, string path, int flags, uint mask, ref byte status);
}
