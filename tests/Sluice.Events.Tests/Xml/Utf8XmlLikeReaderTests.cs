using System.Text;

namespace Sluice.Tests.Xml;

/// <summary>Documents, whole and cut anywhere: the events, and the errors, are those of <see cref="XmlEvents"/>.</summary>
public sealed class Utf8XmlLikeReaderTests
{
    private const string Declared = "<?xml version='1.0' encoding=\"utf-8\" standalone='yes' ?>";

    public static TheoryData<string> WellFormed =>
    [
        "<a/>",
        "<a></a>",
        "\uFEFF<a/>",
        Declared + "\r\n<!-- - c --><?pi?><a/> <?xml-stylesheet href='x'?>\n<!---->\r",
        "<?xml version = \"1.0\"?><a/>",
        "<?xml version='1.0' encoding='US-ascii'?><a/>",
        "<a><b/>x<c></c ></a\n>",
        "<a x='1' y=\"two\" z = '' ><b k='>' l=\"'\" m='\"'/></a>",
        "<a k='\t1\r\n2\r3\n4&#9;5&#10;6&#13;7 8' l='&lt;&amp;&gt;&quot;&apos;é日🚌]]>'/>",
        "<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;&#x1f68c;&#0000000065;&#xD7FF;&#xE000;&#xFFFD;&#x10FFFF;</a>",
        "<a>x<![CDATA[<y>&amp;]] >]]]]><![CDATA[>]]>z<![CDATA[]]></a>",
        "<a>x<!-- no --> <!-- - -->y<?pi no??>z\n<b/> <!-- --> </a>",
        "<a>\r\n  <b> x </b>\r  <c/>\n\t</a>",
        "<a> <![CDATA[ \r\n\r]]> </a>",
        "<a>&#32;<b/>&#x9;&#xA;&#xD; </a>",
        "<a>one\r\ntwo\rthree\n\r\n\r\rfour</a>",
        "<a>]</a>",
        "<a>]]</a>",
        "<a>]]]&gt;] ]></a>",
        "<a>grüße 日本語 🚌 \u007F\u0085\u00A0\uFFFD</a>",
        "<straße ärger='é'><日本 語='x'/></straße>",
        "<a-name-of-16-byt><a-name-of-15-by/><a-name-of-seventeen/></a-name-of-16-byt>",
        "<p:a xmlns:p='urn:x' p:k='v' k='w'><p:b xmlns:p='urn:y' xmlns='urn:z'/><p:c xml:lang='en'/></p:a>",
        "<a xmlns:p='urn:x' xmlns:q='urn:y' p:k='1' q:k='2'/>",
        "<a xml:space='preserve'> <b xml:space='default'> <c/> </b> <d xml:space=' preserve '> </d> </a>",
        "<a>                                                                    <b/>                                 x</a>",
        "<a>a text of more than thirty-two bytes &amp; so of more than one vector, and then some</a>",
        "<a b='a value of more than thirty-two bytes &amp; so of more than one vector'>0123456789012345678901234567890<b/>01234567890123456789012345678901<b/></a>",
    ];

    public static TheoryData<string> NotWellFormed => [.. WrongXml.All];

    [Theory]
    [MemberData(nameof(WellFormed))]
    public void Documents_become_the_events_that_the_reader_makes_of_them(string xml)
    {
        var expected = XmlOutcome.Expected(Encoding.UTF8.GetBytes(xml));

        Assert.Null(expected.Error);
        AssertIsAtEachSplit(expected, xml, null);
    }

    /// <summary>The reader takes what begins at the root fewer than four characters before the end for no markup at all.</summary>
    [Theory]
    [InlineData("<a>")]
    [InlineData("\uFEFF<a>")]
    [InlineData(" <a>")]
    [InlineData("<?xml version='1.0'?><é>")]
    [InlineData("<!-- --><a>")]
    public void A_root_element_of_which_there_is_only_a_short_beginning_begins(string xml)
    {
        var outcome = XmlOutcome.Tokenize([Encoding.UTF8.GetBytes(xml)]);

        Assert.Equal([XmlEventKind.Start], outcome.Events.Select(e => e.Kind));
        Assert.Equal(xml.TrimStart('\uFEFF').Length + 1, outcome.Error!.LinePosition);
        outcome.AssertIsOf(Encoding.UTF8.GetBytes(xml), XmlOutcome.Expected(Encoding.UTF8.GetBytes(xml)), xml);
        AssertIsAtEachSplit(outcome, xml, null);
    }

    /// <summary>All of them: what a reader does with so little that it cannot even tell the encoding is a case of its own.</summary>
    [Fact]
    public void Documents_of_up_to_four_characters_are_what_the_reader_makes_of_them()
    {
        string[] alphabet = ["<", ">", "/", "a", "!", "?", "-", "&", "]", " ", "\r", "\n", "é", "\uFEFF"];
        IEnumerable<string> documents = [""];
        for (var length = 1; length <= 4; length++)
        {
            documents = [.. from start in documents from next in alphabet select start + next];
            foreach (var document in documents)
            {
                var xml = Encoding.UTF8.GetBytes(document);
                XmlOutcome.Tokenize([xml]).AssertIsOf(xml, XmlOutcome.Expected(xml), Convert.ToHexString(xml));
            }
        }
    }

    [Theory]
    [MemberData(nameof(WellFormed))]
    public void White_space_is_kept_if_that_is_wanted(string xml)
    {
        var keep = new XmlEventsOptions { KeepWhitespace = true };

        AssertIsAtEachSplit(XmlOutcome.Expected(Encoding.UTF8.GetBytes(xml), keep), xml, keep);
    }

    [Theory]
    [MemberData(nameof(NotWellFormed))]
    public void Documents_that_are_not_well_formed_fail_after_the_same_events(string xml)
    {
        var expected = XmlOutcome.Expected(Encoding.UTF8.GetBytes(xml));

        Assert.NotNull(expected.Error);
        AssertIsAtEachSplit(expected, xml, null);
    }

    [Theory]
    [InlineData("<a>\n <b>\n</c></a>", 3, 1)]
    [InlineData("<a>\r\n\r <b x='&no;'/>", 3, 8)]
    [InlineData("<a>é日🚌\u0001", 1, 8)]
    [InlineData("\uFEFF<a></b>", 1, 4)]
    [InlineData("<a\n\n x='1'\n  x='2'/>", 4, 3)]
    [InlineData("<a>\n", 2, 1)]
    [InlineData("<a/>\n\n\nx", 4, 1)]
    public void An_error_has_the_line_and_the_column_wherever_the_document_is_cut(string xml, int line, int column)
    {
        var bytes = Encoding.UTF8.GetBytes(xml);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var error = XmlOutcome.Parse([bytes[..cut], bytes[cut..]]).Error!;
            Assert.Equal((line, column), (error.LineNumber, error.LinePosition));
        }

        var inBytes = XmlOutcome.Parse(bytes.Chunk(1)).Error!;
        Assert.Equal((line, column), (inBytes.LineNumber, inBytes.LinePosition));
    }

    [Fact]
    public void An_end_tag_of_another_element_is_an_error_that_names_both()
    {
        var error = XmlOutcome.Parse(["<a><route></direction></a>"u8.ToArray()]).Error!;

        Assert.Contains("'route'", error.Message, StringComparison.Ordinal);
        Assert.Contains("'direction'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<?xml version='1.0' encoding='iso-8859-1'?><a/>", "iso-8859-1")]
    [InlineData("<?xml version='1.0' encoding='utf-16'?><a/>", "utf-16")]
    [InlineData("<!DOCTYPE a><a/>", "DTD")]
    public void What_is_refused_is_named(string xml, string named)
    {
        var outcome = XmlOutcome.Parse([Encoding.UTF8.GetBytes(xml)]);

        Assert.Contains(named, outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(outcome.Events);
    }

    [Fact]
    public void Documents_in_utf_16_are_refused_by_that_name()
    {
        foreach (var encoding in new Encoding[] { new UnicodeEncoding(false, true), new UnicodeEncoding(true, true), new UnicodeEncoding(false, false), new UnicodeEncoding(true, false) })
        {
            byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes("<a/>")];
            Assert.Contains("UTF-16", XmlOutcome.Parse([bytes]).Error!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_document_that_says_it_is_ascii_has_to_be()
    {
        var outcome = XmlOutcome.Parse([Encoding.UTF8.GetBytes("<?xml version='1.0' encoding='ascii'?><a>\n<b/>é</a>")]);

        Assert.Equal(["<a>", "<b>", "</b>"], outcome.Events.Select(e => e.ToString()));
        Assert.Equal((2, 5), (outcome.Error!.LineNumber, outcome.Error.LinePosition));
    }

    [Fact]
    public void Every_sequence_of_bytes_that_is_not_utf_8_is_an_error_wherever_it_is()
    {
        byte[][] wrong = [[0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF8], [0xFF], [0xC3], [0xE2, 0x82], [0xF0, 0x9F, 0x9A]];
        string[] places = ["<a>{0}</a>", "<a>x{0}", "<a k='{0}'/>", "<a><!--{0}--></a>", "<a><?p {0}?></a>", "<a><![CDATA[{0}]]></a>", "<a{0}/>", "<a></a{0}>", "{0}<a/>", "<a/>{0}"];
        foreach (var (bytes, place) in wrong.SelectMany(_ => places, (bytes, place) => (bytes, place)))
        {
            var parts = place.Split("{0}");
            byte[] xml = [.. Encoding.UTF8.GetBytes(parts[0]), .. bytes, .. Encoding.UTF8.GetBytes(parts[1])];
            Assert.NotNull(XmlOutcome.Parse([xml]).Error);
            Assert.NotNull(XmlOutcome.Parse(xml.Chunk(1)).Error);
        }
    }

    private static void AssertIsAtEachSplit(XmlOutcome expected, string xml, XmlEventsOptions? options)
    {
        var bytes = Encoding.UTF8.GetBytes(xml);
        XmlOutcome.Run(Utf8Xml.Read(new MemoryStream(bytes), options)).AssertIs(expected, xml);
        XmlOutcome.Parse(bytes.Chunk(1), options).AssertIs(expected, $"{xml} byte by byte");
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            XmlOutcome.Parse([bytes[..cut], bytes[cut..]], options).AssertIs(expected, $"{xml} cut at {cut}");
        }
    }
}
