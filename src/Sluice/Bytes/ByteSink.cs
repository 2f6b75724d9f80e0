using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sluice.Bytes;

/// <summary>Bytes that grow at their end: what a <see cref="PortableCodec{T}"/> writes to.</summary>
/// <remarks>Numbers are written with the lowest byte first. Thread safety: one thread at a time.</remarks>
public sealed class ByteSink
{
    private byte[] _bytes = new byte[256];

    /// <summary>The number of bytes that were written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes that were written; valid until the next one is.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    internal int Capacity => _bytes.Length;

    /// <summary>Writes one byte.</summary>
    /// <param name="value">The byte.</param>
    public void WriteByte(byte value)
    {
        if (Length == _bytes.Length)
        {
            Grow(1);
        }

        _bytes[Length++] = value;
    }

    /// <summary>Writes a truth value as one byte, 0 or 1.</summary>
    /// <param name="value">The value.</param>
    public void WriteBool(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>Writes a number in as few bytes as it takes, 1 to 10: seven bits in each, the lowest first; the highest bit says that more
    /// follow.</summary>
    /// <param name="value">The number.</param>
    public void WriteVarint(ulong value)
    {
        while (value >= 0x80)
        {
            WriteByte((byte)(value | 0x80));
            value >>= 7;
        }

        WriteByte((byte)value);
    }

    /// <summary>Writes how many things follow, as a varint.</summary>
    /// <param name="count">The number; 0 or more.</param>
    public void WriteCount(int count) => WriteVarint((uint)count);

    /// <summary>Writes a number as a varint with the sign in the lowest bit, so that small negative numbers are short too.</summary>
    /// <param name="value">The number.</param>
    public void WriteSigned(long value) => WriteVarint((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Writes a number as four bytes.</summary>
    /// <param name="value">The number.</param>
    public void WriteFixed32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    /// <summary>Writes a number as eight bytes.</summary>
    /// <param name="value">The number.</param>
    public void WriteFixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    /// <summary>Writes bytes as they are, without their number.</summary>
    /// <param name="bytes">The bytes.</param>
    public void WriteBytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Writes a text with its length: a byte for each character if all are below U+0100, else two. Halves of surrogate pairs are
    /// kept.</summary>
    /// <param name="text">The text.</param>
    public void WriteText(ReadOnlySpan<char> text) => WriteText(text, 0);

    /// <summary>Writes a text with its length, or null.</summary>
    /// <param name="text">The text, or null.</param>
    public void WriteTextOrNull(string? text)
    {
        if (text is null)
        {
            WriteByte(0);
        }
        else
        {
            WriteText(text, 1);
        }
    }

    /// <summary>Writes the bytes of a value as they are in memory.</summary>
    internal void WriteValue<T>(T value)
        where T : unmanaged => MemoryMarshal.Write(Take(Unsafe.SizeOf<T>()), in value);

    internal void Clear() => Length = 0;

    /// <summary>Takes back what was written since it had this length.</summary>
    internal void Rewind(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>Writes over four bytes that are there, such as a length that was not known yet.</summary>
    internal void Patch32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(0, Length)[at..], value);

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

    /// <summary>Bytes that were written before, to be written over.</summary>
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

    private void WriteText(ReadOnlySpan<char> text, ulong offset)
    {
        var start = Length;
        WriteVarint(((ulong)text.Length << 1) + offset);
        if (NarrowText.TryWrite(text, Take(text.Length)))
        {
            return;
        }

        Length = start;
        WriteVarint((((ulong)text.Length << 1) | 1) + offset);
        if (BitConverter.IsLittleEndian)
        {
            WriteBytes(MemoryMarshal.AsBytes(text));
        }
        else
        {
            foreach (var character in text)
            {
                BinaryPrimitives.WriteUInt16LittleEndian(Take(2), character);
            }
        }
    }

    private void Grow(int count) => Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, BitOperations.RoundUpToPowerOf2((uint)checked(Length + count))));
}
