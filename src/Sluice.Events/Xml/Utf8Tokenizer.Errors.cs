using System.Globalization;
using System.Xml;

namespace Sluice;

/// <content>Where in the document something is, and what is wrong there.</content>
internal sealed partial class Utf8Tokenizer
{
    private void CountTo(int at)
    {
        _place.Position.Advance(_buffer.AsSpan(_place.Counted..at));
        _place.Counted = at;
    }

    private XmlException Error(int at, string message)
    {
        CountTo(at);
        return _place.Position.Error(message);
    }

    private XmlException InvalidCharacter(int at) =>
        Error(at, string.Create(CultureInfo.InvariantCulture, $"The character 0x{_buffer[at]:X2} cannot be in an XML document."));

    private XmlException InvalidUtf8(int at) => Error(at, "These bytes are not UTF-8, or are no character of XML.");

    /// <summary>The error for a character that is not allowed here.</summary>
    private XmlException Unexpected(int at, string expected) =>
        _buffer[at] < ' ' && !IsWhitespace(_buffer[at]) ? InvalidCharacter(at) : Error(at, expected);

    /// <summary>Raises the error for a document that ends too early.</summary>
    private void CheckEnd()
    {
        if (_limits.IsExceeded)
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

        if (_elements.Depth > 0)
        {
            throw Error(_end, $"The document ends, but the element '{_elements.Open[_elements.Depth - 1].Text}' does not.");
        }

        if (!_elements.HasRoot)
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
