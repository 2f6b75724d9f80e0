using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>Bytes that grow at their end. Owner: whoever writes.</summary>
internal sealed class ByteSink
{
    private byte[] _bytes = new byte[256];

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    internal void Clear() => Length = 0;

    internal void Byte(byte value)
    {
        if (Length == _bytes.Length)
        {
            Grow(1);
        }

        _bytes[Length++] = value;
    }

    /// <summary>Seven bits a byte, the lowest first; the highest bit says that more follow.</summary>
    internal void Varint(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    internal void Count(int count) => Varint((uint)count);

    /// <summary>The sign in the lowest bit, so that small negative numbers are short too.</summary>
    internal void Signed(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    internal void Fixed32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    internal void Fixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    internal void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>One byte a character if all are below U+0100, else two: exact also for halves of surrogate pairs.</summary>
    internal void Text(ReadOnlySpan<char> text)
    {
        var isWide = text.ContainsAnyExceptInRange('\0', '\u00FF');
        Varint(((ulong)text.Length << 1) | (isWide ? 1UL : 0));
        if (!isWide)
        {
            var bytes = Take(text.Length);
            for (var i = 0; i < text.Length; i++)
            {
                bytes[i] = (byte)text[i];
            }
        }
        else if (BitConverter.IsLittleEndian)
        {
            Raw(MemoryMarshal.AsBytes(text));
        }
        else
        {
            foreach (var character in text)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(Take(2), character);
            }
        }
    }

    private Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Grow(count);
        }

        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    private void Grow(int count) => Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, BitOperations.RoundUpToPowerOf2((uint)checked(Length + count))));
}
