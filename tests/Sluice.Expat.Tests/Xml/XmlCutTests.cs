using System.Text;

namespace Sluice.Tests.Xml;

/// <summary>However the bytes of a document are cut into pieces, a source that is fed makes the same of them: the same events, and the same error at the same
/// position. That is about documents that are wrong, and about limits.</summary>
[Trait("Configuration", "Release")]
public sealed class XmlCutTests
{
    private const int RandomDocuments = 400;
    private const int Allowance = 128 << 10; // more than the buffers that parsers begin with
    private const int Longest = 3 + Allowance; // three bytes for each character of the longest text
    private const int LongestOfBytes = 4096; // the target of an instruction, and the XML declaration

    private static readonly XmlEventsOptions s_skip = new() { Doctype = XmlDoctype.Skip };
    private static readonly XmlEventsOptions s_short = new() { Doctype = XmlDoctype.Skip, MaxTextLength = 1, MarkupAllowance = Allowance };

    public static TheoryData<string> Levels => ["Utf8Xml", "Expat"];

    /// <summary>Markup and texts as long as a limit: {0} is replaced by as many characters as make the markup, or the text, so long.</summary>
    public static TheoryData<string, string, bool> LongParts => new()
    {
        { "<a>|<{0}/>|</a>", "x", true },
        { "<a>|<{0}></{0}>|</a>", "x", true },
        { "<a>|<b c='{0}'/>|</a>", "x", true },
        { "<a>|<b c='{0}'>|</b></a>", ">", true },
        { "<a>|<b{0}>|</b></a>", " ", true },
        { "<a>|<b{0}c=''/>|</a>", "\n", true },
        { "<a><b>|</b{0}>|</a>", " ", true },
        { "<a>|<!--{0}-->|</a>", "x", true },
        { "<a>|<!--{0}-->|</a>", "- ", true },
        { "<a>|<!--{0}-->|</a>", "é", true },
        { "|<!--{0}-->|<a/>", "<", true },
        { "<a>|<?p {0}?>|</a>", "x", true },
        { "<a>|<?p {0}?>|</a>", "?", true },
        { "<a/>|<?p {0}?>|", ">", true },
        { "<a>|<b c='{0}' c=''/>|</a>", "x", false },
        { "<a>|<b c=\"{0}<\"/>|</a>", "x", false },
        { "<a>|<b{0}='/>|</a>", " ", false },
        { "<a>|<!--{0}-- -->|</a>", "x", false },
        { "<a>|<!--{0}\u0001-->|</a>", "é", false },
        { "<a>|<?p {0}\u0001?>|</a>", "x", false },
        { "<a>|<b {0}|", "x", false },
        { "<a>|<!--{0}|", "x", false },
        { "<a>|{0}|</a>", "x", false },
        { "<a>|{0}|<b/></a>", "é", false },
        { "<a>|{0}|<b/></a>", " ", true },
        { "<a>|{0}|&amp;</a>", " ", false },
        { "<a>|<![CDATA[{0}]]>|</a>", "x", false },
        { "<a>|{0}\u0001|</a>", "🚌", false },
        { "<!DOCTYPE| a [<!--{0}-->]>|<a/>", "x", true },
        { "<!DOCTYPE| a SYSTEM '{0}'>|<!-- c --><a/>", "x", true },
    };

    [Theory]
    [MemberData(nameof(Levels))]
    public void A_document_that_is_wrong_has_the_same_error_at_the_same_position(string level)
    {
        foreach (var malformed in MalformedXml.All)
        {
            AssertIsTheSame(level, malformed.Document, s_skip, EveryCut(malformed.Document), malformed.Name);
        }

        foreach (var xml in WrongXml.All)
        {
            var bytes = Encoding.UTF8.GetBytes(xml);
            AssertIsTheSame(level, bytes, null, EveryCut(bytes), xml);
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public Task A_damaged_document_has_the_same_events_and_the_same_error_at_the_same_position(string level) => InBackground(() => Seed.Each(RandomDocuments, random =>
    {
        var xml = FuzzedXml.FromSeed(random.Next()).Damaged();
        AssertIsTheSame(level, xml, s_skip, [.. new[] { 1, 2, 3, random.Next(4, 30) }.Select(length => xml.Chunk(length).ToArray()), .. EveryCut(xml).Where(_ => random.Next(8) == 0)], Convert.ToHexString(xml));
    }));

    [Theory]
    [InlineData("<?{0} x?><a/>", 0)]
    [InlineData("<a><?{0}?></a>", 0)]
    [InlineData("<a><?{0}!?></a>", 0)]
    [InlineData("<?xml version='1.0'{0}?><a/>", 19)]
    [InlineData("<?xml version='1.0'{0} x?><a/>", 19)]
    public void The_target_of_an_instruction_and_the_declaration_have_the_same_limit_in_all_pieces(string xml, int before)
    {
        var character = before == 0 ? 'x' : ' ';
        foreach (var length in Enumerable.Range(LongestOfBytes - before - 5, 10).Append(5_000))
        {
            var bytes = Encoding.UTF8.GetBytes(xml.Replace("{0}", new string(character, length), StringComparison.Ordinal));
            int[] cuts = [.. Enumerable.Range(LongestOfBytes - 6, 24), bytes.Length - 1];
            AssertIsTheSame(
                "Utf8Xml", bytes, null,
                [.. new[] { 1, 1024, 4095, 4096, 4097, 4500 }.Select(piece => bytes.Chunk(piece).ToArray()), .. cuts.Where(cut => cut < bytes.Length).Select(cut => new[] { bytes[..cut], bytes[cut..] })],
                $"{xml} with {length}");
        }
    }

    [Theory]
    [MemberData(nameof(LongParts))]
    public Task Everything_has_the_same_limit_at_all_sources_and_in_all_pieces(string xml, string part, bool isWellFormed) => InBackground(() =>
    {
        var (before, inside, after) = (xml.Split('|')[0], xml.Split('|')[1], xml.Split('|')[2]);
        var size = Encoding.UTF8.GetByteCount(part);
        var around = Encoding.UTF8.GetByteCount(inside[(inside.IndexOf("></", StringComparison.Ordinal) + 1)..]) - "{0}".Length; // an end tag is longer than its start tag
        for (var more = -2; more <= 2; more++)
        {
            var count = (Longest - around + (more * size)) / size;
            var length = around + (count * size);
            var bytes = Encoding.UTF8.GetBytes(before + inside.Replace("{0}", string.Concat(Enumerable.Repeat(part, count)), StringComparison.Ordinal) + after);
            int[] cuts = [.. new[] { -3, -1, 0, 1, 2 }.Select(near => Math.Clamp(Encoding.UTF8.GetByteCount(before) + Longest + near, 1, bytes.Length - 1))];
            byte[][][] pieces =
            [
                .. new[] { 1_000, 4_096, 65_537, 100_001 }.Select(piece => bytes.Chunk(piece).ToArray()),
                .. cuts.Select(cut => new[] { bytes[..cut], bytes[cut..] }),
                .. cuts.Select(cut => new[] { bytes[..(cut / 2)], bytes[(cut / 2)..cut], bytes[cut..] }),
            ];
            var places = new HashSet<(int, int)>();
            foreach (var level in more is 0 or 1 ? ["Utf8Xml", "Expat", "XmlEvents"] : (string[])["Utf8Xml", "Expat"])
            {
                // XmlReader takes long for long tags. That a cut makes no difference there is shown with a shorter limit, in XmlReaderLimitTests.
                var outcome = AssertIsTheSame(level, bytes, s_short, level == "XmlEvents" ? [[bytes[..cuts[2]], bytes[cuts[2]..]]] : pieces, $"{xml} with {count} times {part}");
                Assert.True((outcome.Error is null) == (isWellFormed && length <= Longest), $"{level}: {xml}, {length} bytes of {Longest}: {outcome.Error?.Message}");
                if (outcome.Error is { } error && error.Message.StartsWith("A tag, a comment", StringComparison.Ordinal))
                {
                    places.Add((error.LineNumber, error.LinePosition));
                }
            }

            Assert.True(places.Count <= 1, $"{xml}, {length} bytes: {string.Join(", ", places)}");
        }
    });

    [Theory]
    [InlineData("<b c='{0}'/>")]
    [InlineData("<!--{0}-->")]
    [InlineData("<?p {0}?>")]
    public void Markup_may_have_a_mebibyte_beyond_the_longest_text(string markup)
    {
        var options = new XmlEventsOptions { MaxTextLength = 1 };
        var fitting = 3 + (1 << 20) - (markup.Length - "{0}".Length);
        foreach (var level in (string[])["Utf8Xml", "Expat", "XmlEvents"])
        {
            Assert.Null(Run(level, Document(fitting), options).Error);
            Assert.StartsWith("A tag, a comment or a processing instruction is longer than 1048579 bytes.", Run(level, Document(fitting + 1), options).Error?.Message, StringComparison.Ordinal);
        }

        byte[][] Document(int length) => [Encoding.UTF8.GetBytes($"<a>{markup.Replace("{0}", new string('x', length), StringComparison.Ordinal)}</a>")];
    }

    [Theory]
    [InlineData("<a>\r\n<b>é🚌</b>\n<!-- c --><b/></a>\n", false)]
    [InlineData("<!DOCTYPE a [<!-- é🚌 -->\n]><a><b c='d'>x</b></a>", false)]
    [InlineData("<?xml version='1.0' encoding='iso-8859-1'?><a>é\r<b/></a>", true)]
    public void The_longest_document_is_delivered_up_to_its_last_character_at_all_sources(string xml, bool isLatin1)
    {
        var encoding = isLatin1 ? Encoding.Latin1 : Encoding.UTF8;
        var bytes = encoding.GetBytes(xml);
        for (var limit = 1; limit <= xml.Length; limit++)
        {
            if (char.IsLowSurrogate(xml[limit - 1]))
            {
                continue;
            }

            var options = new XmlEventsOptions { Doctype = XmlDoctype.Skip, MaxDocumentLength = limit };
            var cut = char.IsHighSurrogate(xml[limit - 1]) ? limit - 1 : limit;
            var lines = xml[..cut].Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
            var events = XmlOutcome.Run(Expat.Read(new MemoryStream(encoding.GetBytes(xml[..cut])), s_skip)).Events;
            foreach (var (name, source) in Sources(bytes, options, isLatin1))
            {
                var outcome = XmlOutcome.Run(source);
                if (limit == xml.Length)
                {
                    Assert.True(outcome.Error is null, $"{name}: {outcome}");
                    continue;
                }

                Assert.Contains("XmlEventsOptions.MaxDocumentLength", outcome.Error!.Message, StringComparison.Ordinal);
                Assert.Equal((name, limit, lines.Length, lines[^1].Length + 1), (name, limit, outcome.Error.LineNumber, outcome.Error.LinePosition));

                // The reader looks a few characters ahead before it gives out what begins at the root.
                var isShortRoot = name.StartsWith("XmlEvents", StringComparison.Ordinal) && outcome.Events.Count == 0 && events.Count == 1;
                Assert.True(isShortRoot || outcome.Events.SequenceEqual(events), $"{name}, {limit}: {outcome}");
            }
        }
    }

    private static IEnumerable<(string Name, Source<XmlEvent> Source)> Sources(byte[] xml, XmlEventsOptions options, bool isLatin1)
    {
        foreach (var length in new[] { 1, 3, xml.Length })
        {
            yield return ($"XmlEvents {length}", XmlEvents.Read(new PieceStream(Pieces(xml, length)), options));
            yield return ($"XmlEvents, awaited {length}", XmlEvents.ReadAsync(new AsyncOnlyStream(new PieceStream(Pieces(xml, length))), options));
            yield return ($"Expat {length}", Source.From(Pieces(xml, length)) | Expat.Parse(options));
            if (!isLatin1)
            {
                yield return ($"Utf8Xml {length}", Source.From(Pieces(xml, length)) | Utf8Xml.Parse(options));
            }
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Pieces(byte[] xml, int length) => xml.Chunk(length).Select(piece => (ReadOnlyMemory<byte>)piece);

    private static XmlOutcome AssertIsTheSame(string level, byte[] xml, XmlEventsOptions? options, IEnumerable<byte[][]> cuts, string what)
    {
        var whole = Run(level, [xml], options);
        foreach (var pieces in cuts)
        {
            var outcome = Run(level, pieces, options);
            var how = $"{level}: {what}, in pieces of {string.Join(", ", pieces.Take(5).Select(piece => piece.Length))}";
            Assert.True(outcome.Events.SequenceEqual(whole.Events), $"{how}: {outcome}\n\nand not\n{whole}");
            Assert.True(
                (outcome.Error?.Message, outcome.Error?.LineNumber, outcome.Error?.LinePosition) == (whole.Error?.Message, whole.Error?.LineNumber, whole.Error?.LinePosition),
                $"{how}: '{outcome.Error?.Message}', and not '{whole.Error?.Message}'");
        }

        return whole;
    }

    private static XmlOutcome Run(string level, byte[][] pieces, XmlEventsOptions? options) =>
        level switch
        {
            "Expat" => XmlOutcome.Run(Source.From(pieces.Select(piece => (ReadOnlyMemory<byte>)piece)) | Expat.Parse(options)),
            "XmlEvents" => XmlOutcome.Run(XmlEvents.Read(new PieceStream(pieces.Select(piece => (ReadOnlyMemory<byte>)piece)), options)),
            _ => XmlOutcome.Tokenize(pieces, options),
        };

    private static IEnumerable<byte[][]> EveryCut(byte[] xml) =>
        [.. Enumerable.Range(1, Math.Max(0, xml.Length - 1)).Select(at => new[] { xml[..at], xml[at..] }), [.. xml.Chunk(1)]];

    private static Task InBackground(Action test) =>
        Wait.For(Task.Factory.StartNew(test, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default), "all cases");
}
