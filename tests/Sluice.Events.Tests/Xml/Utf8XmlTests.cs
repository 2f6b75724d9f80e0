using System.Text;
using System.Xml;

namespace Sluice.Tests.Xml;

/// <summary>The contract, for our own tokenizer.</summary>
public sealed class Utf8XmlTests : XmlSourceContract
{
    protected override string Name => "Utf8Xml";

    protected override Source<XmlEvent> Read(Stream stream, XmlEventsOptions? options) => Utf8Xml.Read(stream, options);

    protected override Source<XmlEvent> Read(string path, XmlEventsOptions? options) => Utf8Xml.Read(path, options);

    protected override Stage<ReadOnlyMemory<byte>, XmlEvent> Parse(XmlEventsOptions? options) => Utf8Xml.Parse(options);

    /// <summary>They are refused, and the error says what is read.</summary>
    public override async Task Other_encodings_are_read_as_the_document_says()
    {
        byte[][] documents =
        [
            Encoding.Latin1.GetBytes("<?xml version='1.0' encoding='iso-8859-1'?><a>grün</a>"),
            [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("<?xml version='1.0' encoding='utf-16'?><a>grün</a>")],
            [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes("<a>grün</a>")],
        ];
        foreach (var document in documents)
        {
            var error = await Assert.ThrowsAsync<XmlException>(() => Wait.For(Read(new MemoryStream(document), null).To(Sink.ToList<XmlEvent>()).RunAsync()));
            Assert.Contains("UTF-8", error.Message, StringComparison.Ordinal);
        }
    }
}
