using Microsoft.Win32.SafeHandles;

namespace Sluice;

/// <summary>The files of a folder that have, or had, the name of a file that is followed.</summary>
/// <remarks>Looking at them blocks: it reads the folder, and opens regular files. Owner: the source's strand.</remarks>
internal sealed class RotatedFiles(string path)
{
    /// <summary>A folder in which files are renamed all the time is not waited for longer than this.</summary>
    private const int MostLooks = 100;

    private readonly string _name = Path.GetFileName(path);
    private readonly string _folder = Path.GetDirectoryName(Path.GetFullPath(path))!;

    /// <summary>Opens the file in which a place was taken: the same one under any name, or else a copy of it under the name, or under one that a rotation gives.</summary>
    /// <returns>Null: it is not there, or it was cut.</returns>
    internal SafeFileHandle? Find(FilePlace place)
    {
        var entries = Look();
        return entries.Where(entry => entry.Number.IsSame(place.File))
            .Concat(place.Offset == 0 ? [] : entries.Where(entry => entry.IsNamed || entry.Rotation is { IsCompressed: false }).OrderByDescending(static entry => entry.IsNamed).ThenByDescending(static entry => entry.Written))
            .Select(Open)
            .FirstOrDefault(file => file is not null && IsOrClose(file, place));
    }

    /// <summary>Opens the file whose lines come behind those of another one: the oldest that is newer.</summary>
    /// <param name="before">That other file, which is open.</param>
    /// <param name="skipsLost">Whether a newer file that was compressed is left out.</param>
    /// <returns>Null: there is none.</returns>
    /// <exception cref="IOException">The lines that come next were compressed.</exception>
    internal SafeFileHandle? OpenNextAfter(SafeFileHandle before, bool skipsLost)
    {
        var number = FileNumber.Of(before);
        for (var looks = 0; looks < MostLooks; looks++)
        {
            var entries = Look();
            var named = entries.Find(static entry => entry.IsNamed);
            if (named is not null && named.Number.IsSame(number))
            {
                return null;
            }

            var self = entries.Find(entry => entry.Number.IsSame(number)) ?? new("", number, File.GetLastWriteTimeUtc(before), null, false);
            var next = entries.Where(entry => entry.Rotation is not null && entry != self && !(named is not null && entry.Number.IsSame(named.Number)) && entry.CompareTo(self) > 0 && !(skipsLost && entry.Rotation is { IsCompressed: true }))
                .Min() ?? named;
            if (next is { Rotation.IsCompressed: true })
            {
                throw new IOException($"'{Path.Combine(_folder, next.Name)}' was compressed before the lines in it were read: they come behind those of the file that had the name '{path}' before. Decompress it, or set {nameof(LinesOptions)}.{nameof(LinesOptions.OnLostFile)} to {nameof(OnLostFile.BeginWithNew)}, which leaves them out.");
            }

            if (next is null)
            {
                return null;
            }

            if (Open(next) is { } file)
            {
                if (FileNumber.Of(file).IsSame(next.Number))
                {
                    return file;
                }

                file.Dispose(); // it was renamed since: look again
            }
        }

        return null; // at the next look of the follower
    }

    /// <summary>Sees the folder as it was at one time: twice the same.</summary>
    private List<Entry> Look()
    {
        var entries = Read();
        for (var looks = 0; looks < MostLooks; looks++)
        {
            var again = Read();
            if (again.Select(static entry => (entry.Name, entry.Number)).SequenceEqual(entries.Select(static entry => (entry.Name, entry.Number))))
            {
                return again;
            }

            entries = again;
        }

        return entries;
    }

    private List<Entry> Read()
    {
        var entries = new List<Entry>();
        if (!Directory.Exists(_folder))
        {
            return entries;
        }

        foreach (var file in Directory.EnumerateFiles(_folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            var isNamed = name == _name;
            if ((isNamed ? NumberOfNamed() : FileNumber.Of(file)) is { } number)
            {
                entries.Add(new(name, number, File.GetLastWriteTimeUtc(file), RotationName.TryParse(name, _name, out var rotation) ? rotation : null, isNamed));
            }
        }

        return entries;
    }

    /// <summary>The name may be a link to the file.</summary>
    private FileNumber? NumberOfNamed()
    {
        try
        {
            return FileNumber.Of(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
        }
        catch (IOException)
        {
            return null; // it is gone since the folder was read
        }
    }

    private SafeFileHandle? Open(Entry entry)
    {
        try
        {
            return InputFile.Open(Path.Combine(_folder, entry.Name));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException || (!entry.IsNamed && entry.Rotation is null && error is UnauthorizedAccessException))
        {
            return null; // it is gone, or it is none of ours
        }
    }

    private static bool IsOrClose(SafeFileHandle file, FilePlace place)
    {
        if (place.IsIn(file))
        {
            return true;
        }

        file.Dispose();
        return false;
    }

    /// <summary>A regular file of the folder.</summary>
    private sealed record Entry(string Name, FileNumber Number, DateTime Written, RotationName? Rotation, bool IsNamed) : IComparable<Entry>
    {
        /// <summary>The older one first.</summary>
        public int CompareTo(Entry? other) => Rotation is { } rotation && other!.Rotation is { } others && rotation.CompareTo(others) is not 0 and var order ? order : Written.CompareTo(other!.Written);
    }
}
