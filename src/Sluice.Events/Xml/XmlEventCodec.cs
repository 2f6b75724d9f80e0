using System.Text;

namespace Sluice;

/// <summary>An event as it is shown: its bytes, not the page that they are on.</summary>
internal sealed class XmlEventCodec : PortableCodec<XmlEvent>
{
    /// <summary>Added to the kind if text or values are UTF-8; else they are strings.</summary>
    private const byte Utf8 = 0x80;

    public override int MinBytes => 2;

    public override void Write(ByteSink to, XmlEvent value)
    {
        var page = value.Page;
        to.WriteByte((byte)((int)value.Kind | (page is null ? 0 : Utf8)));
        if (value.Kind == XmlEventKind.Text)
        {
            if (page is null)
            {
                to.WriteText(value.Text);
            }
            else
            {
                var bytes = page[value.Slice];
                to.WriteCount(bytes.Length);
                to.WriteBytes(bytes);
            }

            return;
        }

        to.WriteTextOrNull(value.Name);
        if (page is not null)
        {
            page.WriteAttributes(to, value.Slice);
        }
        else if (value.Kind == XmlEventKind.Start)
        {
            var attributes = value.Attributes;
            to.WriteCount(attributes.Count);
            for (var i = 0; i < attributes.Count; i++)
            {
                to.WriteTextOrNull(attributes[i].Key);
                to.WriteTextOrNull(attributes[i].Value);
            }
        }
    }

    public override XmlEvent Read(ByteSource from)
    {
        var head = from.ReadByte();
        var isUtf8 = (head & Utf8) != 0;
        return (XmlEventKind)(head & ~Utf8) switch
        {
            XmlEventKind.Text => XmlEvent.ForText(isUtf8 ? Decoded(from) : from.ReadText()),
            XmlEventKind.Start => XmlEvent.ForStart(from.ReadTextOrNull()!, Attributes(from, isUtf8)),
            XmlEventKind.End => XmlEvent.ForEnd(from.ReadTextOrNull()!),
            var kind => throw new InvalidDataException($"The item is damaged: an XML event is of kind {(int)kind}."),
        };
    }

    private static KeyValuePair<string, string>[] Attributes(ByteSource from, bool areUtf8)
    {
        var attributes = new KeyValuePair<string, string>[from.ReadCount(2)];
        for (var i = 0; i < attributes.Length; i++)
        {
            attributes[i] = areUtf8 ? new(from.ReadText(), Decoded(from)) : new(from.ReadTextOrNull()!, from.ReadTextOrNull()!);
        }

        return attributes;
    }

    private static string Decoded(ByteSource from) => Encoding.UTF8.GetString(from.ReadBytes(from.ReadCount()));
}
