using System.Text;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <summary>The contract of every source of XML events: one class derived for each of them decides whether it is right. Here
/// the events of documents that are well-formed.</summary>
/// <remarks>A source is a class of your own that makes a <see cref="Source{T}"/> of <see cref="XmlEvent"/>, as <see cref="XmlEvents"/> does. Each test has an instance of its
/// own. Thread safety: some tests run two readings at once.</remarks>
public abstract partial class XmlSourceContract : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>The name of this source's node, which errors carry.</summary>
    protected abstract string Name { get; }

    /// <summary>Removes the files of the test.</summary>
    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

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
    [InlineData("<a x='&lt;1&#x41;&quot;\n\t2\r\n3'/>", "<a x=\"<1A\"  2 3\">|</a>")]
    [InlineData("<a x=''>x</a >", "<a x=\"\">|x|</a>")]
    [InlineData("<a>&#32;<b/>&#x9;x</a>", "<a>|<b>|</b>|\tx|</a>")]
    [InlineData("<a>]] ]&gt; > ' \"</a>", "<a>|]] ]> > ' \"|</a>")]
    [InlineData("<a>x<!-- --> <!-- -->y <?p?> </a>", "<a>|xy |</a>")]
    [InlineData("<a><![CDATA[]]]]><![CDATA[>]]></a>", "<a>|]]>|</a>")]
    [InlineData("<a xml:space='preserve'> <b> </b><c xml:space='default'> </c> </a>", "<a xml:space=\"preserve\">| |<b>| |</b>|<c xml:space=\"default\">|</c>| |</a>")]
    [InlineData("<a xml:lang='en'><?xml-s x?></a>", "<a xml:lang=\"en\">|</a>")]
    [InlineData("<a xmlns='u'><b xmlns=''/></a>", "<a xmlns=\"u\">|<b xmlns=\"\">|</b>|</a>")]
    [InlineData("<a xmlns:p='u'><b xmlns:p='v'/><p:c/></a>", "<a xmlns:p=\"u\">|<b xmlns:p=\"v\">|</b>|<p:c>|</p:c>|</a>")]
    [InlineData("<p:a p:x='1' xmlns:p='u' x='2'/>", "<p:a p:x=\"1\" xmlns:p=\"u\" x=\"2\">|</p:a>")]
    [InlineData("<straße größe='ü'>日本語🚌</straße>", "<straße größe=\"ü\">|日本語🚌|</straße>")]
    [InlineData("\uFEFF<a/>", "<a>|</a>")]
    [InlineData("<?xml version=\"1.0\" encoding='UTF-8' standalone=\"yes\" ?>\n<a/>\n", "<a>|</a>")]
    [InlineData("<?xml version='1.0' encoding='us-ascii'?><a>x</a>", "<a>|x|</a>")]
    public async Task Documents_become_events(string xml, string events) =>
        Assert.Equal(events.Split('|'), (await Events(xml)).Select(e => e.ToString()));

    [Fact]
    public async Task White_space_is_kept_if_that_is_wanted_within_the_root_element()
    {
        var events = await Events("\n<a>\n <b> </b>\n</a>\n", new() { KeepWhitespace = true });

        Assert.Equal(["<a>", "\n ", "<b>", " ", "</b>", "\n", "</a>"], events.Select(e => e.ToString()));
    }

    [Fact]
    public async Task Events_tell_kind_name_text_and_attributes()
    {
        var events = await Events("<bus id='22' dir='&lt;N&gt;'>stop</bus>");

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
        var events = await Events("<a k='v' l='w'>text</a>");

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

        var kept = await Wait.For(Read(Bytes(xml.Append("</all>").ToString()), null).Where(e => e.Kind == XmlEventKind.Text).To(Sink.ToList<XmlEvent>()).RunAsync());

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

        Assert.Equal(["<a>", "x", "<b>", text, "</b>", "y", "</a>"], (await Events($"<a>x<b>{text}</b>y</a>")).Select(e => e.ToString()));
    }

    [Fact]
    public async Task A_path_is_read_anew_in_each_run_and_a_stream_is_left_open()
    {
        var pipeline = Read(_folder.Write("a.xml", "<a/>"), null).To(Sink.Count<XmlEvent>());
        Assert.Equal((2, 2), (await Wait.For(pipeline.RunAsync()), await Wait.For(pipeline.RunAsync())));

        using var stream = Bytes("<a/>");
        Assert.Equal(2, await Wait.For(Read(stream, null).To(Sink.Count<XmlEvent>()).RunAsync()));
        Assert.True(stream.CanRead);
    }

    /// <summary>A source that reads UTF-8 only overrides this, and checks that it says so.</summary>
    [Fact]
    public virtual async Task Other_encodings_are_read_as_the_document_says()
    {
        byte[][] documents =
        [
            Encoding.Latin1.GetBytes("<?xml version='1.0' encoding='iso-8859-1'?><a>grün</a>"),
            [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("<?xml version='1.0' encoding='utf-16'?><a>grün</a>")],
            [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("<a>grün</a>")],
        ];
        foreach (var document in documents)
        {
            var events = await Wait.For(Read(_folder.Write("a.xml", document), null).To(Sink.ToList<XmlEvent>()).RunAsync());
            Assert.Equal("grün", events[1].Text);
        }
    }

    /// <summary>The source that reads a stream, and leaves it open.</summary>
    /// <param name="stream">Null is refused at once, with an <see cref="ArgumentNullException"/>.</param>
    /// <param name="options">The limits; null for the usual ones.</param>
    protected abstract Source<XmlEvent> Read(Stream stream, XmlEventsOptions? options);

    /// <summary>The source that opens a file in each run.</summary>
    /// <param name="path">Null and an empty one are refused at once, with an <see cref="ArgumentException"/>.</param>
    /// <param name="options">The limits; null for the usual ones.</param>
    protected abstract Source<XmlEvent> Read(string path, XmlEventsOptions? options);

    /// <summary>The stage that is fed with bytes, if there is one. Without, documents in pieces come from a stream.</summary>
    protected virtual Stage<ReadOnlyMemory<byte>, XmlEvent>? Parse(XmlEventsOptions? options) => null;

    private Task<List<XmlEvent>> Events(string xml, XmlEventsOptions? options = null) =>
        Wait.For(Read(Bytes(xml), options).To(Sink.ToList<XmlEvent>()).RunAsync());

    /// <summary>A document that comes in in pieces: to the stage if there is one, otherwise from a stream.</summary>
    private Source<XmlEvent> InPieces(IEnumerable<ReadOnlyMemory<byte>> pieces, XmlEventsOptions? options = null) =>
        Parse(options) is { } stage ? Source.From(pieces) | stage : Read(new PieceStream(pieces), options);

    private static MemoryStream Bytes(string xml) => new(Encoding.UTF8.GetBytes(xml));
}
