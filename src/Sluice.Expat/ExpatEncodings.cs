using System.Text;

namespace Sluice;

/// <summary>The encodings that Expat reads: its own (UTF-8, UTF-16, ISO-8859-1, US-ASCII), and those of .NET in which each byte is a
/// character and ASCII is itself.</summary>
internal static class ExpatEncodings
{
    /// <summary>The encoding of a name, if Expat reads it.</summary>
    internal static Encoding? Find(string name) => Known(name) is { IsSingleByte: true } encoding ? encoding : IsUtf8(name) ? Encoding.UTF8 : null;

    /// <summary>Writes the character of each byte; -1 for a byte that is none.</summary>
    internal static void Map(Encoding encoding, Span<int> characters)
    {
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = new DecoderReplacementFallback("");
        Span<char> decoded = stackalloc char[2];
        for (var i = 0; i < characters.Length; i++)
        {
            characters[i] = strict.GetChars([(byte)i], decoded) == 1 ? decoded[0] : -1;
        }
    }

    /// <summary>The message about an encoding that Expat does not read.</summary>
    internal static string NotRead(string name) =>
        $"The document's encoding is '{name}': Expat reads UTF-8, UTF-16 and encodings with one byte for each character. "
        + (Known(name) is null
            ? ".NET does not know it either, so that no source of XML events reads it: convert the document to UTF-8."
            : $"{nameof(XmlEvents)} reads it, if the program calls Encoding.RegisterProvider(CodePagesEncodingProvider.Instance) first.");

    private static bool IsUtf8(string name) => name.Equals("utf-8", StringComparison.OrdinalIgnoreCase);

    private static Encoding? Known(string name) => CodePagesEncodingProvider.Instance.GetEncoding(name) ?? XmlEncodings.Find(name);
}
