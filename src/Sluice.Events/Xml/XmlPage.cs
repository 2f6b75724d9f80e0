using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Sluice;

/// <summary>A part of a page; a length of 0 is the whole page.</summary>
internal readonly record struct XmlSlice(ushort Offset, ushort Length);

/// <summary>UTF-8 bytes that events refer to: written once, and read as long as one of the events is kept.</summary>
/// <remarks>A start with attributes stands on its page as, for each attribute, the length of its value and the value, and then
/// the number of its shape; these integers have four bytes, the lowest first.</remarks>
internal sealed class XmlPage(byte[] bytes, XmlShapes shapes)
{
    internal const int SizeOfInteger = sizeof(int);

    internal ReadOnlySpan<byte> this[XmlSlice slice] => slice.Length == 0 ? bytes : bytes.AsSpan(slice.Offset, slice.Length);

    internal XmlShape Shape(XmlSlice slice) => shapes[BinaryPrimitives.ReadInt32LittleEndian(this[slice][^SizeOfInteger..])];

    internal KeyValuePair<string, string>[] Attributes(XmlSlice slice)
    {
        var names = Shape(slice).Attributes;
        var attributes = new KeyValuePair<string, string>[names.Length];
        var rest = this[slice];
        for (var i = 0; i < names.Length; i++)
        {
            attributes[i] = new(names[i], Encoding.UTF8.GetString(NextValue(ref rest)));
        }

        return attributes;
    }

    internal string? Attribute(XmlSlice slice, string name)
    {
        var rest = this[slice];
        foreach (var attribute in Shape(slice).Attributes)
        {
            var value = NextValue(ref rest);
            if (attribute == name)
            {
                return Encoding.UTF8.GetString(value);
            }
        }

        return null;
    }

    /// <summary>Writes the attributes: how many; for each its name, and the bytes of its value.</summary>
    internal void WriteAttributes(ByteSink to, XmlSlice slice)
    {
        var names = Shape(slice).Attributes;
        var rest = this[slice];
        to.WriteCount(names.Length);
        foreach (var name in names)
        {
            var value = NextValue(ref rest);
            to.WriteText(name);
            to.WriteCount(value.Length);
            to.WriteBytes(value);
        }
    }

    internal static bool AreEqual(ReadOnlySpan<byte> utf8, ReadOnlySpan<char> text)
    {
        // A character outside of ASCII takes more bytes than UTF-16 has units for it.
        if (utf8.Length <= text.Length)
        {
            return Ascii.Equals(utf8, text);
        }

        Span<char> some = stackalloc char[128];
        while (utf8.Length > 0)
        {
            Utf8.ToUtf16(utf8, some, out var read, out var written, replaceInvalidSequences: true, isFinalBlock: true);
            if (!text.StartsWith(some[..written]))
            {
                return false;
            }

            utf8 = utf8[read..];
            text = text[written..];
        }

        return text.IsEmpty;
    }

    private static ReadOnlySpan<byte> NextValue(ref ReadOnlySpan<byte> rest)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
        var value = rest.Slice(SizeOfInteger, length);
        rest = rest[(SizeOfInteger + length)..];
        return value;
    }
}
