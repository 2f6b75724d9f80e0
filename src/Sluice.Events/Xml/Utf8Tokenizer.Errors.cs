using System.Globalization;
using System.Xml;

namespace Sluice;

/// <content>Where in the document something is, and what is wrong there.</content>
internal sealed partial class Utf8Tokenizer
{
    private XmlPosition _position = new();
    private int _counted; // what _position is the position of

    private void CountTo(int at)
    {
        _position.Advance(_buffer.AsSpan(_counted..at));
        _counted = at;
    }

    private XmlException Error(int at, string message)
    {
        CountTo(at);
        return _position.Error(message);
    }

    private XmlException InvalidCharacter(int at) =>
        Error(at, string.Create(CultureInfo.InvariantCulture, $"The character 0x{_buffer[at]:X2} cannot be in an XML document."));

    private XmlException InvalidUtf8(int at) => Error(at, "These bytes are not UTF-8, or are no character of XML.");

    /// <summary>What is said of something else than what has to be there.</summary>
    private XmlException Unexpected(int at, string expected) =>
        _buffer[at] < ' ' && !IsWhitespace(_buffer[at]) ? InvalidCharacter(at) : Error(at, expected);

    /// <summary>When a step needs more bytes and none come.</summary>
    private void CheckEnd()
    {
        if (_isTooLong)
        {
            throw DocumentTooLong();
        }

        if (!_isLast)
        {
            return;
        }

        if (_at < _end || _mode is not (Mode.Content or Mode.Beginning))
        {
            throw _at < _end && _buffer[_at] >= 0x80 ? InvalidUtf8(_at) : Error(_end, $"The document ends in the middle of {Unfinished()}.");
        }

        if (_depth > 0)
        {
            throw Error(_end, $"The document ends, but the element '{_open[_depth - 1].Text}' does not.");
        }

        if (!_hasRoot)
        {
            throw Error(_end, "The document has no element.");
        }
    }

    private string Unfinished() => _mode switch
    {
        Mode.Comment => "a comment",
        Mode.Instruction => "a processing instruction",
        Mode.Data => "a CDATA section",
        Mode.Doctype => "a document type",
        Mode.Content when _buffer[_at] == (byte)'&' => "a reference",
        _ => "a tag",
    };
}
