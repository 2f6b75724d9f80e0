namespace Sluice;

/// <summary>Where sources of XML events refuse a document that is well-formed, and what they say then: all the same.</summary>
internal static class XmlLimits
{
    private const int BytesOfCharacter = 3;
    private const int ReadAhead = 1 << 20;

    internal const string HasDocumentType = "A document type definition (DTD) is not allowed: events know no entities but the five of XML itself.";

    internal static string TooDeep(XmlEventsOptions options) =>
        $"Elements are nested deeper than {options.MaxDepth} levels. Set {nameof(XmlEventsOptions)}.{nameof(XmlEventsOptions.MaxDepth)} to allow more.";

    internal static string TextTooLong(XmlEventsOptions options) =>
        $"A text is longer than {options.MaxTextLength} characters. Set {nameof(XmlEventsOptions)}.{nameof(XmlEventsOptions.MaxTextLength)} to allow longer ones.";

    internal static string DocumentTooLong(XmlEventsOptions options) =>
        $"The document is longer than {options.MaxDocumentLength} characters. Set {nameof(XmlEventsOptions)}.{nameof(XmlEventsOptions.MaxDocumentLength)} to allow more.";

    /// <summary>How many bytes a tag, a comment or anything else may have that is in memory as a whole.</summary>
    internal static long TokenLength(int maxTextLength) => ((long)maxTextLength * BytesOfCharacter) + ReadAhead;

    /// <summary>How many of the bytes make at most so many characters (UTF-16); these are taken off the number.</summary>
    internal static int LengthWithin(ReadOnlySpan<byte> utf8, ref long characters)
    {
        for (var i = 0; i < utf8.Length; i++)
        {
            var count = utf8[i] switch
            {
                >= 0xF0 => 2, // begins what is a surrogate pair in UTF-16
                >= 0x80 and < 0xC0 => 0, // goes on
                _ => 1,
            };
            if (count > characters)
            {
                return i;
            }

            characters -= count;
        }

        return utf8.Length;
    }
}
