using System.Runtime.Intrinsics;
using System.Xml;

namespace Sluice;

/// <content>How much may be in memory, and how long a document may be.</content>
internal sealed partial class Utf8Tokenizer
{
    /// <summary>No array is longer than twice this.</summary>
    private const int LongestArray = 1_000_000_000;

    /// <summary>The number of the new bytes that are within the longest document.</summary>
    private int Allowed(ReadOnlySpan<byte> bytes)
    {
        if (_options.MaxDocumentLength == 0)
        {
            return bytes.Length;
        }

        var allowed = XmlLimits.LengthWithin(bytes, ref _limits.CharactersLeft);
        _limits.IsExceeded = allowed < bytes.Length;
        return allowed;
    }

    /// <summary>Checks how many bytes are before the <c>&gt;</c> of a tag.</summary>
    private void CheckLengthOfTag(long length)
    {
        if (length >= _limits.Token)
        {
            throw TokenTooLong();
        }
    }

    private XmlException TokenTooLong() => Error(_at, XmlLimits.TokenTooLong(_limits.Token));

    private XmlException TextTooLong() => Error(_at, XmlLimits.TextTooLong(_options));

    /// <summary>The error in a tag, which must not depend on how much of the tag was there when it was noticed: if the tag does not end within the
    /// longest length, the first error within that length counts, and otherwise the length itself.</summary>
    /// <param name="noticed">The error that was noticed; null: there are no more bytes.</param>
    /// <param name="events">Where events go; none comes.</param>
    /// <param name="count">How many there are.</param>
    private XmlException? ErrorOfTag(XmlException? noticed, XmlEvent[] events, ref int count)
    {
        var isTooLong = _end - _at >= _limits.Token;
        if (noticed is not null && !isTooLong)
        {
            return noticed;
        }

        if (isTooLong)
        {
            _end = _at + _limits.Token; // the bytes behind are of no use any more
            Vector256<byte>.Zero.CopyTo(_buffer, _end);
        }

        try
        {
            _writer.Discard();
            LeaveScope(_elements.Depth);
            _ = _buffer[_at + 1] == (byte)'/' ? EndTag(events, ref count) : StartTag(events, ref count);
        }
        catch (XmlException error)
        {
            return error;
        }

        return isTooLong ? TokenTooLong() : null;
    }

    private XmlException DocumentTooLong() => Error(_end, XmlLimits.DocumentTooLong(_options));
}
