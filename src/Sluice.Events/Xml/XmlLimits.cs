namespace Sluice;

/// <summary>The limits of all sources of XML events for well-formed documents, and the errors beyond them.</summary>
internal static class XmlLimits
{
    private const int BytesOfCharacter = 3;

    internal const string HasDoctype =
        $"A document type definition (DTD) is refused. Set {nameof(XmlEventsOptions)}.{nameof(XmlEventsOptions.Doctype)} to {nameof(XmlDoctype)}.{nameof(XmlDoctype.Skip)} to skip it. "
        + $"If its entities and default values are needed, give {nameof(XmlEvents)}.{nameof(XmlEvents.Read)} an {nameof(System.Xml.XmlReader)} that processes it.";

    internal const string NoCommentNorDoctype = "'<!' begins a comment ('<!--') or a document type ('<!DOCTYPE') here: this is neither.";

    internal const string HasTwoDoctypes = "A document has only one document type.";

    internal const string DoctypeBehindRoot = "A document type can only be before the document's element.";

    internal const string EndsInDoctype = "The document ends in the middle of a document type.";

    internal static string DoctypeTooLong(long longest) =>
        $"A document type is longer than {longest} characters. Set {nameof(XmlEventsOptions)}.{nameof(XmlEventsOptions.MaxTextLength)} to allow longer ones: it has three for each of these, and 1 Mi (1,048,576) more.";

    internal static string TargetHasColon(string target) => $"The target of a processing instruction cannot have a colon: '{target}'.";

    internal static string UnknownVersion(string version) => $"The document is XML {version}: only XML 1.0 is read.";

    internal static string TooDeep(XmlEventsOptions options) =>
        $"Elements are nested deeper than {options.MaxDepth} levels. Set {nameof(XmlEventsOptions)}.{nameof(XmlEventsOptions.MaxDepth)} to allow more.";

    internal static string TextTooLong(XmlEventsOptions options) =>
        $"A text is longer than {options.MaxTextLength} characters. Set {nameof(XmlEventsOptions)}.{nameof(XmlEventsOptions.MaxTextLength)} to allow longer ones.";

    internal static string TokenTooLong(long longest) =>
        $"A tag, a comment or a processing instruction is longer than {longest} bytes. Set {nameof(XmlEventsOptions)}.{nameof(XmlEventsOptions.MaxTextLength)} to allow longer ones: it has three bytes for each of these characters, and 1 MiB more.";

    internal static string DocumentTooLong(XmlEventsOptions options) =>
        $"The document is longer than {options.MaxDocumentLength} characters. Set {nameof(XmlEventsOptions)}.{nameof(XmlEventsOptions.MaxDocumentLength)} to allow more.";

    /// <summary>The number of bytes that a tag, a comment or anything else may have that is in memory as a whole.</summary>
    internal static long TokenLength(XmlEventsOptions options) => ((long)options.MaxTextLength * BytesOfCharacter) + options.MarkupAllowance;

    /// <summary>The number of bytes that make at most so many characters (UTF-16); subtracts these from the number.</summary>
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
