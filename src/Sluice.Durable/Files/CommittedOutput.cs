namespace Sluice.Durable;

/// <summary>The committed part of an output that a job writes: what another program may read and rely on.</summary>
/// <remarks>Thread safety: a value that does not change. Read it again to see what was committed since.</remarks>
public sealed class CommittedOutput
{
    private readonly OutputNames _names;
    private readonly SideSlot _slot;

    private CommittedOutput(OutputNames names, SideSlot slot) => (_names, _slot) = (names, slot);

    /// <summary>How the output shows what is committed.</summary>
    public OutputCommit Commit => _slot.Commit;

    /// <summary>The number of the checkpoint.</summary>
    public long Checkpoint => _slot.Checkpoint;

    /// <summary>The path of the part that is appended to; null with <see cref="OutputCommit.Rename"/>, where parts are complete when they have their names.</summary>
    public string? File => _slot.Name.Length == 0 ? null : _names.PathOf(_slot.Name);

    /// <summary>How many bytes of that part are committed. They stay as they are; those behind may be cut off and come again as others.</summary>
    public long Length => _slot.Length;

    /// <summary>Reads what is committed of an output. It takes no lock and does not wait.</summary>
    /// <param name="path">The path that the output was opened by.</param>
    /// <returns>Null: no job writes there, or none has committed anything yet.</returns>
    /// <exception cref="IOException">Thrown, also as a derived type: the side file cannot be read.</exception>
    /// <exception cref="NotSupportedException">Thrown: a newer version of Sluice writes it.</exception>
    public static CommittedOutput? Read(string path) => Read(Disk.Local, path);

    internal static CommittedOutput? Read(Disk disk, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var names = new OutputNames(path);
        return SideFile.Read(disk, names) is { } slot ? new(names, slot) : null;
    }

    /// <summary>The number of bytes at the beginning of a file that are committed.</summary>
    /// <param name="file">The path of one of the output's files.</param>
    /// <returns>The number; <see cref="long.MaxValue"/>: all that the file has; 0: none, or it is no file of the output.</returns>
    public long LengthOf(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        var path = Path.GetFullPath(file);
        if (Path.GetDirectoryName(path) != _names.Folder)
        {
            return 0;
        }

        var name = Path.GetFileName(path);
        if (Commit == OutputCommit.Rename)
        {
            return _names.IsPublished(name) ? long.MaxValue : 0;
        }

        return _names.PartNumberOf(name) is not { } number || number > 0 != _slot.Part > 0 || number > _slot.Part ? 0
            : number < _slot.Part ? long.MaxValue
            : _slot.Length;
    }
}
