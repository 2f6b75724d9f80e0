using System.Text;
using System.Xml;

namespace Sluice.Tests.Xml;

/// <summary>The limit on markup and texts in front of a reader. With a short one, every cut of a document can be tried.</summary>
[Trait("Configuration", "Release")]
public sealed class XmlReaderLimitTests
{
    private const int Longest = 64;

    public static TheoryData<string> Encodings => ["utf-8", "iso-8859-1", "utf-16", "utf-32BE"];

    /// <summary>What comes before, what is measured, and what comes behind; {0} makes it long.</summary>
    public static TheoryData<string, string, string> Markup => new()
    {
        { "<a>", "<{0}/>", "</a>" },
        { "<a>", "<b{0}c=''/>", "x</a>" },
        { "<a>x", "<b c='{0}'/>", "</a>" },
        { "<a>\n<b/>\r\n", "<b c=\"{0}'>{0}\"/>", "</a>" },
        { "<a><b>", "</b{0}>", "</a>" },
        { "<a><b/><!-- - -->", "<!--{0}-->", "x</a>" },
        { "<a>x", "<!--{0}- ->{0}-->", "y</a>" },
        { "", "<!--{0}-->", "<a/>" },
        { "<a/>", "<!--{0}-->", "" },
        { "<a>é", "<?p {0}?>", "x</a>" },
        { "<a>x", "<?p {0}? > ?{0}??>", "</a>" },
        { "\n", "<?p{0} ?>", "<a/>" },
    };

    /// <summary>The same, with how many bytes more than the limit it may have.</summary>
    public static TheoryData<string, string, string, int> Texts => new()
    {
        { "<a>", "{0}", "</a>", 0 },
        { "<a><b/>x<!-- c -->", "{0}", "<b/></a>", 0 },
        { "<a><b>é</b>\r", "{0}", "<?p ?></a>", -1 },
        { "<a>&lt;&#x000000000000000000000000000000000000000000000000000000041;", "{0}", "</a>", -2 },
        { "<a>\n", "<![CDATA[{0}]]>", "</a>", 1 },
    };

    [Theory]
    [MemberData(nameof(Markup))]
    public void Markup_of_the_longest_length_is_read_and_longer_one_is_an_error_where_it_begins_in_every_cut(string before, string markup, string after)
    {
        var isInTag = markup.StartsWith("<b{0}", StringComparison.Ordinal) || markup.StartsWith("</", StringComparison.Ordinal);
        foreach (var filling in isInTag ? [" ", "\n"] : (string[])["x", "é"])
        {
            foreach (var length in Enumerable.Range(Longest - 3, 7).Append(5 * Longest))
            {
                AssertInEveryCut(before, Fill(markup, filling, length, out var isTooLong), after, isTooLong ? XmlLimits.TokenTooLong(Longest) : null, Encoding.UTF8);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_text_has_one_limit_in_every_cut(string before, string text, string after, int more)
    {
        foreach (var length in Enumerable.Range(Longest - 3, 7).Append(5 * Longest))
        {
            var filled = Fill(text, "x", length, out _);
            AssertInEveryCut(before, filled, after, length > Longest + more ? XmlLimits.TextTooLong(XmlEventsOptions.Default) : null, Encoding.UTF8, runsOn: more < 0);
        }
    }

    [Theory]
    [InlineData(Longest, true)]
    [InlineData(Longest + 1, false)]
    public void A_reference_counts_as_one_character(int count, bool fits) =>
        AssertInEveryCut("<a>", string.Concat(Enumerable.Repeat("&#65;", count)), "<b/></a>", fits ? null : XmlLimits.TextTooLong(XmlEventsOptions.Default), Encoding.UTF8);

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Markup_has_the_same_limit_in_every_encoding(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        var width = encoding.GetByteCount("<");
        var before = (width == 1 ? $"<?xml version='1.0' encoding='{name}'?>" : "\uFEFF") + "<a>é\n";
        for (var length = (Longest / width) - 2; length <= (Longest / width) + 2; length++)
        {
            AssertInEveryCut(before, Fill("<!--{0}-->", "x", length, out _), "</a>", length * width > Longest ? XmlLimits.TokenTooLong(Longest) : null, encoding);
        }
    }

    [Fact]
    public void Much_that_is_short_is_not_too_long()
    {
        var xml = "<a>" + string.Concat(Enumerable.Repeat("<!-- c -->   <?p?>\n", 1_000)) + "<b/></a>";
        AssertInEveryCut(xml, "", "", null, Encoding.UTF8, [7, 64, 4096]);
    }

    private static void AssertInEveryCut(string before, string part, string after, string? error, Encoding encoding, int[]? pieces = null, bool runsOn = false)
    {
        var xml = encoding.GetBytes(before + part + after);
        var within = (error is null ? before + part + after : before).Replace($"encoding='{encoding.WebName}'", "encoding='utf-8'", StringComparison.Ordinal);
        var expected = XmlOutcome.Tokenize([Encoding.UTF8.GetBytes(within)]);
        var lines = before.Replace("\uFEFF", "", StringComparison.Ordinal).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');
        IEnumerable<byte[][]> cuts = pieces is null
            ? [[xml], [.. xml.Chunk(1)], .. Enumerable.Range(1, xml.Length - 1).Select(at => new[] { xml[..at], xml[at..] })]
            : pieces.Select(length => xml.Chunk(length).ToArray());
        foreach (var cut in cuts)
        {
            foreach (var isAsync in (bool[])[false, true])
            {
                var outcome = Read(cut, isAsync);
                var how = $"{before}{part}{after} as {encoding.WebName}, in pieces of {string.Join(", ", cut.Take(5).Select(static piece => piece.Length))}: {outcome}";
                Assert.True(outcome.Events.SequenceEqual(expected.Events), $"{how}\nand not\n{expected}");
                Assert.True(outcome.Error?.Message == Located(error, outcome.Error), how);
                Assert.True(error is null || runsOn || (outcome.Error!.LineNumber, outcome.Error.LinePosition) == (lines.Length, lines[^1].Length + 1), $"{how}\nat {outcome.Error?.LineNumber}:{outcome.Error?.LinePosition}");
            }
        }
    }

    /// <summary>The runtime adds the position to a message.</summary>
    private static string? Located(string? message, XmlException? error) =>
        message is null ? null : new XmlException(message, null, error?.LineNumber ?? 0, error?.LinePosition ?? 0).Message;

    private static XmlOutcome Read(byte[][] pieces, bool isAsync)
    {
        var (events, buffer) = (new List<XmlEvent>(), new XmlEvent[XmlReaderCursor.EventsOfNode]);
        using var document = new PieceStream(pieces.Select(static piece => (ReadOnlyMemory<byte>)piece));
        using var limited = new TokenLimitStream(document, XmlEventsOptions.Default, Longest, CancellationToken.None);
        try
        {
            using var reader = XmlReader.Create(limited, XmlEvents.Settings(XmlEventsOptions.Default, isAsync));
            var cursor = new XmlReaderCursor(reader, isOurs: true, XmlEventsOptions.Default, origin: null);
            while ((isAsync ? cursor.ReadAsync(buffer).AsTask().Result : cursor.Read(buffer)) is > 0 and var count)
            {
                events.AddRange(buffer.AsSpan(0, count));
            }

            return new(events, null);
        }
        catch (XmlException error)
        {
            return new(events, error);
        }
        catch (AggregateException error) when (error.InnerException is XmlException wrong)
        {
            return new(events, wrong);
        }
    }

    /// <summary>Makes a template so many bytes long, or one byte less.</summary>
    private static string Fill(string template, string filling, int length, out bool isTooLong)
    {
        var parts = template.Split("{0}");
        var count = (length - parts.Sum(static part => part.Length)) / Encoding.UTF8.GetByteCount(filling);
        var first = parts.Length == 2 ? count : count / 2;
        var filled = parts[0] + Repeat(first) + parts[1] + (parts.Length == 2 ? "" : Repeat(count - first) + parts[2]);
        isTooLong = Encoding.UTF8.GetByteCount(filled) > Longest;
        return filled;

        string Repeat(int times) => string.Concat(Enumerable.Repeat(filling, times));
    }
}
