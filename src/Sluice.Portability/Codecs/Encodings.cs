using System.Text;

namespace Sluice;

/// <summary>Encodings of .NET as bytes: the code page, whether a mark is written before the text, and whether what cannot be read is an error.</summary>
internal static class Encodings
{
    internal static void Write(ByteSink to, Encoding encoding)
    {
        to.WriteCount(encoding.CodePage);
        to.WriteBool(encoding.Preamble.Length > 0);
        to.WriteBool(encoding.DecoderFallback is DecoderExceptionFallback);
    }

    internal static Encoding Read(ByteSource from)
    {
        var (page, hasMark, isStrict) = (checked((int)from.ReadVarint()), from.ReadBool(), from.ReadBool());
        return page switch
        {
            65001 => new UTF8Encoding(hasMark, isStrict),
            1200 or 1201 => new UnicodeEncoding(page == 1201, hasMark, isStrict),
            12000 or 12001 => new UTF32Encoding(page == 12001, hasMark, isStrict),
            _ => isStrict ? Encoding.GetEncoding(page, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback) : Encoding.GetEncoding(page),
        };
    }

    /// <summary>The reason why it would not come back the same.</summary>
    internal static string? Refusal(Encoding encoding)
    {
        try
        {
            var copy = LeafCodecs.Reread(encoding, Write, Read);
            return copy.Equals(encoding) && copy.IsReadOnly == encoding.IsReadOnly ? null
                : $"the encoding '{encoding.WebName}' has fallbacks of its own, or can be changed. Keep its name, and take it from Encoding.GetEncoding";
        }
        catch (Exception error) when (error is NotSupportedException or ArgumentException)
        {
            return $"Encoding.GetEncoding does not know the encoding '{encoding.WebName}' by its code page. Register what it comes from (Encoding.RegisterProvider), here and where it is resumed";
        }
    }
}
