using System.Text.Unicode;

namespace Sluice;

/// <summary>An event as it is shown: its own bytes, not those of its neighbours.</summary>
internal sealed class JsonEventCodec : InlineCodec<JsonEvent>
{
    internal override int MinBytes => 3;

    internal override void Write(ByteSink to, ref JsonEvent value)
    {
        var utf8 = value.Utf8;
        to.Byte((byte)value.Kind);
        to.Signed(value.Depth);
        to.Count(utf8.Length);
        to.Raw(utf8);
    }

    internal override void Read(ByteSource from, ref JsonEvent value)
    {
        var kind = (JsonEventKind)from.Byte();
        var depth = checked((int)from.Signed());
        var utf8 = from.Raw(from.Count());
        if (!Utf8.IsValid(utf8))
        {
            throw new InvalidDataException("The item is damaged: the text of a JSON event is not UTF-8.");
        }

        value = JsonEvent.IsShort(utf8.Length) ? JsonEvent.Short(kind, depth, utf8) : JsonEvent.InArray(kind, depth, utf8.ToArray(), 0, utf8.Length);
    }
}
