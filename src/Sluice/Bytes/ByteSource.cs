using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice;

/// <summary>Reads what <see cref="ByteSink"/> wrote, and never past its end. Owner: whoever reads.</summary>
internal sealed class ByteSource(byte[] bytes, int start, int end)
{
    private byte[] _bytes = bytes;
    private int _at = start;
    private int _end = end;

    internal int Position => _at;

    internal int Left => _end - _at;

    /// <summary>From here on it reads these bytes.</summary>
    internal void Reset(byte[] bytes, int start, int end)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)end);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)end, (uint)bytes.Length);
        (_bytes, _at, _end) = (bytes, start, end);
    }

    /// <summary>Leaves the next bytes to another one.</summary>
    internal void Part(ByteSource part, int length)
    {
        var start = _at;
        Raw(length);
        part.Reset(_bytes, start, _at);
    }

    internal byte Byte() => _at < _end ? _bytes[_at++] : throw Truncated();

    internal bool Bool() => Byte() switch
    {
        0 => false,
        1 => true,
        _ => throw NoBool(),
    };

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

        throw new InvalidDataException("The data is damaged: a number has more than 64 bits.");
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

    /// <summary>The same, or -1 for nothing at all.</summary>
    internal int CountOrNull(int bytesEach)
    {
        var count = Varint();
        return count <= (ulong)(Left / bytesEach) + 1 ? (int)count - 1 : throw Truncated();
    }

    internal uint Fixed32() => BinaryPrimitives.ReadUInt32LittleEndian(Raw(4));

    internal ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Raw(8));

    internal ReadOnlySpan<byte> Raw(int count)
    {
        if ((uint)count > (uint)Left)
        {
            throw Truncated();
        }

        _at += count;
        return _bytes.AsSpan(_at - count, count);
    }

    internal ReadOnlyMemory<byte> RawMemory(int count)
    {
        Raw(count);
        return _bytes.AsMemory(_at - count, count);
    }

    /// <summary>A value by its bytes in memory.</summary>
    internal T Value<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(Raw(Unsafe.SizeOf<T>()));

    internal string Text() => Text(Varint());

    internal string? TextOrNull() => Varint() is var head && head == 0 ? null : Text(head - 1);

    private string Text(ulong head)
    {
        var isWide = (head & 1) != 0;
        if (head >> 1 > (ulong)(isWide ? Left / 2 : Left))
        {
            throw Truncated();
        }

        var length = (int)(head >> 1);
        return isWide ? string.Create(length, this, static (text, from) => from.Characters(text)) : Encoding.Latin1.GetString(Raw(length));
    }

    private void Characters(Span<char> text)
    {
        var raw = Raw(text.Length * sizeof(char));
        if (BitConverter.IsLittleEndian)
        {
            raw.CopyTo(MemoryMarshal.AsBytes(text));
            return;
        }

        for (var i = 0; i < text.Length; i++)
        {
            text[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(raw[(sizeof(char) * i)..]);
        }
    }

    internal static InvalidDataException NoBool() => new("The data is damaged: a truth value is neither true nor false.");

    internal static InvalidDataException Truncated() => new("The data is damaged: it ends too early, or says that it has more than it has.");
}
