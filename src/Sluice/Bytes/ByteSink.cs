using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice;

/// <summary>Bytes that grow at their end. Owner: whoever writes.</summary>
internal sealed class ByteSink
{
    private byte[] _bytes = new byte[256];

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    internal int Capacity => _bytes.Length;

    internal void Clear() => Length = 0;

    /// <summary>Takes back what was written since it had this length.</summary>
    internal void Rewind(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>Writes over four bytes that are there, such as a length that was not known yet.</summary>
    internal void Patch32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(0, Length)[at..], value);

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

    /// <summary>The bytes of a value as they are in memory.</summary>
    internal void Value<T>(T value)
        where T : unmanaged => MemoryMarshal.Write(Take(Unsafe.SizeOf<T>()), in value);

    /// <summary>One byte a character if all are below U+0100, else two: exact also for halves of surrogate pairs.</summary>
    internal void Text(ReadOnlySpan<char> text) => Text(text, 0);

    /// <summary>The same, or null.</summary>
    internal void TextOrNull(string? text)
    {
        if (text is null)
        {
            Byte(0);
        }
        else
        {
            Text(text, 1);
        }
    }

    private void Text(ReadOnlySpan<char> text, ulong offset)
    {
        var start = Length;
        Varint(((ulong)text.Length << 1) + offset);
        if (NarrowText.TryWrite(text, Take(text.Length)))
        {
            return;
        }

        Length = start;
        Varint((((ulong)text.Length << 1) | 1) + offset);
        if (BitConverter.IsLittleEndian)
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

    /// <summary>Room for so many bytes, which become part of what is written.</summary>
    internal Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Grow(count);
        }

        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    /// <summary>Bytes that were written before, to write them anew.</summary>
    internal Span<byte> At(int start, int count) => _bytes.AsSpan(start, count);

    /// <summary>Room for so many bytes at least, which are not part of what is written yet.</summary>
    internal Memory<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Grow(count);
        }

        return _bytes.AsMemory(Length);
    }

    private void Grow(int count) => Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, BitOperations.RoundUpToPowerOf2((uint)checked(Length + count))));
}
