using System.Text;

namespace Sluice;

/// <summary>An event as it is shown: its bytes, not the page that they are on.</summary>
internal sealed class XmlEventCodec : InlineCodec<XmlEvent>
{
    /// <summary>Added to the kind if text or values are UTF-8; else they are strings.</summary>
    private const byte Utf8 = 0x80;

    internal override int MinBytes => 2;

    internal override void Write(ByteSink to, ref XmlEvent value)
    {
        var page = value.Page;
        to.Byte((byte)((int)value.Kind | (page is null ? 0 : Utf8)));
        if (value.Kind == XmlEventKind.Text)
        {
            if (page is null)
            {
                to.Text(value.Text);
            }
            else
            {
                var bytes = page[value.Slice];
                to.Count(bytes.Length);
                to.Raw(bytes);
            }

            return;
        }

        to.TextOrNull(value.Name);
        if (page is not null)
        {
            page.WriteAttributes(to, value.Slice);
        }
        else if (value.Kind == XmlEventKind.Start)
        {
            var attributes = value.Attributes;
            to.Count(attributes.Count);
            for (var i = 0; i < attributes.Count; i++)
            {
                to.TextOrNull(attributes[i].Key);
                to.TextOrNull(attributes[i].Value);
            }
        }
    }

    internal override void Read(ByteSource from, ref XmlEvent value)
    {
        var head = from.Byte();
        var isUtf8 = (head & Utf8) != 0;
        value = (XmlEventKind)(head & ~Utf8) switch
        {
            XmlEventKind.Text => XmlEvent.ForText(isUtf8 ? Decoded(from) : from.Text()),
            XmlEventKind.Start => XmlEvent.ForStart(from.TextOrNull()!, Attributes(from, isUtf8)),
            XmlEventKind.End => XmlEvent.ForEnd(from.TextOrNull()!),
            var kind => throw new InvalidDataException($"The item is damaged: an XML event is of kind {(int)kind}."),
        };
    }

    private static KeyValuePair<string, string>[] Attributes(ByteSource from, bool areUtf8)
    {
        var attributes = new KeyValuePair<string, string>[from.Count(2)];
        for (var i = 0; i < attributes.Length; i++)
        {
            attributes[i] = areUtf8 ? new(from.Text(), Decoded(from)) : new(from.TextOrNull()!, from.TextOrNull()!);
        }

        return attributes;
    }

    private static string Decoded(ByteSource from) => Encoding.UTF8.GetString(from.Raw(from.Count()));
}
