using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sluice.Durable;

/// <summary>The calls of Linux about files that .NET has no name for.</summary>
internal static partial class LinuxFiles
{
    private const int SetLock = 37; // F_OFD_SETLK: belongs to the open file, not to the process
    private const short WriteLock = 1;
    private const int WouldBlock = 11;
    private const int NoPermission = 13;
    private const int CloseOnExec = 0x80000;

    /// <summary>True where the calls are: their structures are those of 64 bits.</summary>
    internal static bool AreHere { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Takes the exclusive lock of an open file.</summary>
    /// <returns>False: another open file holds it.</returns>
    internal static bool TryLock(SafeFileHandle file, string path)
    {
        Span<byte> request = stackalloc byte[32]; // struct flock: l_type, l_whence, l_start, l_len, l_pid; zeros mean the whole file
        BinaryPrimitives.WriteInt16LittleEndian(request, WriteLock);
        if (ControlFile(file, SetLock, ref MemoryMarshal.GetReference(request)) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() is WouldBlock or NoPermission ? false : throw Failure($"'{path}' cannot be locked");
    }

    internal static FileIdentity IdentityOf(SafeFileHandle file, string path) =>
        FileStatus.TryRead(file, out var status) ? new(status.Device, status.Inode, status.Born) : throw Failure($"The inode of '{path}' cannot be read");

    /// <summary>Finds out whether there is something at a path that is neither a file nor a folder. False elsewhere than on Linux.</summary>
    internal static bool IsPipeOrDevice(string path) => AreHere && FileStatus.TryRead(path, out var status, followsLinks: true) && status.IsPipeOrDevice;

    /// <summary>The number of the kind of file system that holds a path.</summary>
    internal static long FileSystemKindOf(string path)
    {
        Span<byte> status = stackalloc byte[256]; // struct statfs has 120
        return FileSystemStatus(path, ref MemoryMarshal.GetReference(status)) == 0
            ? BinaryPrimitives.ReadInt64LittleEndian(status) & 0xFFFFFFFF
            : throw Failure($"The file system of '{path}' cannot be read");
    }

    /// <summary>The name of a file system of the network; null for another one.</summary>
    internal static string? NetworkNameOf(long kind) => kind switch
    {
        0x6969 => "NFS",
        0x517B => "SMB",
        0xFF534D42 => "CIFS",
        0xFE534D42 => "SMB2",
        0x5346414F => "AFS",
        0x73757245 => "Coda",
        0x00C36400 => "Ceph",
        0x01021997 => "9P",
        _ => null,
    };

    internal static void SyncFolder(string folder)
    {
        using var handle = new SafeFileHandle(Open(folder, CloseOnExec), ownsHandle: true);
        if (handle.IsInvalid || Sync(handle) != 0)
        {
            throw Failure($"The names in folder '{folder}' cannot be made durable");
        }
    }

    private static IOException Failure(string what)
    {
        var error = Marshal.GetLastPInvokeError();
        return new($"{what}: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).", error);
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int ControlFile(SafeFileHandle file, int command, ref byte argument);

    [LibraryImport("libc", EntryPoint = "statfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FileSystemStatus(string path, ref byte status);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(SafeFileHandle file);
}
