using System.Text;

namespace Sluice.Tests.Xml;

/// <summary>Encodings that one source reads and another does not, and what each says then.</summary>
public sealed class XmlEncodingTests
{
    public static TheoryData<string> OneByteEncodings =>
    [
        "ASCII", "us-ascii", "ISO-8859-1", "iso-8859-2", "ISO-8859-3", "ISO-8859-4", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-9", "ISO-8859-13", "ISO-8859-15",
        "windows-1250", "windows-1251", "Windows-1252", "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-1258", "koi8-r",
    ];

    [Theory]
    [MemberData(nameof(OneByteEncodings))]
    public void Expat_reads_every_character_of_encodings_with_one_byte_for_each(string name)
    {
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        var strict = (Encoding)encoding.Clone();
        strict.DecoderFallback = new DecoderReplacementFallback("");
        var bytes = Enumerable.Range(0xA0, 0x60).Select(value => (byte)value).Where(value => strict.GetString([value]).Length == 1).ToArray();
        var text = "plain, " + encoding.GetString(bytes);
        byte[] xml = [.. Encoding.ASCII.GetBytes($"<?xml version='1.0' encoding='{name}'?><!DOCTYPE a [<!-- "), .. bytes, .. " -->]><a b='"u8, .. bytes, .. "'>plain, "u8, .. bytes, .. "</a>"u8];

        foreach (var length in new[] { 1, 7, xml.Length })
        {
            var outcome = XmlOutcome.Run(Source.From(xml.Chunk(length).Select(piece => (ReadOnlyMemory<byte>)piece)) | Expat.Parse(new() { Doctype = XmlDoctype.Skip }));

            Assert.True(outcome.Error is null, outcome.Error?.Message);
            Assert.Equal(text, outcome.Events[1].Text);
            Assert.Equal(text["plain, ".Length..], outcome.Events[0].Attribute("b"));
        }
    }

    [Fact]
    public void A_byte_that_is_no_character_of_its_encoding_is_an_error() =>
        Assert.NotNull(OfExpat([.. "<?xml version='1.0' encoding='ascii'?><a>"u8, 0xE9, .. "</a>"u8]).Error);

    [Theory]
    [InlineData("shift_jis", "XmlEvents reads it")]
    [InlineData("GB18030", "XmlEvents reads it")]
    [InlineData("utf-32", "XmlEvents reads it")]
    [InlineData("klingon", "convert the document to UTF-8")]
    [InlineData("IBM037", "XmlEvents reads it")] // not ASCII
    public void Expat_names_an_encoding_that_it_does_not_read_and_who_does(string encoding, string said)
    {
        foreach (var doctype in new[] { "", "<!DOCTYPE a>" })
        {
            var outcome = OfExpat(Encoding.ASCII.GetBytes($"<?xml version='1.0' encoding='{encoding}'?>{doctype}<a/>"));

            Assert.Contains($"'{encoding}'", outcome.Error!.Message, StringComparison.Ordinal);
            Assert.Contains(said, outcome.Error.Message, StringComparison.Ordinal);
            Assert.Equal(1, outcome.Error.LineNumber);
            Assert.Empty(outcome.Events);
        }
    }

    [Theory]
    [InlineData("<a><b/><?a:b ?></a>")]
    [InlineData("<a><b/><?a:b?></a>")]
    [InlineData("<a><b/><?a:?></a>")]
    [InlineData("<a><b/><?:a?></a>")]
    public void A_colon_in_the_target_of_a_processing_instruction_is_refused_everywhere(string xml)
    {
        var bytes = Encoding.UTF8.GetBytes(xml);
        foreach (var outcome in new[] { XmlOutcome.Expected(bytes), OfExpat(bytes), XmlOutcome.Parse([bytes]) })
        {
            Assert.NotNull(outcome.Error);
            Assert.Equal("<a>|<b>|</b>", string.Join('|', outcome.Events));
        }
    }

    [Theory]
    [InlineData("utf-16", false, false, "UTF-16")]
    [InlineData("utf-16", false, true, "UTF-16")]
    [InlineData("utf-16", true, false, "UTF-16")]
    [InlineData("utf-16", true, true, "UTF-16")]
    [InlineData("utf-32", false, false, "UTF-32")]
    [InlineData("utf-32", false, true, "UTF-32")]
    [InlineData("utf-32", true, false, "UTF-32")]
    [InlineData("utf-32", true, true, "UTF-32")]
    public void The_source_of_bytes_names_an_encoding_of_wide_characters_however_it_is_cut(string name, bool bigEndian, bool mark, string said)
    {
        Encoding encoding = name == "utf-16" ? new UnicodeEncoding(bigEndian, mark) : new UTF32Encoding(bigEndian, mark);
        byte[] xml = [.. encoding.GetPreamble(), .. encoding.GetBytes("<a/>")];
        foreach (var length in new[] { 1, 2, 3, 4, xml.Length })
        {
            var error = XmlOutcome.Parse(xml.Chunk(length)).Error!;

            Assert.Contains($"The document is {said}: only UTF-8 and ASCII are read.", error.Message, StringComparison.Ordinal);
            Assert.Contains("XmlEvents", error.Message, StringComparison.Ordinal);
            Assert.Equal((1, 1), (error.LineNumber, error.LinePosition));
        }
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public void Another_version_of_xml_is_named(string version)
    {
        var bytes = Encoding.UTF8.GetBytes($"<?xml version='{version}' encoding=\"utf-8\"?><a/>");

        Assert.Contains($"The document is XML {version}: only XML 1.0 is read.", XmlOutcome.Parse([bytes]).Error!.Message, StringComparison.Ordinal);
        Assert.Contains(version, OfExpat(bytes).Error!.Message, StringComparison.Ordinal);
        Assert.Contains(version, XmlOutcome.Expected(bytes).Error!.Message, StringComparison.Ordinal);
    }

    private static XmlOutcome OfExpat(byte[] xml) => XmlOutcome.Run(Expat.Read(new MemoryStream(xml), new() { Doctype = XmlDoctype.Skip }));
}
