using System.Xml;

namespace Sluice;

/// <content>How much may be in memory, and how long a document may be.</content>
internal sealed partial class Utf8Tokenizer
{
    /// <summary>No array is longer than twice this.</summary>
    private const int LongestArray = 1_000_000_000;

    private readonly int _longestToken;
    private long _charactersLeft;
    private bool _isTooLong;

    /// <summary>How many of the new bytes are within the longest document.</summary>
    private int Allowed(ReadOnlySpan<byte> bytes)
    {
        if (_options.MaxDocumentLength == 0)
        {
            return bytes.Length;
        }

        var allowed = XmlLimits.LengthWithin(bytes, ref _charactersLeft);
        _isTooLong = allowed < bytes.Length;
        return allowed;
    }

    private void CheckLengthOfToken(long length)
    {
        if (length > _longestToken)
        {
            throw Error(_at, $"A tag, a comment or a processing instruction is longer than {_longestToken} bytes. Set {nameof(XmlEventsOptions)}.{nameof(XmlEventsOptions.MaxTextLength)} to allow longer ones: it has three bytes for each of these characters, and 1 MiB more.");
        }
    }

    private XmlException TextTooLong() => Error(_at, XmlLimits.TextTooLong(_options));

    private XmlException DocumentTooLong() => Error(_end, XmlLimits.DocumentTooLong(_options));
}
