using System.Text;
using System.Xml;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <content>Documents with a document type: refused, or skipped with nothing lost but what it declares.</content>
public abstract partial class XmlSourceContract
{
    private static readonly XmlEventsOptions s_skip = new() { Doctype = XmlDoctype.Skip };

    public static TheoryData<string> Doctypes =>
    [
        "<!DOCTYPE a>",
        "<!DOCTYPE\r\n\ta \r>",
        "<!DOCTYPE p:größe>",
        "<!DOCTYPE a[]>",
        "<!DOCTYPE a [ \n ] >",
        "<!DOCTYPE SYSTEM>",
        "<!DOCTYPE a SYSTEM 'file:///not-there/[\"]>.dtd'>",
        "<!DOCTYPE a SYSTEM \"it's.dtd\"[]>",
        "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\"\n  \"http://127.0.0.1:1/not-there.dtd\">",
        "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' '' [<!ENTITY nbsp '&#160;'>] >",
        "<!DOCTYPE a [<!ELEMENT a ANY><!ELEMENT a (#PCDATA|b)*>\n<!ATTLIST b c CDATA ']>' d (x|y) \"]]>'\" e NMTOKEN #FIXED ' z '>]>",
        "<!DOCTYPE a [<!ENTITY x \"<y>]]>'</y>\"><!ENTITY y SYSTEM 'file:///etc/hostname'><!ENTITY z PUBLIC 'p' \"s\" NDATA n><!NOTATION n PUBLIC 'p'>]>",
        "<!DOCTYPE a [<!ENTITY % p \"<!ELEMENT q ANY>\">%p; %p2;\t%ü; <!-- %p -->]>",
        "<!DOCTYPE a [<!-- ]> \" ' <!ENTITY - > --><!----><?p ]> \" ' <a ? > ??><?q?><?xml-stylesheet ]?>]>",
        "<!-- <!DOCTYPE b> --><?p <!DOCTYPE c> ?>\n<!DOCTYPE a><!-- <!DOCTYPE d [ -->",
        "<?xml version='1.0' encoding='UTF-8'?>\r\n<!DOCTYPE a [<!-- é日🚌 -->]>\n",
        "\uFEFF<!DOCTYPE a>",
    ];

    public static TheoryData<string, int, int> MalformedDoctypes => new()
    {
        { "<!DOCTYPE>", 1, 10 },
        { "<!DOCTYPEa>", 1, 10 },
        { "<!DOCTYPE >", 1, 11 },
        { "<!DOCTYPE 1>", 1, 11 },
        { "<!DOCTYPE a:>", 1, 13 },
        { "<!DOCTYPE a:b:c>", 1, 14 },
        { "<!DOCTYPE a\n!>", 2, 1 },
        { "<!DOCTYPE a b>", 1, 13 },
        { "<!DOCTYPE aSYSTEM 'x'>", 1, 19 },
        { "<!DOCTYPE a 'x'>", 1, 13 },
        { "<!DOCTYPE a SYSTEM>", 1, 19 },
        { "<!DOCTYPE a SYSTEM'x'>", 1, 19 },
        { "<!DOCTYPE a SYSTEM x>", 1, 20 },
        { "<!DOCTYPE a SYSTEM 'x' 'y'>", 1, 24 },
        { "<!DOCTYPE a SISTEM 'x'>", 1, 14 },
        { "<!DOCTYPE a system 'x'>", 1, 13 },
        { "<!DOCTYPE a PUBLIC 'x'>", 1, 23 },
        { "<!DOCTYPE a PUBLIC 'x''y'>", 1, 23 },
        { "<!DOCTYPE a PUBLIC '[' 'y'>", 1, 21 },
        { "<!DOCTYPE a [ x ]>", 1, 15 },
        { "<!DOCTYPE a [] x>", 1, 16 },
        { "<!DOCTYPE a []]>", 1, 15 },
        { "<!DOCTYPE a [] SYSTEM 'x'>", 1, 16 },
        { "<!DOCTYPE a [<a/>]>", 1, 15 },
        { "<!DOCTYPE a [<!a>]>", 1, 16 },
        { "<!DOCTYPE a [<!ELEMENTS a>]>", 1, 23 },
        { "<!DOCTYPE a [<!element a ANY>]>", 1, 16 },
        { "<!DOCTYPE a [<!ELEMENT>]>", 1, 23 },
        { "<!DOCTYPE a [<!ELEMENT a <!ELEMENT b>]>", 1, 26 },
        { "<!DOCTYPE a [<!ELEMENT a ]>", 1, 26 },
        { "<!DOCTYPE a [<!ELEMENT a -- it's -->]>", 1, 26 },
        { "<!DOCTYPE a [<!ENTITY x '>]>", 1, 36 },
        { "<!DOCTYPE a [<!ATTLIST a %p;>]>", 1, 27 },
        { "<!DOCTYPE a [<![INCLUDE[<!ELEMENT a ANY>]]>]>", 1, 16 },
        { "<!DOCTYPE a [<![IGNORE[]]>]>", 1, 16 },
        { "<!DOCTYPE a [<!- x -->]>", 1, 17 },
        { "<!DOCTYPE a [<!-- x -- y -->]>", 1, 23 },
        { "<!DOCTYPE a [<!-- x --->]>", 1, 23 },
        { "<!DOCTYPE a [<? p?>]>", 1, 16 },
        { "<!DOCTYPE a [<?p:q?>]>", 1, 17 },
        { "<!DOCTYPE a [<?p?q?>]>", 1, 18 },
        { "<!DOCTYPE a [<?xml version='1.0'?>]>", 1, 19 },
        { "<!DOCTYPE a [%;]>", 1, 15 },
        { "<!DOCTYPE a [%p]>", 1, 16 },
        { "<!DOCTYPE a [% p;]>", 1, 15 },
        { "<!DOCTYPE a [&x;]>", 1, 14 },
        { "<!DOCTYPE a\u0001>", 1, 12 },
        { "<!DOCTYPE a [\n<!-- é🚌\u0002 -->]>", 2, 9 },
        { "<!DOCTYPE a [<!ENTITY x '\uFFFE'>]>", 1, 26 },
        { "<!DOCTYPE a>\r\n<!DOCTYPE a>", 2, 1 },
        { "<!--\n--><!DOCTYPE a\r>\r\n <!DOCTYPE a>", 4, 2 },
    };

    [Theory]
    [MemberData(nameof(Doctypes))]
    public async Task A_document_type_is_skipped_if_that_is_wanted_however_it_is_cut(string doctype)
    {
        var xml = Encoding.UTF8.GetBytes(doctype + "<a b='1'>x<c/> </a>");
        string[] events = ["<a b=\"1\">", "x", "<c>", "</c>", "</a>"];

        Assert.Equal(events, (await Wait.For(Read(new MemoryStream(xml), s_skip).To(Sink.ToList<XmlEvent>()).RunAsync())).Select(e => e.ToString()));
        foreach (var pieces in Cuts(xml))
        {
            Assert.Equal(string.Join('|', events), (await Outcome(InPieces(pieces, s_skip))).Events);
        }
    }

    [Theory]
    [MemberData(nameof(MalformedDoctypes))]
    public async Task A_document_type_that_is_not_well_formed_is_an_error_at_its_position_however_it_is_cut(string doctype, int line, int column)
    {
        var xml = Encoding.UTF8.GetBytes(doctype + "<a></a>");
        var whole = await Outcome(Read(new MemoryStream(xml), s_skip));

        Assert.Equal(("", line, column), (whole.Events, whole.Error?.LineNumber, whole.Error?.LinePosition));
        Assert.DoesNotContain("XmlReaderSettings", whole.Error!.Message, StringComparison.Ordinal);
        foreach (var pieces in Cuts(xml))
        {
            Assert.Equal(whole.Error.Message, (await Outcome(InPieces(pieces, s_skip))).Error?.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Doctypes))]
    public async Task A_document_that_ends_in_its_document_type_is_an_error_at_its_end(string doctype)
    {
        var begin = doctype.IndexOf("<!DOCTYPE", doctype.IndexOf("?>\n<!", StringComparison.Ordinal) is var behind and > 0 ? behind : 0, StringComparison.Ordinal) + "<!DOCTYPE".Length;
        var end = doctype.LastIndexOf('>', doctype.EndsWith("-->", StringComparison.Ordinal) ? doctype.LastIndexOf("<!--", StringComparison.Ordinal) : doctype.Length - 1);
        for (var length = begin; length < end; length++)
        {
            var cut = doctype[..length];
            if (char.IsHighSurrogate(cut[^1]))
            {
                continue;
            }

            var error = (await Outcome(Read(Bytes(cut), s_skip))).Error!;
            var lines = cut.TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
            Assert.Equal((lines.Length, lines[^1].Length + 1), (error.LineNumber, error.LinePosition));
            Assert.Contains("ends in the middle of a document type", error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Doctypes))]
    public async Task Positions_behind_a_document_type_are_those_of_the_document(string doctype)
    {
        var blank = string.Concat(doctype.Select(c => c is '\r' or '\n' or '\uFEFF' ? c : ' '));
        const string Rest = "<a>\n <b>\r\n  </c></a>";
        foreach (var rest in new[] { Rest, Rest.Replace("\n", "", StringComparison.Ordinal), "<a>&x;</a>", "<a>", "</a>" })
        {
            var expected = (await Outcome(Read(Bytes(blank + rest), null))).Error!;
            var error = (await Outcome(Read(Bytes(doctype + rest), s_skip))).Error!;

            Assert.Equal(expected.Message, error.Message);
            Assert.Equal((expected.LineNumber, expected.LinePosition), (error.LineNumber, error.LinePosition));
        }
    }

    [Theory]
    [InlineData("<!DOCTYPE a [<!ENTITY x 'y'>]><a><b/>&x;</a>")]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a><b/>&x;</a>")]
    [InlineData("<!DOCTYPE a [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]><a><b/>&c;</a>")]
    [InlineData("<!DOCTYPE a [<!ENTITY % p \"<!ENTITY x 'y'>\">%p;]><a><b/>&x;</a>")]
    [InlineData("<!DOCTYPE a PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'http://127.0.0.1:1/x'><a><b/>&nbsp;</a>")]
    [InlineData("<!DOCTYPE a SYSTEM 'x'><a><b/><c d='&x;'/></a>")]
    public async Task An_entity_that_a_skipped_document_type_declares_is_an_error(string xml)
    {
        var (events, error) = await Outcome(Read(Bytes(xml), s_skip));

        Assert.Equal("<a>|<b>|</b>", events);
        Assert.NotNull(error);
    }

    [Fact]
    public async Task What_a_skipped_document_type_declares_of_attributes_does_not_hold()
    {
        var events = await Events("<!DOCTYPE a [<!ATTLIST a d CDATA 'x' t NMTOKENS #IMPLIED xml:space (default|preserve) 'preserve'>]><a t='  y  '> <b/> </a>", s_skip);

        Assert.Equal(["<a t=\"  y  \">", "<b>", "</b>", "</a>"], events.Select(e => e.ToString()));
    }

    [Theory]
    [InlineData("<a/><!DOCTYPE a>", "<a>|</a>")]
    [InlineData("<a><!DOCTYPE a></a>", "<a>")]
    [InlineData("x<!DOCTYPE a><a/>", "")]
    [InlineData("<!doctype a><a/>", "")]
    [InlineData("<!DOCTYPE a><?xml version='1.0'?><a/>", "")]
    [InlineData("<!-- -- --><!DOCTYPE a><a/>", "")]
    [InlineData("<!DOCTYPE a><!-- -- --><a/>", "")]
    [InlineData("<!DOCTYPE a>", "")]
    public async Task A_document_type_is_skipped_only_where_it_may_be(string xml, string events)
    {
        var outcome = await Outcome(Read(Bytes(xml), s_skip));

        Assert.Equal(events, outcome.Events);
        Assert.True(outcome.Error is { LineNumber: > 0, LinePosition: > 0 });
        Assert.DoesNotContain(nameof(XmlReaderSettings), outcome.Error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<!DOCTYPE a><a/>", 1, 1)]
    [InlineData("\uFEFF<!DOCTYPE a><a/>", 1, 1)]
    [InlineData("<?xml version='1.0'?>\r\n <!-- é🚌\r --><!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", 3, 5)]
    [InlineData("<!DOCTYPE", 1, 1)]
    [InlineData("\n  <!DOCTYPEa><", 2, 3)]
    public async Task A_document_type_is_refused_where_it_begins_with_the_option_that_skips_it(string xml, int line, int column)
    {
        foreach (var pieces in Cuts(Encoding.UTF8.GetBytes(xml)))
        {
            var error = (await Outcome(InPieces(pieces))).Error!;

            Assert.Equal((line, column), (error.LineNumber, error.LinePosition));
            Assert.Contains("XmlEventsOptions.Doctype", error.Message, StringComparison.Ordinal);
            Assert.Contains("XmlDoctype.Skip", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(nameof(XmlReaderSettings), error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_document_type_has_the_limit_of_other_markup_and_takes_no_memory()
    {
        var options = new XmlEventsOptions { Doctype = XmlDoctype.Skip, MaxTextLength = 1 };
        const long Longest = 3 + (1 << 20); // three bytes for each character of the longest text, and 1 MiB
        var inside = new string('x', (int)Longest - " a [<!---->]>".Length);
        Assert.Equal(2, await Wait.For(Read(Bytes($"<!DOCTYPE a [<!--{inside}-->]><a/>"), options).To(Sink.Count<XmlEvent>()).RunAsync()));

        var error = (await Outcome(Read(Bytes($"<!DOCTYPE a [<!--{inside}x-->]><a/>"), options))).Error!;
        Assert.Contains("MaxTextLength", error.Message, StringComparison.Ordinal);
        Assert.Equal((1, "<!DOCTYPE".Length + Longest + 1), (error.LineNumber, error.LinePosition));
    }

    [Fact]
    public void Only_a_value_of_the_enumeration_is_a_choice_about_document_types() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new XmlEventsOptions { Doctype = (XmlDoctype)2 });
}
