namespace Sluice.Durable;

/// <summary>An open file of a <see cref="SimulatedDisk"/>.</summary>
internal sealed class SimulatedFile(SimulatedDisk disk, string path, Inode inode) : DiskFile(path)
{
    private bool _isClosed;

    internal override long Length => inode.Content.Count;

    internal override FileIdentity Identity => new(1, inode.Number, 0);

    internal override int Read(Span<byte> bytes, long offset)
    {
        Require();
        var count = (int)Math.Clamp(inode.Content.Count - offset, 0, bytes.Length);
        for (var i = 0; i < count; i++)
        {
            bytes[i] = inode.Content[(int)offset + i];
        }

        return count;
    }

    internal override void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        Require();
        var copy = bytes.ToArray();
        disk.Do($"write {copy.Length} bytes at {offset} of {Path}", () => inode.Write(copy, offset), half: () => inode.Write(copy[..(copy.Length / 2)], offset));
    }

    internal override void SetLength(long length)
    {
        Require();
        disk.Do($"set length {length} of {Path}", () => inode.SetLength(length));
    }

    internal override void Sync()
    {
        Require();
        disk.Do($"sync {Path}", inode.Sync, failed: inode.Drop);
    }

    public override void Dispose()
    {
        _isClosed = true;
        if (inode.LockedBy == this)
        {
            inode.LockedBy = null;
        }
    }

    internal bool TryLock()
    {
        inode.LockedBy ??= this;
        return inode.LockedBy == this;
    }

    private void Require()
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        disk.RequireRunning();
    }
}
