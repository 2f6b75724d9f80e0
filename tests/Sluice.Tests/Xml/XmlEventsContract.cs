using System.Text;

namespace Sluice.Tests;

/// <summary>The events of documents that are well-formed, however the stream is read.</summary>
public abstract class XmlEventsContract
{
    protected abstract Source<XmlEvent> Read(Stream stream, XmlEventsOptions? options = null);

    [Theory]
    [InlineData("<a></a>", "<a>|</a>")]
    [InlineData("<a/>", "<a>|</a>")]
    [InlineData("<a><b/>x<c></c></a>", "<a>|<b>|</b>|x|<c>|</c>|</a>")]
    [InlineData("<a>one<b>two</b>three</a>", "<a>|one|<b>|two|</b>|three|</a>")]
    [InlineData("<a x='1' y=\"two\"/>", "<a x=\"1\" y=\"two\">|</a>")]
    [InlineData("<p:a xmlns:p='urn:x' p:k='v'><p:b/></p:a>", "<p:a xmlns:p=\"urn:x\" p:k=\"v\">|<p:b>|</p:b>|</p:a>")]
    [InlineData("<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x42;</a>", "<a>|<&>\"'AB|</a>")]
    [InlineData("<a>x<![CDATA[<y>&amp;]]>z</a>", "<a>|x<y>&amp;z|</a>")]
    [InlineData("<a>x<!-- no -->y<?pi no?>z</a>", "<a>|xyz|</a>")]
    [InlineData("<a><!-- no --></a>", "<a>|</a>")]
    [InlineData("<a><![CDATA[]]></a>", "<a>|</a>")]
    [InlineData("<?xml version='1.0'?><!-- c --><a/><!-- d -->", "<a>|</a>")]
    [InlineData("<a>\n  <b> x </b>\n  <c/>\n</a>", "<a>|<b>| x |</b>|<c>|</c>|</a>")]
    [InlineData("<a> <![CDATA[ ]]> </a>", "<a>| |</a>")]
    [InlineData("<a>\u00A0</a>", "<a>|\u00A0|</a>")]
    [InlineData("<a>x\r\ny\rz</a>", "<a>|x\ny\nz|</a>")]
    public async Task Documents_become_events(string xml, string events) =>
        Assert.Equal(events.Split('|'), (await ListOf(xml)).Select(e => e.ToString()));

    [Fact]
    public async Task White_space_is_kept_if_that_is_wanted_within_the_root_element()
    {
        var events = await ListOf("\n<a>\n <b> </b>\n</a>\n", new() { KeepWhitespace = true });

        Assert.Equal(["<a>", "\n ", "<b>", " ", "</b>", "\n", "</a>"], events.Select(e => e.ToString()));
    }

    [Fact]
    public async Task Events_tell_kind_name_text_and_attributes()
    {
        var events = await ListOf("<bus id='22' dir='&lt;N&gt;'>stop</bus>");

        Assert.Equal([XmlEventKind.Start, XmlEventKind.Text, XmlEventKind.End], events.Select(e => e.Kind));
        Assert.Equal(["bus", "", "bus"], events.Select(e => e.Name));
        Assert.Equal(["", "stop", ""], events.Select(e => e.Text));
        Assert.Equal((true, false, false), (events[0].IsStart("bus"), events[0].IsStart("stop"), events[0].IsEnd("bus")));
        Assert.Equal((true, false, false), (events[2].IsEnd("bus"), events[2].IsEnd("stop"), events[2].IsStart("bus")));
        Assert.Equal(("22", "<N>", null), (events[0].Attribute("id"), events[0].Attribute("dir"), events[0].Attribute("none")));
        Assert.Equal([new("id", "22"), new("dir", "<N>")], events[0].Attributes);
        Assert.Empty(events[1].Attributes);
    }

    [Fact]
    public async Task Events_are_equal_to_events_that_were_made_by_hand()
    {
        XmlEvent[] expected = [XmlEvent.ForStart("a", new("k", "v"), new("l", "w")), XmlEvent.ForText("text"), XmlEvent.ForEnd("a")];
        var events = await ListOf("<a k='v' l='w'>text</a>");

        Assert.Equal(expected, events);
        Assert.Equal(expected.Select(e => e.GetHashCode()), events.Select(e => e.GetHashCode()));
        Assert.True(events[0] != XmlEvent.ForStart("a", new("k", "v"), new("l", "other")));
        Assert.True(events[1] != XmlEvent.ForText("other"));
        Assert.True(events[2] != XmlEvent.ForStart("a"));
    }

    [Fact]
    public async Task Text_of_an_event_stays_as_it_is_when_later_events_come()
    {
        var xml = new StringBuilder("<all>");
        for (var i = 0; i < 20_000; i++)
        {
            xml.Append("<i>text ").Append(i).Append("</i>");
        }

        var kept = await Wait.For(Read(Bytes(xml.Append("</all>").ToString())).Where(e => e.Kind == XmlEventKind.Text).To(Sink.ToList<XmlEvent>()).RunAsync());

        Assert.Equal(Enumerable.Range(0, 20_000).Select(i => $"text {i}"), kept.Select(e => e.Text));
    }

    [Theory]
    [InlineData(16_383)]
    [InlineData(16_384)]
    [InlineData(16_385)]
    [InlineData(1_000_000)]
    public async Task A_text_of_any_length_is_one_event(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));

        Assert.Equal(["<a>", "x", "<b>", text, "</b>", "y", "</a>"], (await ListOf($"<a>x<b>{text}</b>y</a>")).Select(e => e.ToString()));
    }

    [Fact]
    public async Task A_stream_is_left_open()
    {
        using var stream = Bytes("<a/>");
        Assert.Equal(2, await Wait.For(Read(stream).To(Sink.Count<XmlEvent>()).RunAsync()));
        Assert.True(stream.CanRead);
    }

    [Fact]
    public async Task Other_encodings_are_read_as_the_document_says()
    {
        using var stream = new MemoryStream(Encoding.Latin1.GetBytes("<?xml version='1.0' encoding='iso-8859-1'?><a>gr\u00FCn</a>"));

        var events = await Wait.For(Read(stream).To(Sink.ToList<XmlEvent>()).RunAsync());
        Assert.Equal("gr\u00FCn", events[1].Text);
    }

    [Fact]
    public async Task An_early_end_ends_the_document()
    {
        using var stream = Bytes("<a>" + string.Concat(Enumerable.Repeat("<b/>", 100_000)) + "not well-formed");

        var events = await Wait.For(Read(stream).Where(e => e.IsStart("b")).Take(2).To(Sink.ToList<XmlEvent>()).RunAsync());

        Assert.Equal(["<b>", "<b>"], events.Select(e => e.ToString()));
        Assert.InRange(stream.Position, 0, stream.Length / 2);
    }

    private Task<List<XmlEvent>> ListOf(string xml, XmlEventsOptions? options = null) =>
        Wait.For(Read(Bytes(xml), options).To(Sink.ToList<XmlEvent>()).RunAsync());

    private static MemoryStream Bytes(string xml) => new(Encoding.UTF8.GetBytes(xml));
}
