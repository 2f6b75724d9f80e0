using System.Text;
using System.Text.RegularExpressions;

namespace Sluice;

/// <content>What is before the root element, and what is behind it.</content>
internal sealed partial class Utf8Tokenizer
{
    private const string TextOutside = "Text can only be within the document's element.";

    private const string OtherLevels = "XmlEvents reads all encodings that .NET knows, Expat UTF-16 and those with one byte for each character.";

    private const int LongestDeclaration = 4096;

    private bool _isBehindMark;

    [GeneratedRegex(
        """
        ^[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:'(?<version>[0-9]+\.[0-9]+)'|"(?<version>[0-9]+\.[0-9]+)")
        (?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?<quote>['"])(?<encoding>[A-Za-z][A-Za-z0-9._-]*)\k<quote>)?
        (?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:'(?:yes|no)'|"(?:yes|no)"))?
        [ \t\r\n]*\?>
        """,
        RegexOptions.IgnorePatternWhitespace | RegexOptions.CultureInvariant)]
    private static partial Regex DeclarationPattern { get; }

    /// <summary>A byte order mark and the XML declaration; neither has to be there.</summary>
    private bool Beginning()
    {
        var rest = _buffer.AsSpan(_at.._end);
        if (!_isBehindMark && MayBeOtherEncoding(rest))
        {
            return false;
        }

        if (!_isBehindMark && rest.StartsWith(Encoding.UTF8.Preamble))
        {
            _isBehindMark = true;
            _at += Encoding.UTF8.Preamble.Length;
            _place.Counted = _at; // the mark is no column
            return true;
        }

        if (rest.Length < "<?xml ".Length && ("<?xml "u8.StartsWith(rest) || Encoding.UTF8.Preamble.StartsWith(rest)))
        {
            return false;
        }

        if (rest.StartsWith("<?xml"u8) && IsWhitespace(rest["<?xml".Length]))
        {
            return Declaration(rest);
        }

        _mode = Mode.Content;
        return true;
    }

    /// <summary>Refuses UTF-16 and UTF-32.</summary>
    /// <returns>Whether this may be one of them, but not all bytes are there that show it.</returns>
    private bool MayBeOtherEncoding(ReadOnlySpan<byte> start)
    {
        var isKnown = XmlEncodings.TryDetect(start, out var encoding);
        if (!isKnown && !_isLast)
        {
            return true;
        }

        encoding ??= start is [0xFF, 0xFE, ..] or [(byte)'<', 0, ..] ? Encoding.Unicode : Encoding.UTF8;
        return encoding.CodePage == Encoding.UTF8.CodePage ? false
            : throw Error(_at, $"The document is {(encoding is UTF32Encoding ? "UTF-32" : "UTF-16")}: only UTF-8 and ASCII are read. {OtherLevels}");
    }

    private bool Declaration(ReadOnlySpan<byte> rest)
    {
        var within = rest[..Math.Min(rest.Length, LongestDeclaration + "?>".Length)];
        var end = within.IndexOf("?>"u8);
        if (end < 0)
        {
            return within.Length < LongestDeclaration + "?>".Length ? false : throw Error(_at, $"The XML declaration is longer than {LongestDeclaration} bytes.");
        }

        var found = DeclarationPattern.Match(Encoding.Latin1.GetString(rest["<?xml".Length..(end + "?>".Length)]));
        if (!found.Success)
        {
            throw Error(_at, "The XML declaration is not one: version=\"1.0\" has to be in it, then encoding and standalone may be.");
        }

        if (found.Groups["version"].Value != "1.0")
        {
            throw Error(_at, XmlLimits.UnknownVersion(found.Groups["version"].Value));
        }

        var encoding = found.Groups["encoding"].Value.ToUpperInvariant();
        _isAscii = encoding is "US-ASCII" or "ASCII";
        if (encoding is not ("" or "UTF-8") && !_isAscii)
        {
            throw Error(_at, $"The document's encoding is '{found.Groups["encoding"].Value}': only UTF-8 and ASCII are read. {OtherLevels}");
        }

        return Begin(Mode.Content, end + "?>".Length);
    }

    /// <summary>Goes to the markup behind white space that is in no element.</summary>
    private bool SkipOutside()
    {
        _at = EndOfWhitespace(_at);
        return _buffer[_at] == (byte)'<' || (_at < _end ? throw Unexpected(_at, TextOutside) : false);
    }
}
