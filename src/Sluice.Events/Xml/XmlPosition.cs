using System.Diagnostics;
using System.Text;
using System.Xml;

namespace Sluice;

/// <summary>A line and a column, both from 1: counted only when someone asks, or when the bytes go away. A line ends with a
/// line feed, a carriage return, or both in that order; columns are UTF-16 characters.</summary>
[DebuggerDisplay("line {Line}, column {Column}")]
internal struct XmlPosition()
{
    private bool _afterReturn;

    internal long Line { get; private set; } = 1;

    internal long Column { get; private set; } = 1;

    /// <summary>The place of a byte order mark, which has no column.</summary>
    internal static XmlPosition BeforeFirst => new() { Column = 0 };

    /// <summary>Goes on behind this character.</summary>
    internal void Advance(char next)
    {
        var endsLine = next is '\n' or '\r';
        if (endsLine && !(next == '\n' && _afterReturn))
        {
            Line++;
        }

        Column = endsLine ? 1 : Column + 1;
        _afterReturn = next == '\r';
    }

    /// <summary>An error at this position.</summary>
    internal readonly XmlException Error(string message) => new(message, null, (int)Math.Min(Line, int.MaxValue), (int)Math.Min(Column, int.MaxValue));

    /// <summary>Goes on behind these bytes.</summary>
    internal void Advance(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        var lines = bytes.Count((byte)'\n');
        if (lines > 0 && _afterReturn && bytes[0] == (byte)'\n')
        {
            lines--; // the line has ended with the bytes before
        }

        if (bytes.Contains((byte)'\r'))
        {
            lines += bytes.Count((byte)'\r') - bytes.Count("\r\n"u8);
        }

        _afterReturn = bytes[^1] == (byte)'\r';
        Line += lines;
        var end = bytes.LastIndexOfAny((byte)'\n', (byte)'\r');
        Column = (end < 0 ? Column : 1) + CharactersIn(bytes[(end + 1)..]);
    }

    /// <summary>The number of UTF-16 characters that bytes are, counted where each character begins: they may begin or end in the
    /// middle of one.</summary>
    internal static int CharactersIn(ReadOnlySpan<byte> bytes)
    {
        if (Ascii.IsValid(bytes))
        {
            return bytes.Length;
        }

        var characters = 0;
        foreach (var value in bytes)
        {
            characters += UnitsOf(value);
        }

        return characters;
    }

    /// <summary>The number of UTF-16 characters that begin with this byte.</summary>
    internal static int UnitsOf(byte value) => (value & 0xC0) == 0x80 ? 0 : value >= 0xF0 ? 2 : 1;
}
