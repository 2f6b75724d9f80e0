using System.Text;
using System.Xml;
using Sluice.Tests;

namespace Sluice.Contracts;

/// <content>Documents past a limit, or not there.</content>
public abstract partial class XmlSourceContract
{
    private readonly List<string> _events = [];

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
    [InlineData("<a>\n            <b>0123456789</b></a>", true)]
    [InlineData("<a>éééééééééé</a>", true)]
    [InlineData("<a>ééééééééééé</a>", false)]
    [InlineData("<a>🚌🚌🚌🚌🚌</a>", true)]
    [InlineData("<a>🚌🚌🚌🚌🚌x</a>", false)]
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
        var document = new PieceStream(Endless(xml.Split("{0}")[0], new string('x', 1000)));

        var error = await Assert.ThrowsAsync<XmlException>(() => Wait.For(Read(document, new() { MaxTextLength = 1000 }).To(Sink.Count<XmlEvent>()).RunAsync()));

        Assert.Contains("MaxTextLength", error.Message, StringComparison.Ordinal);
        Assert.InRange(document.BytesRead, 1, 2 << 20);
    }

    [Fact]
    public async Task What_was_read_before_the_stream_failed_is_delivered_before_its_error()
    {
        var stream = new PieceStream(Breaking("<a><b/><c>x"));
        var events = new List<string>();

        var error = await Assert.ThrowsAsync<IOException>(() => Wait.For(Read(stream, null).To(Sink.ForEach<XmlEvent>(e => events.Add(e.ToString()))).RunAsync()));

        Assert.Equal("The disk is gone.", error.Message);
        Assert.Equal(["<a>", "<b>", "</b>", "<c>"], events);
    }

    [Fact]
    public async Task A_missing_file_is_an_error_of_the_run()
    {
        var error = await Assert.ThrowsAsync<FileNotFoundException>(() => Wait.For(Read(_folder.PathOf("missing.xml"), null).To(Sink.Count<XmlEvent>()).RunAsync()));

        Assert.Contains("missing.xml", error.Message, StringComparison.Ordinal);
        Assert.Equal(Name, error.Data["Sluice.Stage"]);
    }

    [Fact]
    public void Arguments_that_cannot_be_used_are_refused_at_once()
    {
        Assert.Throws<ArgumentNullException>(() => Read((string)null!, null));
        Assert.Throws<ArgumentException>(() => Read("", null));
        Assert.Throws<ArgumentNullException>(() => Read((Stream)null!, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => new XmlEventsOptions { MaxDepth = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new XmlEventsOptions { MaxTextLength = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new XmlEventsOptions { MaxDocumentLength = -1 });
    }

    private Task Run(string xml, XmlEventsOptions? options) =>
        Read(Bytes(xml), options).To(Sink.ForEach<XmlEvent>(e => _events.Add(e.ToString()))).RunAsync();

    /// <summary>A beginning, and then the same forever.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Endless(string beginning, string more)
    {
        yield return Encoding.UTF8.GetBytes(beginning);
        for (var next = Encoding.UTF8.GetBytes(more); ;)
        {
            yield return next;
        }
    }

    /// <summary>A file that cannot be read to its end.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Breaking(string beginning)
    {
        yield return Encoding.UTF8.GetBytes(beginning);
        throw new IOException("The disk is gone.");
    }
}
