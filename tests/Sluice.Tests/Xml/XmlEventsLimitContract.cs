using System.Text;
using System.Xml;

namespace Sluice.Tests;

/// <summary>Documents that are refused, however the stream is read: not well-formed, past a limit, or broken.</summary>
public abstract class XmlEventsLimitContract
{
    private readonly List<string> _events = [];

    protected abstract Source<XmlEvent> Read(Stream stream, XmlEventsOptions? options = null);

    [Theory]
    [InlineData("<a>\n<b>x</c></a>", 2, "<a>|<b>|x")]
    [InlineData("<a>x", 1, "<a>|x")]
    [InlineData("<a>\n\n<b/>&unknown;</a>", 3, "<a>|<b>|</b>")]
    [InlineData("<a/>\n<b/>", 2, "<a>|</a>")]
    [InlineData("<a>one<b>two</b>\nthree <", 2, "<a>|one|<b>|two|</b>|\nthree ")]
    [InlineData("<a><b x='1' x='2'/></a>", 1, "<a>")]
    [InlineData("", 0, "")]
    [InlineData("no element", 1, "")]
    public async Task A_document_that_is_not_well_formed_fails_with_its_line_after_all_events_before(string xml, int line, string events)
    {
        var error = await Assert.ThrowsAsync<XmlException>(() => Wait.For(Run(xml, null)));

        Assert.Equal(line, error.LineNumber);
        Assert.True(line == 0 || error.LinePosition > 0);
        Assert.Equal("XmlEvents", error.Data["Sluice.Stage"]);
        Assert.Equal(events, string.Join('|', _events));
    }

    [Theory]
    [InlineData("<!DOCTYPE a><a/>")]
    [InlineData("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><a>&x;</a>")]
    [InlineData("<!DOCTYPE a [<!ENTITY x 'xx'><!ENTITY y '&x;&x;'>]><a>&y;</a>")]
    public async Task A_document_type_definition_is_refused(string xml)
    {
        var error = await Assert.ThrowsAsync<XmlException>(() => Wait.For(Run(xml, null)));

        Assert.Contains("DTD", error.Message, StringComparison.Ordinal);
        Assert.Empty(_events);
    }

    [Fact]
    public async Task Elements_of_exactly_the_deepest_nesting_are_read_and_deeper_ones_are_an_error()
    {
        var three = new XmlEventsOptions { MaxDepth = 3 };
        await Wait.For(Run("<a><b><c/><c>x</c></b></a>", three));
        Assert.Equal(9, _events.Count);

        _events.Clear();
        var error = await Assert.ThrowsAsync<XmlException>(() => Wait.For(Run("<a>\n<b><c>y<d/></c></b></a>", three)));
        Assert.Contains("3", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxDepth", error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.LineNumber);
        Assert.Equal(["<a>", "<b>", "<c>", "y"], _events);
    }

    [Fact]
    public async Task The_deepest_nesting_is_a_thousand_elements_if_nothing_else_is_said()
    {
        static string Nested(int depth) => string.Concat(Enumerable.Repeat("<a>", depth)) + string.Concat(Enumerable.Repeat("</a>", depth));

        await Wait.For(Run(Nested(1000), null));
        Assert.Equal(2000, _events.Count);
        await Assert.ThrowsAsync<XmlException>(() => Wait.For(Run(Nested(1001), null)));
    }

    [Theory]
    [InlineData("<a>0123456789</a>", true)]
    [InlineData("<a>01234<!-- -->56789</a>", true)]
    [InlineData("<a>01234<b/>0123456789</a>", true)]
    [InlineData("<a>01234567890</a>", false)]
    [InlineData("<a>01234<![CDATA[56789]]>0</a>", false)]
    [InlineData("<a>\n0123456789</a>", false)]
    public async Task A_text_longer_than_the_longest_is_an_error(string xml, bool fits)
    {
        var run = Run(xml, new() { MaxTextLength = 10 });
        if (fits)
        {
            await Wait.For(run);
            Assert.Contains(_events, e => e.Length == 10);
            return;
        }

        var error = await Assert.ThrowsAsync<XmlException>(() => Wait.For(run));
        Assert.Contains("10", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxTextLength", error.Message, StringComparison.Ordinal);
        Assert.True(error.LineNumber > 0);
        Assert.Equal(["<a>"], _events);
    }

    [Fact]
    public async Task A_document_longer_than_the_longest_is_an_error()
    {
        var xml = "<a>" + string.Concat(Enumerable.Repeat("<b/>", 20_000)) + "</a>";
        await Wait.For(Run(xml, new() { MaxDocumentLength = 100_000 }));
        _events.Clear();

        var error = await Assert.ThrowsAsync<XmlException>(() => Wait.For(Run(xml, new() { MaxDocumentLength = 50_000 })));

        Assert.Contains("MaxDocumentLength", error.Message, StringComparison.Ordinal);
        Assert.True(error.LineNumber > 0);
        Assert.Equal("<a>", _events[0]);
    }

    [Theory]
    [InlineData("<a>{0}</a>")]
    [InlineData("<a b='{0}'/>")]
    [InlineData("<a><!--{0}--></a>")]
    public async Task What_is_longer_than_memory_should_hold_is_refused_before_it_is_in_memory(string xml)
    {
        var document = new EndlessDocument(xml.Split("{0}")[0]);

        var error = await Assert.ThrowsAsync<XmlException>(() => Wait.For(Read(document, new() { MaxTextLength = 1000 }).To(Sink.Count<XmlEvent>()).RunAsync()));

        Assert.Contains("MaxTextLength", error.Message, StringComparison.Ordinal);
        Assert.InRange(document.BytesRead, 1, 2 << 20);
    }

    [Fact]
    public async Task What_was_read_before_the_stream_failed_is_delivered_before_its_error()
    {
        var stream = new BreakingDocument("<a><b/><c>"u8.ToArray());
        var events = new List<string>();

        var error = await Assert.ThrowsAsync<IOException>(() => Wait.For(Read(stream).To(Sink.ForEach<XmlEvent>(e => events.Add(e.ToString()))).RunAsync()));

        Assert.Equal("The disk is gone.", error.Message);
        Assert.Equal(["<a>", "<b>", "</b>", "<c>"], events);
    }

    private Task Run(string xml, XmlEventsOptions? options) =>
        Read(new MemoryStream(Encoding.UTF8.GetBytes(xml)), options).To(Sink.ForEach<XmlEvent>(e => _events.Add(e.ToString()))).RunAsync();

    /// <summary>A beginning, and then one letter for ever.</summary>
    private sealed class EndlessDocument(string beginning) : MemoryStream
    {
        internal long BytesRead { get; private set; }

        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer)
        {
            buffer.Fill((byte)'x');
            if (BytesRead == 0)
            {
                System.Text.Encoding.UTF8.GetBytes(beginning).CopyTo(buffer);
            }

            BytesRead += buffer.Length;
            return buffer.Length;
        }
    }

    /// <summary>A file that cannot be read to its end.</summary>
    private sealed class BreakingDocument(byte[] beginning) : MemoryStream(beginning)
    {
        public override int Read(Span<byte> buffer) =>
            base.Read(buffer) is > 0 and var read ? read : throw new IOException("The disk is gone.");
    }
}
