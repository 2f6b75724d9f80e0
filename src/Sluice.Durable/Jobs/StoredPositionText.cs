using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Sluice.Bytes;

namespace Sluice.Durable;

/// <summary>The position of a source for people.</summary>
/// <remarks>The bytes do not say which source wrote them, and each source knows its own. So all formats are tried, and one that takes all of the bytes is the one, unless another does too.</remarks>
internal static class StoredPositionText
{
    private static readonly Func<ByteSource, string>[] s_formats =
    [
        static from => Text($"behind item {from.ReadVarint()}"),
        static from => Text($"before tick {from.ReadVarint()}, {new TimeSpan((long)from.ReadVarint()):c} later"),
        static from => Text($"behind byte {FilePlace.Read(from).Offset} of its file"),
        static from => OfLines(from),
        static from => from.ReadBool() ? OfFollowedLines(from) : throw ByteSource.Truncated(),
        static from => Text($"behind record {JournalPosition.FromBytes(from.ReadBytes(from.Left)).Number} of its journal"),
    ];

    /// <summary>The end of a sentence about the source.</summary>
    /// <param name="position">The position, as the source wrote it.</param>
    /// <param name="options">What the position of a source of the application may have.</param>
    /// <exception cref="SnapshotException">Thrown: it has types that are not there.</exception>
    [RequiresUnreferencedCode(PipelineJobs.Unreferenced)]
    [RequiresDynamicCode(PipelineJobs.Dynamic)]
    internal static string Of(byte[] position, SnapshotOptions options)
    {
        if (NodeStateText.TryDescribeValue(position, options) is { } value)
        {
            return $"at {value}";
        }

        if (position is [0])
        {
            return "at its beginning"; // of items, or of a file that is followed and was not there yet
        }

        var fitting = s_formats.Select(format => TryRead(position, format)).OfType<string>().ToList();
        return fitting is [var only] ? only : $"at the bytes {Convert.ToHexString(position)}";
    }

    private static string OfLines(ByteSource from)
    {
        var place = FilePlace.Read(from);
        var text = Text($"behind line {from.ReadVarint()}, byte {place.Offset} of its file");
        from.ReadBool(); // whether a line feed that comes next belongs to that line
        return text;
    }

    private static string OfFollowedLines(ByteSource from)
    {
        var text = OfLines(from);
        from.ReadVarint(); // how many files came before
        from.ReadVarint(); // and lines in them
        return text;
    }

    private static string? TryRead(byte[] position, Func<ByteSource, string> format)
    {
        var from = new ByteSource(position);
        try
        {
            var text = format(from);
            return from.Left == 0 ? text : null;
        }
        catch (Exception error) when (error is InvalidDataException or FormatException or OverflowException)
        {
            return null; // it is of another format
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
