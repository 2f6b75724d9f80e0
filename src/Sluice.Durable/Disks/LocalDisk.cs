using Microsoft.Win32.SafeHandles;

namespace Sluice.Durable;

/// <summary>The file system of this machine.</summary>
/// <remarks>Linux is tested. Other systems have what .NET gives them: a lock that does not say who holds it, and, on Windows, no call that makes a
/// name durable, which its file system does by itself.</remarks>
internal sealed class LocalDisk : Disk
{
    private const FileShare AllShared = FileShare.ReadWrite | FileShare.Delete;

    internal override DiskFile OpenToRead(string path) => Open(path, FileMode.Open, FileAccess.Read);

    internal override DiskFile OpenToWrite(string path) => Open(path, FileMode.Open, FileAccess.ReadWrite);

    internal override DiskFile Create(string path) => Open(path, FileMode.CreateNew, FileAccess.ReadWrite);

    internal override DiskFile? TryOpenLocked(string path)
    {
        if (!LinuxFiles.AreHere)
        {
            return TryOpenUnshared(path);
        }

        var file = Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        try
        {
            if (file.TryLock())
            {
                return file;
            }
        }
        catch
        {
            file.Dispose();
            throw;
        }

        file.Dispose();
        return null;
    }

    internal override bool FileExists(string path) => File.Exists(path);

    internal override bool FolderExists(string path) => Directory.Exists(path);

    internal override void CreateFolder(string path) => Directory.CreateDirectory(path);

    internal override IEnumerable<string> FilesIn(string folder) => Directory.EnumerateFiles(folder).Select(static path => Path.GetFileName(path));

    internal override void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    internal override void Delete(string path) => File.Delete(path);

    internal override void SyncFolder(string folder)
    {
        if (LinuxFiles.AreHere)
        {
            LinuxFiles.SyncFolder(folder);
        }
        else if (!OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException($"The names in folder '{folder}' cannot be made durable on this system: that takes 64-bit Linux, or Windows.");
        }
    }

    internal override string? NetworkFileSystemOf(string folder) =>
        LinuxFiles.AreHere ? LinuxFiles.NetworkNameOf(LinuxFiles.FileSystemKindOf(folder)) : null;

    private static LocalDiskFile Open(string path, FileMode mode, FileAccess access, FileShare share = AllShared)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder && !Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"There is no folder '{folder}' for the file '{path}'. Make the folder, or mount what it is on, and start again.");
        }

        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, mode, access, share);
        }
        catch (IOException error) when (DiskFull.Is(error))
        {
            throw DiskFull.Error(path, error);
        }

        return new(path, handle);
    }

    /// <summary>The lock of a system where only opening locks. The other side's error is not told apart from other errors of sharing.</summary>
    private static LocalDiskFile? TryOpenUnshared(string path)
    {
        try
        {
            return Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
