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

    /// <summary>Why it would not come back the same.</summary>
    internal static string? Refusal(Encoding encoding)
    {
        var bytes = new ByteSink();
        Write(bytes, encoding);
        var copy = bytes.Written.ToArray();
        return Read(new ByteSource(copy, 0, copy.Length)).Equals(encoding) ? null
            : $"the encoding '{encoding.WebName}' has fallbacks of its own. Keep its name, and take it from Encoding.GetEncoding";
    }
}
