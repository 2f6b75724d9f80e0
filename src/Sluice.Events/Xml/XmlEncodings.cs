using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace Sluice;

/// <summary>Finds the encoding of a document from its first bytes and its XML declaration.</summary>
internal static partial class XmlEncodings
{
    /// <summary>As many bytes show which family of encodings it is.</summary>
    internal const int LongestMark = 4;

    private static readonly UTF32Encoding s_utf32BigEndian = new(bigEndian: true, byteOrderMark: true);

    [GeneratedRegex("""^xml[ \t\r\n].*[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*['"](?<encoding>[A-Za-z][A-Za-z0-9._-]*)['"]""", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex EncodingPattern { get; }

    /// <summary>Returns whether the bytes show the encoding: UTF-16 or UTF-32, or UTF-8, which then is what it is as long as the
    /// declaration does not say something else.</summary>
    /// <param name="start">The first bytes.</param>
    /// <param name="encoding">The encoding.</param>
    /// <returns>False if more bytes are needed.</returns>
    internal static bool TryDetect(ReadOnlySpan<byte> start, [NotNullWhen(true)] out Encoding? encoding)
    {
        encoding = start switch
        {
            [0xFF, 0xFE, 0, 0, ..] or [(byte)'<', 0, 0, 0, ..] => Encoding.UTF32,
            [0, 0, 0xFE, 0xFF, ..] or [0, 0, 0, (byte)'<', ..] => s_utf32BigEndian,
            [0xFF, 0xFE, _, _, ..] or [(byte)'<', 0, _, _, ..] => Encoding.Unicode,
            [0xFE, 0xFF, ..] or [0, (byte)'<', ..] => Encoding.BigEndianUnicode,
            [] or [0xFF] or [0xFF, 0xFE] or [0xFF, 0xFE, _] or [(byte)'<'] or [(byte)'<', 0] or [(byte)'<', 0, _] or [0xFE] or [0] or [0, 0] or [0, 0, 0xFE] or [0, 0, 0] => null,
            _ => Encoding.UTF8,
        };
        return encoding is not null;
    }

    /// <summary>The encoding that an XML declaration names, which is given without its brackets.</summary>
    internal static string? DeclaredIn(string declaration) => EncodingPattern.Match(declaration) is { Success: true } found ? found.Groups["encoding"].Value : null;

    /// <summary>The encoding of a name, as far as the program knows it.</summary>
    internal static Encoding? Find(string name)
    {
        try
        {
            return Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null; // unknown: the parser says so
        }
    }
}
