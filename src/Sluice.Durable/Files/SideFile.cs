using System.Buffers.Binary;

namespace Sluice.Durable;

/// <summary>The file beside an output: locked by the process that writes the output, and says others what is committed.</summary>
/// <remarks>It has two slots, which are written by turns, each with a checksum: one that is half written leaves the other one. All changes go through
/// the locked descriptor, never through the name: the file of an owner that was replaced has no name any more.</remarks>
internal sealed class SideFile : IDisposable
{
    private const int Size = 3072;
    private const int Version = 1;
    private const int OwnerAt = 512;
    private const int SlotsAt = 1024;

    private readonly DiskFile _file;
    private bool _hasFailed; // a write or an fsync: the descriptor takes no other one

    private SideFile(DiskFile file)
    {
        _file = file;
        Newest = NewestIn(Content(file));
    }

    private static ReadOnlySpan<byte> Mark => "SLOUTPUT"u8;

    /// <summary>The committed state that was written last; null if there was none.</summary>
    internal SideSlot? Newest { get; private set; }

    /// <summary>Locks the file, which is made if there is none.</summary>
    /// <exception cref="FileInUseException">Thrown: another one has locked it.</exception>
    internal static SideFile Lock(Disk disk, OutputNames names) => TryLock(disk, names) ?? throw new FileInUseException(
        names.FullPath, OwnerIn(disk, names.Side), "End it first, or give this output another path. A newer run of the same job may take it over (OutputFileOptions.TakeOver).");

    /// <returns>Null: another one has locked it.</returns>
    internal static SideFile? TryLock(Disk disk, OutputNames names)
    {
        if (disk.TryOpenLocked(names.Side) is not { } file)
        {
            return null;
        }

        return Owned(file, disk, names, static (file, _) =>
        {
            // Also what is there is written again: if an fsync failed before, a read finds it although it is not on the disk.
            var content = Content(file);
            file.Write(HasHead(content) ? content : NewContent(), 0);
            WriteOwner(file);
            file.Sync();
        });
    }

    /// <summary>Replaces the file by a copy that this process has locked. The owner before keeps its lock, of a file without a name.</summary>
    internal static SideFile TakeOver(Disk disk, OutputNames names)
    {
        var file = disk.TryOpenLocked(names.NewSide)
            ?? throw new FileInUseException(names.FullPath, OwnerIn(disk, names.NewSide), "It is taking the output over from a third one. Let only one run of a job do that.");
        return Owned(file, disk, names, static (file, context) =>
        {
            byte[] content;
            using (var old = context.Disk.OpenToRead(context.Names.Side))
            {
                content = Content(old);
            }

            file.SetLength(0);
            file.Write(HasHead(content) ? content : NewContent(), 0);
            WriteOwner(file);
            file.Sync();
            context.Disk.Rename(context.Names.NewSide, context.Names.Side);
            context.Disk.SyncFolder(context.Names.Folder);
        });
    }

    /// <summary>Reads what is committed, without a lock.</summary>
    /// <returns>Null: there is no such file, or nothing is committed.</returns>
    internal static SideSlot? Read(Disk disk, OutputNames names)
    {
        if (!disk.FileExists(names.Side))
        {
            return null;
        }

        using var file = disk.OpenToRead(names.Side);
        var content = Content(file);
        return HasHead(content) ? NewestIn(content) : null;
    }

    /// <summary>Refuses to go on where another process has taken the output over: calls that go by a name would reach its files.</summary>
    /// <exception cref="FileInUseException">Thrown: it has.</exception>
    internal void RequireOwner(Disk disk, OutputNames names)
    {
        using var named = disk.OpenToRead(names.Side);
        if (named.Identity != _file.Identity)
        {
            throw new FileInUseException(names.FullPath, OwnerIn(disk, names.Side), "It has taken the output over, and this process writes nothing more to it.");
        }
    }

    /// <summary>Writes a committed state into the older slot.</summary>
    /// <exception cref="InvalidOperationException">Thrown: it has failed before.</exception>
    internal void Write(SideSlot slot)
    {
        if (_hasFailed)
        {
            throw new InvalidOperationException($"'{_file.Path}' could not be written before, and is not tried again. Restore the output from its committed state.");
        }

        _hasFailed = true;
        slot = slot with { Sequence = (Newest?.Sequence ?? 0) + 1 };
        _file.Write(slot.ToBytes(), SlotAt(slot.Sequence));
        _file.Sync();
        Newest = slot;
        _hasFailed = false;
    }

    public void Dispose() => _file.Dispose();

    private static SideFile Owned(DiskFile file, Disk disk, OutputNames names, Action<DiskFile, (Disk Disk, OutputNames Names)> write)
    {
        try
        {
            write(file, (disk, names));
            var side = new SideFile(file);
            side.RequireOwner(disk, names);
            return side;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static int SlotAt(ulong sequence) => SlotsAt + ((int)(sequence % 2) * SideSlot.Size);

    private static byte[] NewContent()
    {
        var content = new byte[Size];
        Mark.CopyTo(content);
        BinaryPrimitives.WriteInt32LittleEndian(content.AsSpan(8), Version);
        return content;
    }

    private static byte[] Content(DiskFile file)
    {
        var content = new byte[Size];
        return file.ReadAll(content, 0) == Size ? content : [];
    }

    private static bool HasHead(ReadOnlySpan<byte> content)
    {
        if (!content.StartsWith(Mark))
        {
            return false;
        }

        var version = BinaryPrimitives.ReadInt32LittleEndian(content[8..]);
        return version <= Version
            ? true
            : throw new NotSupportedException($"The side file of the output has format {version}; this version of Sluice knows formats up to {Version}. Use the newer version that wrote it.");
    }

    private static SideSlot? NewestIn(ReadOnlySpan<byte> content)
    {
        var (even, odd) = (SideSlot.FromBytes(content[SlotAt(0)..]), SideSlot.FromBytes(content[SlotAt(1)..]));
        return even is null || odd?.Sequence > even.Sequence ? odd : even;
    }

    private static void WriteOwner(DiskFile file)
    {
        Span<byte> owner = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(owner, Environment.ProcessId);
        file.Write(owner, OwnerAt);
    }

    private static int? OwnerIn(Disk disk, string path)
    {
        Span<byte> owner = stackalloc byte[sizeof(int)];
        using var file = disk.OpenToRead(path);
        return file.ReadAll(owner, OwnerAt) == owner.Length ? BinaryPrimitives.ReadInt32LittleEndian(owner) : null;
    }
}
