namespace Sluice.Durable;

/// <summary>The calls to the file system that durable files are made of. Tests put a disk here that crashes after each of them.</summary>
internal abstract class Disk
{
    /// <summary>The file system of this machine.</summary>
    internal static Disk Local { get; } = new LocalDisk();

    /// <summary>Opens an existing file to read.</summary>
    /// <exception cref="IOException">Thrown, also as a derived type: there is none, or it cannot be opened.</exception>
    internal abstract DiskFile OpenToRead(string path);

    /// <summary>Opens an existing file to read and write.</summary>
    /// <exception cref="IOException">Thrown, also as a derived type: there is none, or it cannot be opened.</exception>
    internal abstract DiskFile OpenToWrite(string path);

    /// <summary>Makes a file. Its name is durable after <see cref="SyncFolder"/>.</summary>
    /// <exception cref="IOException">Thrown: there is one of that name, or it cannot be made.</exception>
    internal abstract DiskFile Create(string path);

    /// <summary>Opens or makes a file and locks it until it is closed.</summary>
    /// <returns>Null: another descriptor holds the lock.</returns>
    internal abstract DiskFile? TryOpenLocked(string path);

    internal abstract bool FileExists(string path);

    internal abstract bool FolderExists(string path);

    internal abstract void CreateFolder(string path);

    /// <summary>The names of the files in a folder, without the folder, in no order.</summary>
    internal abstract IEnumerable<string> FilesIn(string folder);

    /// <summary>Gives a file another name. A file of that name is replaced.</summary>
    internal abstract void Rename(string from, string to);

    /// <summary>Removes a name. It is no error if there is none.</summary>
    internal abstract void Delete(string path);

    /// <summary>Makes the names in a folder durable: what was created, renamed and deleted in it.</summary>
    internal abstract void SyncFolder(string folder);

    /// <summary>The name of the file system of a folder if it is one of the network; null for a local one.</summary>
    internal abstract string? NetworkFileSystemOf(string folder);

    /// <summary>Refuses a folder on a file system of the network: locks, fsync and inodes mean less there than durable files need.</summary>
    /// <exception cref="NotSupportedException">Thrown: it is on one.</exception>
    internal void RefuseNetwork(string folder, string what)
    {
        if (NetworkFileSystemOf(folder) is { } name)
        {
            throw new NotSupportedException(
                $"{what} is on a network file system ({name}), where locks and fsync do not hold what durable files need. Put it on a local disk of this host.");
        }
    }
}
