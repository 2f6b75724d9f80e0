using System.Buffers.Binary;

namespace Sluice;

/// <summary>Reads what <see cref="ByteSink"/> wrote, and never past its end. Owner: whoever reads.</summary>
internal sealed class ByteSource(byte[] bytes, int start, int end)
{
    private int _at = start;

    internal int Position => _at;

    internal int Left => end - _at;

    internal byte Byte() => _at < end ? bytes[_at++] : throw Truncated();

    internal ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new SnapshotException("The snapshot is damaged: a number has more than 64 bits.");
    }

    internal long Signed()
    {
        var value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    internal long PeekSigned()
    {
        var at = _at;
        var value = Signed();
        _at = at;
        return value;
    }

    /// <summary>A number of things of which each takes at least <paramref name="bytesEach"/> bytes from here on.</summary>
    internal int Count(int bytesEach = 1)
    {
        var count = Varint();
        return count <= (ulong)(Left / bytesEach) ? (int)count : throw Truncated();
    }

    internal uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Raw(4));

    internal ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Raw(8));

    internal ReadOnlySpan<byte> Raw(int count)
    {
        if (count > Left)
        {
            throw Truncated();
        }

        _at += count;
        return bytes.AsSpan(_at - count, count);
    }

    internal string Text()
    {
        var head = Varint();
        var width = (int)(head & 1) + 1;
        if (head >> 1 > (ulong)(Left / width))
        {
            throw Truncated();
        }

        return string.Create((int)(head >> 1), (this, width), static (text, from) =>
        {
            var raw = from.Item1.Raw(text.Length * from.width);
            for (var i = 0; i < text.Length; i++)
            {
                text[i] = from.width == 1 ? (char)raw[i] : (char)BinaryPrimitives.ReadUInt16LittleEndian(raw[(2 * i)..]);
            }
        });
    }

    internal static SnapshotException Truncated() => new("The snapshot is damaged: it ends too early, or says that it has more than it has.");
}
