using System.Globalization;
using Sluice.Bytes;

namespace Sluice;

/// <summary>Positions in a file that is read once.</summary>
internal static class LinesPosition
{
    /// <summary>Puts a file at a stored place.</summary>
    /// <exception cref="InvalidOperationException">It cannot be read from there, or is another file.</exception>
    internal static void Seek(OpenInput file, FilePlace place, string path)
    {
        if (place.Offset > file.Length)
        {
            throw new InvalidOperationException($"'{path}' has {file.Length} bytes, and the checkpoint stands behind byte {place.Offset} of it: it was cut, or is another file. Put the file back, or start the job under another name.");
        }

        if (!place.IsIn(file.Handle))
        {
            throw new InvalidOperationException($"'{path}' is not the file that the job has read up to byte {place.Offset}: other bytes are there now. Put the file back, or start the job under another name.");
        }

        file.Position = place.Offset;
    }

    internal static void ThrowUnlessSeekable(OpenInput file, string path)
    {
        if (!file.CanSeek)
        {
            throw new InvalidOperationException($"'{path}' is a pipe or a device, which cannot be read again from a place in its middle, so a job cannot go on there. Write it to a file first.");
        }
    }
}

/// <summary>The position of a source of lines: how many bytes and lines of the file are before it.</summary>
internal sealed class LinesPosition<T> : ISourcePosition
{
    private readonly OpenInput _file;
    private readonly Source.LineSender<T> _lines;

    private LinesPosition(OpenInput file, Source.LineSender<T> lines) => (_file, _lines) = (file, lines);

    public void Write(ByteSink to, int handed)
    {
        var place = _lines.PlaceBehind(handed);
        FilePlace.Of(_file.Handle, place.Offset).Write(to);
        to.WriteVarint((ulong)place.Lines);
        to.WriteBool(place.SkipsLineFeed);
    }

    /// <summary>The number of the line. Not the place behind it, which may be before or behind the line feed of a CR LF.</summary>
    public string PlaceOf(int handed) => _lines.PlaceBehind(handed + 1).Lines.ToString(CultureInfo.InvariantCulture);

    /// <summary>Has the file, and what cuts it into lines, begin where the stored position says.</summary>
    /// <exception cref="InvalidOperationException">It cannot be read from there.</exception>
    internal static LinesPosition<T> Begin(ReadOnlyMemory<byte>? stored, OpenInput file, Source.LineSender<T> lines, string path)
    {
        LinesPosition.ThrowUnlessSeekable(file, path);
        var line = default(LinePlace);
        if (stored is { } bytes)
        {
            var from = new ByteSource(bytes.ToArray());
            var place = FilePlace.Read(from);
            line = new(place.Offset, (long)from.ReadVarint(), from.ReadBool());
            LinesPosition.Seek(file, place, path);
        }

        lines.BeginAt(line);
        return new(file, lines);
    }
}
