using Sluice.Bytes;

namespace Sluice;

/// <summary>The position of a source of lines: how many bytes and lines of the file are before it.</summary>
internal sealed class LinesPosition<T> : ISourcePosition
{
    private readonly Source.LineSender<T> _lines;

    private LinesPosition(Source.LineSender<T> lines) => _lines = lines;

    public void Write(ByteSink to, int handed)
    {
        var place = _lines.PlaceBehind(handed);
        to.WriteVarint((ulong)place.Offset);
        to.WriteVarint((ulong)place.Lines);
        to.WriteBool(place.SkipsLineFeed);
    }

    /// <summary>Has the file, and what cuts it into lines, begin where the stored position says.</summary>
    /// <exception cref="InvalidOperationException">It cannot be read from there.</exception>
    internal static LinesPosition<T> Begin(ReadOnlyMemory<byte>? stored, OpenInput file, Source.LineSender<T> lines, string path)
    {
        if (!file.CanSeek)
        {
            throw new InvalidOperationException($"'{path}' is a pipe or a device, which cannot be read again from a place in its middle, so a job cannot go on there. Write it to a file first.");
        }

        var place = default(LinePlace);
        if (stored is { } bytes)
        {
            var from = new ByteSource(bytes.ToArray());
            place = new((long)from.ReadVarint(), (long)from.ReadVarint(), from.ReadBool());
        }

        if (place.Offset > file.Length)
        {
            throw new InvalidOperationException($"'{path}' has {file.Length} bytes, and the checkpoint stands behind byte {place.Offset} of it: it was cut, or is another file. Put the file back, or start the job under another name.");
        }

        file.Position = place.Offset;
        lines.BeginAt(place);
        return new(lines);
    }
}
