using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Sluice.Bytes;

namespace Sluice;

/// <summary>The position of a source of lines that follows a file, in a run that keeps its state. It finds the file again, whatever its name is then.</summary>
/// <remarks>Owner: the source's strand.</remarks>
internal sealed class FollowedPlace<T>(string path, LinesOptions options) : ISourcePosition
{
    private readonly RotatedFiles _files = new(path);
    private Source.LineSender<T>? _lines;

    /// <summary>Null before the first file.</summary>
    private OpenInput? _file;

    /// <summary>The number of files that had lines and come before the one that is followed, and of all their lines. So a line has a number in its own file, which does not change when lines come late to the file before.</summary>
    private (long Files, long Lines) _before;

    /// <summary>The place at the last look for more, or at the last mark: when the file is cut, it is too late to read what it is recognized by.</summary>
    private (FilePlace File, LinePlace Line)? _remembered;

    private bool SkipsLost => options.OnLostFile == OnLostFile.BeginWithNew;

    public void Write(ByteSink to, int handed)
    {
        to.WriteBool(_file is not null);
        if (_file is not null)
        {
            var line = _lines!.PlaceBehind(handed);
            var place = FilePlace.Of(_file.Handle, line.Offset);
            place.Write(to);
            _remembered = (place, line); // the file may be cut before the next look
            to.WriteVarint((ulong)line.Lines);
            to.WriteBool(line.SkipsLineFeed);
            to.WriteVarint((ulong)_before.Files);
            to.WriteVarint((ulong)_before.Lines);
        }
    }

    /// <summary>The number of the file, and that of the line in it.</summary>
    public string PlaceOf(int handed) => string.Create(CultureInfo.InvariantCulture, $"{_before.Files + 1}.{_lines!.PlaceBehind(handed + 1).Lines - _before.Lines}");

    /// <summary>Opens the file in which a stored position is, there. Null: it begins, or goes on, with the file that has the name.</summary>
    /// <exception cref="IOException">The file is lost.</exception>
    internal OpenInput? Begin(ReadOnlyMemory<byte>? stored, Source.LineSender<T> lines)
    {
        _lines = lines;
        lines.BeginAt(default);
        if (stored is not { } bytes)
        {
            return null;
        }

        var from = new ByteSource(bytes.ToArray());
        if (!from.ReadBool())
        {
            return null;
        }

        var place = FilePlace.Read(from);
        var line = new LinePlace(place.Offset, (long)from.ReadVarint(), from.ReadBool());
        if (from.Left > 0) // positions of older versions have no such numbers
        {
            _before = ((long)from.ReadVarint(), (long)from.ReadVarint());
        }

        if (_files.Find(place) is not { } found)
        {
            ThrowUnlessSkipped(place, line);
            lines.BeginAt(new(0, line.Lines, SkipsLineFeed: false));
            return null;
        }

        return GoTo(new(found), line);
    }

    /// <summary>Begins with a file, from its start.</summary>
    /// <exception cref="InvalidOperationException">It cannot be read again.</exception>
    internal void Enter(OpenInput file, Source.LineSender<T> lines)
    {
        LinesPosition.ThrowUnlessSeekable(file, path);
        if (lines.PlaceBehind(0).Lines is var read && read > _before.Lines)
        {
            _before = (_before.Files + 1, read); // a file without lines does not count: it may be gone when the job goes on
        }

        _file = file;
        _remembered = null;
        lines.BeginAt(new(0, lines.PlaceBehind(0).Lines, SkipsLineFeed: false));
    }

    /// <summary>The end of the file has been reached, for now.</summary>
    internal void Remember()
    {
        var line = _lines!.PlaceBehind(0);
        if (_remembered?.Line != line)
        {
            _remembered = (FilePlace.Of(_file!.Handle, line.Offset), line);
        }
    }

    /// <summary>Opens the file whose lines come behind those of the one that is followed; null while that has the name.</summary>
    internal SafeFileHandle? OpenNext() => _files.OpenNextAfter(_file!.Handle, SkipsLost);

    /// <summary>Opens the copy that a program has made of the file before it cut it. Null: there is none, and what was lost may be left out.</summary>
    /// <exception cref="IOException">The file is lost.</exception>
    internal SafeFileHandle? FindCopy()
    {
        var line = _lines!.PlaceBehind(0);
        var place = _remembered is { } remembered && remembered.Line == line ? remembered.File : FilePlace.Of(_file!.Handle, line.Offset);
        if (_files.Find(place) is { } copy)
        {
            return copy;
        }

        ThrowUnlessSkipped(place, line);
        return null;
    }

    /// <summary>Goes on in the copy, which the file is now, behind the last line.</summary>
    internal void BeginAtRemembered(OpenInput file, Source.LineSender<T> lines)
    {
        _lines = lines;
        GoTo(file, lines.PlaceBehind(0));
    }

    private OpenInput GoTo(OpenInput file, LinePlace line)
    {
        _file = file; // its follower owns it
        file.Position = line.Offset;
        _lines!.BeginAt(line);
        return file;
    }

    private void ThrowUnlessSkipped(FilePlace place, LinePlace line)
    {
        if (SkipsLost)
        {
            return;
        }

        var wasCut = File.Exists(path) && FileNumber.Of(path) is { } number && number.IsSame(place.File);
        throw new IOException(
            (wasCut
                ? $"'{path}' was cut, or written again, since the job has read {place.Offset} bytes of it ({line.Lines} lines in all), and its folder has no copy of what it was."
                : $"The file that had the name '{path}' when the job had read {place.Offset} bytes of it ({line.Lines} lines in all) is not in its folder any more.")
            + $" Lines behind that place are lost. Put the file back, not compressed, under any name with a number or a time, such as '{Path.GetFileName(path)}.1'; or set {nameof(LinesOptions)}.{nameof(LinesOptions.OnLostFile)} to {nameof(OnLostFile.BeginWithNew)}, which leaves them out.");
    }
}
