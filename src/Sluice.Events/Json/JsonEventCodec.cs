using System.Text.Unicode;

namespace Sluice;

/// <summary>An event as it is shown: its own bytes, not those of its neighbours.</summary>
internal sealed class JsonEventCodec : PortableCodec<JsonEvent>
{
    public override int MinBytes => 3;

    public override void Write(ByteSink to, JsonEvent value)
    {
        var utf8 = value.Utf8;
        to.WriteByte((byte)value.Kind);
        to.WriteSigned(value.Depth);
        to.WriteCount(utf8.Length);
        to.WriteBytes(utf8);
    }

    public override JsonEvent Read(ByteSource from)
    {
        var kind = (JsonEventKind)from.ReadByte();
        var depth = checked((int)from.ReadSigned());
        var utf8 = from.ReadBytes(from.ReadCount());
        if (!Utf8.IsValid(utf8))
        {
            throw new InvalidDataException("The item is damaged: the text of a JSON event is not UTF-8.");
        }

        return JsonEvent.IsShort(utf8.Length) ? JsonEvent.Short(kind, depth, utf8) : JsonEvent.InArray(kind, depth, utf8.ToArray(), 0, utf8.Length);
    }
}
