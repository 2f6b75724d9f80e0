namespace Sluice.Durable;

/// <summary>Small files that are written as a whole: a crash leaves the old content or the new one.</summary>
internal static class ReplacedFile
{
    /// <summary>Writes another file, makes it durable, and gives it the name.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="path">The name.</param>
    /// <param name="temporary">The name until then; a file of that name is removed.</param>
    /// <param name="content">The whole content.</param>
    /// <returns>The file, open.</returns>
    internal static DiskFile Write(Disk disk, string path, string temporary, ReadOnlySpan<byte> content)
    {
        disk.Delete(temporary);
        var file = disk.Create(temporary);
        try
        {
            file.Write(content, 0);
            file.Sync();
            disk.Rename(temporary, path);
            disk.SyncFolder(Path.GetDirectoryName(path)!);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }
}
