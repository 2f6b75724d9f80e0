using System.Text;
using System.Xml;

namespace Sluice.Tests.Xml;

/// <summary>All sources of XML events on the same documents with document types, and a reader that processes them.</summary>
public sealed class XmlDoctypeTests
{
    private const int Cases = 600;

    private static readonly XmlEventsOptions s_skip = new() { Doctype = XmlDoctype.Skip };

    [Fact]
    public Task A_document_with_a_document_type_has_the_same_events_at_all_sources_and_at_a_reader_that_processes_it() => InBackground(random =>
    {
        var xml = Document(random, RandomDoctype.Text(random));
        var bytes = Encoding.UTF8.GetBytes(xml);
        using var reader = XmlReader.Create(new MemoryStream(bytes), new() { DtdProcessing = DtdProcessing.Parse, XmlResolver = null });
        var expected = XmlOutcome.Run(XmlEvents.Read(reader));

        Assert.True(expected.Error is null, $"{xml}\n\n{expected.Error}");
        foreach (var (name, source) in Sources(bytes, random))
        {
            XmlOutcome.Run(source).AssertIs(expected, $"{name}: {xml}");
        }
    });

    [Fact]
    public Task A_damaged_document_type_has_the_same_error_at_all_sources() => InBackground(random =>
    {
        var doctype = RandomDoctype.Damaged(random);
        var xml = Document(random, doctype);
        var bytes = Encoding.UTF8.GetBytes(xml);
        var expected = XmlOutcome.Run(Utf8Xml.Read(new MemoryStream(bytes), s_skip));
        var isOfDoctype = IsWrong(xml[xml.IndexOf(doctype, StringComparison.Ordinal)..]);

        Assert.True(expected.Error is not null || !isOfDoctype, xml);
        foreach (var (name, source) in Sources(bytes, random))
        {
            var outcome = XmlOutcome.Run(source);
            outcome.AssertIs(expected, $"{name}: {xml}");
            if (isOfDoctype)
            {
                Assert.Equal((expected.Error!.Message, expected.Error.LineNumber, expected.Error.LinePosition), (outcome.Error!.Message, outcome.Error.LineNumber, outcome.Error.LinePosition));
            }
        }
    });

    [Fact]
    public void Document_types_of_other_encodings_are_skipped_too()
    {
        const string Text = "<!DOCTYPE größe [<!-- ]> é -->\r\n<!ENTITY x ']>'>]>\n<größe k='é'>x<größe/></größe>";
        (string Name, byte[] Bytes)[] documents =
        [
            ("utf-16 with a mark", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Text)]),
            ("utf-16 without a mark", Encoding.Unicode.GetBytes(Text)),
            ("utf-16be with a mark", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Text)]),
            ("utf-16be without a mark", Encoding.BigEndianUnicode.GetBytes(Text)),
            ("utf-16 that says so", Encoding.Unicode.GetBytes("<?xml version='1.0' encoding='utf-16'?>" + Text)),
            ("latin1", Encoding.Latin1.GetBytes("<?xml version='1.0' encoding='ISO-8859-1'?>" + Text)),
        ];
        foreach (var (name, bytes) in documents)
        {
            foreach (var source in new[] { XmlEvents.Read(new MemoryStream(bytes), s_skip), Expat.Read(new MemoryStream(bytes), s_skip), InPieces(bytes, 1) | Expat.Parse(s_skip), InPieces(bytes, 3) | Expat.Parse(s_skip) })
            {
                var outcome = XmlOutcome.Run(source);
                Assert.True(outcome.Error is null, $"{name}: {outcome}");
                Assert.Equal(["<größe k=\"é\">", "x", "<größe>", "</größe>", "</größe>"], outcome.Events.Select(e => e.ToString()));
            }
        }
    }

    [Fact]
    public void A_reader_that_was_given_processes_document_types_as_it_is_set_to()
    {
        const string Xml = "<!DOCTYPE a [<!ENTITY x 'one<b/>two'><!ATTLIST a c CDATA 'd'>]><a>&x;</a>";
        using var reader = XmlReader.Create(new StringReader(Xml), new() { DtdProcessing = DtdProcessing.Parse });

        Assert.Equal("<a c=\"d\">|one|<b>|</b>|two|</a>", string.Join('|', XmlOutcome.Run(XmlEvents.Read(reader)).Events));

        using var bomb = XmlReader.Create(new StringReader(Xml), new() { DtdProcessing = DtdProcessing.Parse, MaxCharactersFromEntities = 3 });
        var outcome = XmlOutcome.Run(XmlEvents.Read(bomb));
        Assert.NotNull(outcome.Error);

        using var strict = XmlReader.Create(new StringReader(Xml));
        Assert.Contains("DTD", XmlOutcome.Run(XmlEvents.Read(strict)).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reader_of_a_tree_gives_the_events_of_the_tree()
    {
        const string Xml = "<a x='1'>\n <b>y<!-- c -->z<?p?></b> <![CDATA[ ]]> <c xml:space='preserve'> </c>\n</a>";
        var expected = XmlOutcome.Expected(Encoding.UTF8.GetBytes(Xml));
        var document = new XmlDocument { PreserveWhitespace = true };
        document.LoadXml(Xml);

        XmlOutcome.Run(XmlEvents.Read(System.Xml.Linq.XDocument.Parse(Xml, System.Xml.Linq.LoadOptions.PreserveWhitespace).CreateReader())).AssertIs(expected, "XDocument");
        XmlOutcome.Run(XmlEvents.Read(new XmlNodeReader(document))).AssertIs(expected, "XmlDocument");
    }

    [Fact]
    public void Entities_of_a_tree_are_resolved()
    {
        var document = new XmlDocument();
        using (var reader = new XmlTextReader(new StringReader("<!DOCTYPE a [<!ENTITY x 'y<b/>'>]><a>&x;z</a>")) { EntityHandling = EntityHandling.ExpandCharEntities, DtdProcessing = DtdProcessing.Parse })
        {
            document.Load(reader);
        }

        Assert.Equal("<a>|y|<b>|</b>|z|</a>", string.Join('|', XmlOutcome.Run(XmlEvents.Read(new XmlNodeReader(document))).Events));
    }

    [Fact]
    public void A_reader_goes_on_behind_its_node_to_the_end_of_a_subtree_or_a_fragment()
    {
        using var reader = XmlReader.Create(new StringReader("<a><b>x</b><c>y</c></a>"));
        Assert.True(reader.ReadToFollowing("b"));
        using (var subtree = reader.ReadSubtree())
        {
            Assert.Equal("<b>|x|</b>", string.Join('|', XmlOutcome.Run(XmlEvents.Read(subtree)).Events));
        }

        using var fragment = XmlReader.Create(new StringReader("one<a/>two"), new() { ConformanceLevel = ConformanceLevel.Fragment });
        Assert.Equal("one|<a>|</a>|two", string.Join('|', XmlOutcome.Run(XmlEvents.Read(fragment)).Events));
        Assert.Equal(ReadState.EndOfFile, fragment.ReadState);
    }

    [Fact]
    public void A_reader_that_is_given_has_our_limits_except_for_the_length_of_the_document()
    {
        using var reader = XmlReader.Create(new StringReader("<a>\n<b>01234</b></a>"));
        var error = XmlOutcome.Run(XmlEvents.Read(reader, new() { MaxTextLength = 4 })).Error!;
        Assert.Contains("MaxTextLength", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.LineNumber);

        Assert.Throws<ArgumentNullException>(() => XmlEvents.Read((XmlReader)null!));
        Assert.Contains("MaxCharactersInDocument", Assert.Throws<ArgumentException>(() => XmlEvents.Read(reader, new() { MaxDocumentLength = 1 })).Message, StringComparison.Ordinal);
    }

    private static string Document(Random random, string doctype)
    {
        var prolog = new[] { "", "\uFEFF", "<?xml version='1.0'?>", "<?xml version=\"1.0\" encoding='utf-8'?>\r\n" }[random.Next(4)];
        var aside = new[] { "", " ", "<!-- <!DOCTYPE x> é🚌 -->", "<?p <!DOCTYPE x ??>\n" }[random.Next(4)];
        var rest = Encoding.UTF8.GetString(FuzzedXml.FromSeed(random.Next()).Bytes).TrimStart('\uFEFF');
        return prolog + aside + doctype + (rest.StartsWith("<?xml ", StringComparison.Ordinal) ? rest[(rest.IndexOf("?>", StringComparison.Ordinal) + 2)..] : rest);
    }

    /// <summary>Returns whether the scanner refuses it, which the tables of the contract hold to the rules.</summary>
    private static bool IsWrong(string xml)
    {
        var scanner = new XmlDoctypeScanner(s_skip);
        foreach (var character in xml["<!DOCTYPE".Length..])
        {
            if (scanner.Take(character) is not null)
            {
                return true;
            }

            if (scanner.IsComplete)
            {
                return false;
            }
        }

        return true;
    }

    private static IEnumerable<(string Name, Source<XmlEvent> Source)> Sources(byte[] xml, Random random)
    {
        var length = random.Next(1, 40);
        yield return ("XmlEvents", XmlEvents.Read(new MemoryStream(xml), s_skip));
        yield return ("XmlEvents in pieces", XmlEvents.ReadAsync(new PieceStream(xml.Chunk(length).Select(piece => (ReadOnlyMemory<byte>)piece)), s_skip));
        yield return ("Expat", Expat.Read(new MemoryStream(xml), s_skip));
        yield return ("Expat in pieces", InPieces(xml, length) | Expat.Parse(s_skip));
        yield return ("Utf8Xml", Utf8Xml.Read(new MemoryStream(xml), s_skip));
        yield return ("Utf8Xml in pieces", InPieces(xml, length) | Utf8Xml.Parse(s_skip));
    }

    private static Source<ReadOnlyMemory<byte>> InPieces(byte[] xml, int length) => Source.From(xml.Chunk(length).Select(piece => (ReadOnlyMemory<byte>)piece));

    private static Task InBackground(Action<Random> test) =>
        Wait.For(Task.Factory.StartNew(() => Seed.Each(Cases, test), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default), "all cases");
}
