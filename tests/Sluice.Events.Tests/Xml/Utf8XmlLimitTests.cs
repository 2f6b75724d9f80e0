using System.Text;

namespace Sluice.Tests.Xml;

/// <summary>Limits on what is in memory, and that no document takes more than linear time.</summary>
public sealed class Utf8XmlLimitTests
{
    [Theory]
    [InlineData("<a>0123456789</a>")]
    [InlineData("<a>01234<!-- -->56789</a>")]
    [InlineData("<a>éé日🚌89012</a>")]
    [InlineData("<a>01234<b/>0123456789             <c/>             </a>")]
    [InlineData("<a>01234567890</a>")]
    [InlineData("<a>éé日🚌890123</a>")]
    [InlineData("<a>01234<![CDATA[56789]]>0</a>")]
    [InlineData("<a>\n0123456789</a>")]
    [InlineData("<a>           <!-- -->x</a>")]
    public void A_text_longer_than_the_longest_is_an_error_as_it_is_at_the_reader(string xml)
    {
        var (bytes, ten) = (Encoding.UTF8.GetBytes(xml), new XmlEventsOptions { MaxTextLength = 10 });
        var expected = XmlOutcome.Expected(bytes, ten);

        XmlOutcome.Parse([bytes], ten).AssertIs(expected, xml);
        XmlOutcome.Parse(bytes.Chunk(1), ten).AssertIs(expected, xml);
    }

    [Fact]
    public void Elements_of_exactly_the_deepest_nesting_are_read_and_deeper_ones_are_an_error()
    {
        var three = new XmlEventsOptions { MaxDepth = 3 };
        foreach (var xml in new[] { "<a><b><c/><c>x</c></b></a>", "<a>\n<b><c>y<d/></c></b></a>" })
        {
            var bytes = Encoding.UTF8.GetBytes(xml);
            XmlOutcome.Parse([bytes], three).AssertIs(XmlOutcome.Expected(bytes, three), xml);
        }

        Assert.Contains("MaxDepth", XmlOutcome.Parse(["<a><b><c><d>"u8.ToArray()], three).Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<a>é🚌<b/></a>", 14, true)]
    [InlineData("<a>é🚌<b/></a>", 13, false)]
    [InlineData("<a><b/></a>\n", 11, false)]
    public void A_document_longer_than_the_longest_is_an_error_behind_what_is_within(string xml, int limit, bool fits)
    {
        var (bytes, options) = (Encoding.UTF8.GetBytes(xml), new XmlEventsOptions { MaxDocumentLength = limit });
        foreach (var chunks in new[] { [bytes], bytes.Chunk(1), bytes.Chunk(3) })
        {
            var outcome = XmlOutcome.Parse(chunks, options);
            Assert.Equal(fits, outcome.Error is null);
            Assert.True(fits || outcome.Error!.Message.Contains("MaxDocumentLength", StringComparison.Ordinal));
            Assert.Equal(fits || limit == 11 ? "</a>" : "</b>", outcome.Events[^1].ToString());
        }
    }

    [Theory]
    [InlineData("<a>{0}</a>")]
    [InlineData("<a b='{0}'/>")]
    [InlineData("<a {0}/>")]
    [InlineData("<{0}/>")]
    [InlineData("<a></{0}>")]
    [InlineData("<a>&#{0};</a>")]
    [InlineData("<a><![CDATA[{0}]]></a>")]
    [InlineData("<a><!--{0}--></a>")]
    [InlineData("<?p {0}?><a/>")]
    [InlineData("<?{0}?><a/>")]
    [InlineData("<?xml {0}?><a/>")]
    public void What_has_no_end_is_refused_before_it_is_in_memory(string xml)
    {
        var read = 0L;
        var outcome = XmlOutcome.Parse(Endless(), new() { MaxTextLength = 1000 });

        Assert.NotNull(outcome.Error);
        Assert.InRange(read, 1, 2 << 20);

        IEnumerable<byte[]> Endless()
        {
            yield return Encoding.UTF8.GetBytes(xml.Split("{0}")[0]);
            var digits = Encoding.UTF8.GetBytes(new string('1', 10_000));
            while (read < 100_000_000)
            {
                read += digits.Length;
                yield return digits;
            }
        }
    }

    [Theory]
    [InlineData("<a>{0}</a>", "x")]
    [InlineData("<a>{0}</a>", "é")]
    [InlineData("<a>{0}</a>", " ")]
    [InlineData("<a>{0}</a>", "]")]
    [InlineData("<a>{0}</a>", "&lt;")]
    [InlineData("<a>{0}</a>", "x<!---->")]
    [InlineData("<a>{0}</a>", "<b/>")]
    [InlineData("<a b='{0}'/>", "x")]
    [InlineData("<a b='{0}'/>", "&gt;\"")]
    [InlineData("<a{0}/>", " ")]
    [InlineData("<{0}/>", "x")]
    [InlineData("<a></a{0}>", " ")]
    [InlineData("<a><![CDATA[{0}]]></a>", "]")]
    [InlineData("<!--{0}--><a/>", "- ")]
    [InlineData("<?p {0}?><a/>", "?")]
    public void A_long_document_in_single_bytes_takes_linear_time(string xml, string part)
    {
        // Bytes that are looked at again with each new one would be 10^12 here: the test would not end within its limit.
        var bytes = Encoding.UTF8.GetBytes(xml.Replace("{0}", string.Concat(Enumerable.Repeat(part, 2_000_000 / part.Length)), StringComparison.Ordinal));
        var expected = XmlOutcome.Tokenize([bytes]);

        Assert.Null(expected.Error);
        XmlOutcome.Tokenize(bytes.Chunk(1)).AssertIs(expected, $"{xml} with {part}");
    }

    [Fact]
    public void A_tag_of_very_many_attributes_takes_linear_time()
    {
        var attributes = string.Concat(Enumerable.Range(0, 200_000).Select(i => $" a{i}='{i}'"));
        var outcome = XmlOutcome.Tokenize([Encoding.UTF8.GetBytes($"<a{attributes}/>")]);

        Assert.Equal(200_000, outcome.Events[0].Attributes.Count);
        Assert.NotNull(XmlOutcome.Tokenize([Encoding.UTF8.GetBytes($"<a{attributes} a5=''/>")]).Error);
    }

    [Fact]
    public void Prefixes_of_very_many_elements_take_linear_time()
    {
        var declarations = string.Concat(Enumerable.Range(0, 10_000).Select(i => $" xmlns:p{i}='u{i}'"));
        var elements = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"<p{i}:a p0:x='' p{i + 1}:y=''/>"));

        Assert.NotNull(XmlOutcome.Tokenize([Encoding.UTF8.GetBytes($"<a{declarations}>{elements}</a>")]).Error); // p10000 is none
        Assert.Null(XmlOutcome.Tokenize([Encoding.UTF8.GetBytes($"<a{declarations} xmlns:p10000='u'>{elements}</a>")]).Error);
    }

    [Fact]
    public void Known_names_and_texts_that_nobody_reads_cost_their_bytes_only()
    {
        var bus = "  <bus id='22' k='&lt;'>\n  <route>North &amp; South</route><empty/><!-- c --><x><![CDATA[data]]></x></bus>\n"u8.ToArray();
        var (tokenizer, events) = (new Utf8Tokenizer(XmlEventsOptions.Default), new XmlEvent[64]);
        tokenizer.Add("<all>"u8);
        Buses(100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Buses(10_000);

        var bytes = 10_000 * ("22".Length + "<".Length + 12 + "North & South".Length + "data".Length); // 12: lengths and shape
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (bytes * 11 / 10) + 20_000);

        void Buses(int count)
        {
            for (var i = 0; i < count; i++)
            {
                tokenizer.Add(bus);
                while (tokenizer.Read(events) > 0)
                {
                }
            }
        }
    }
}
