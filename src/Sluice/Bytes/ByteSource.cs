using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Sluice.Bytes;

/// <summary>Reads what a <see cref="ByteSink"/> wrote, and never past its end: what a <see cref="PortableCodec{T}"/> reads from.</summary>
/// <remarks>Every read throws <see cref="InvalidDataException"/> if the bytes end before, or are no such value. Thread safety: one thread
/// at a time.</remarks>
public sealed class ByteSource
{
    private byte[] _bytes;
    private int _at;
    private int _end;

    /// <summary>Reads an array from its beginning.</summary>
    /// <param name="bytes">The bytes, which are not copied.</param>
    /// <exception cref="ArgumentNullException">Thrown: <paramref name="bytes"/> is null.</exception>
    public ByteSource(byte[] bytes)
        : this(bytes ?? throw new ArgumentNullException(nameof(bytes)), 0, bytes.Length)
    {
    }

    internal ByteSource(byte[] bytes, int start, int end) => (_bytes, _at, _end) = (bytes, start, end);

    /// <summary>The number of bytes that were not read yet.</summary>
    public int Left => _end - _at;

    internal int Position => _at;

    /// <summary>Reads one byte.</summary>
    /// <returns>The byte.</returns>
    public byte ReadByte() => _at < _end ? _bytes[_at++] : throw Truncated();

    /// <summary>Reads a truth value.</summary>
    /// <returns>The value.</returns>
    public bool ReadBool() => ReadByte() switch
    {
        0 => false,
        1 => true,
        _ => throw NoBool(),
    };

    /// <summary>Reads what <see cref="ByteSink.WriteVarint"/> wrote.</summary>
    /// <returns>The number.</returns>
    public ulong ReadVarint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = ReadByte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("The data is damaged: a number has more than 64 bits.");
    }

    /// <summary>Reads what <see cref="ByteSink.WriteSigned"/> wrote.</summary>
    /// <returns>The number.</returns>
    public long ReadSigned()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>Reads how many things follow. So many are there: a damaged number does not make the caller allocate more than the bytes
    /// that are left can hold.</summary>
    /// <param name="bytesEach">How many bytes each of the things takes at least; 1 or more. Default 1.</param>
    /// <returns>The number.</returns>
    public int ReadCount(int bytesEach = 1)
    {
        var count = ReadVarint();
        return count <= (ulong)(Left / bytesEach) ? (int)count : throw Truncated();
    }

    /// <summary>Reads four bytes as a number.</summary>
    /// <returns>The number.</returns>
    public uint ReadFixed32() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    /// <summary>Reads eight bytes as a number.</summary>
    /// <returns>The number.</returns>
    public ulong ReadFixed64() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8));

    /// <summary>Reads bytes as they are.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The bytes; valid as long as the call of the codec lasts.</returns>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)Left)
        {
            throw Truncated();
        }

        _at += count;
        return _bytes.AsSpan(_at - count, count);
    }

    /// <summary>Reads what <see cref="ByteSink.WriteText(ReadOnlySpan{char})"/> wrote.</summary>
    /// <returns>The text.</returns>
    public string ReadText() => ReadText(ReadVarint());

    /// <summary>Reads what <see cref="ByteSink.WriteTextOrNull"/> wrote.</summary>
    /// <returns>The text, or null.</returns>
    public string? ReadTextOrNull() => ReadVarint() is var head && head == 0 ? null : ReadText(head - 1);

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
        ReadBytes(length);
        part.Reset(_bytes, start, _at);
    }

    internal long PeekSigned()
    {
        var at = _at;
        var value = ReadSigned();
        _at = at;
        return value;
    }

    /// <summary>A count, or -1 for nothing at all.</summary>
    internal int ReadCountOrNull(int bytesEach)
    {
        var count = ReadVarint();
        return count <= (ulong)(Left / bytesEach) + 1 ? (int)count - 1 : throw Truncated();
    }

    internal ReadOnlyMemory<byte> ReadMemory(int count)
    {
        ReadBytes(count);
        return _bytes.AsMemory(_at - count, count);
    }

    /// <summary>A value by its bytes in memory.</summary>
    internal T ReadValue<T>()
        where T : unmanaged => MemoryMarshal.Read<T>(ReadBytes(Unsafe.SizeOf<T>()));

    internal static InvalidDataException NoBool() => new("The data is damaged: a truth value is neither true nor false.");

    internal static InvalidDataException Truncated() => new("The data is damaged: it ends too early, or says that it has more than it has.");

    private string ReadText(ulong head)
    {
        var isWide = (head & 1) != 0;
        if (head >> 1 > (ulong)(isWide ? Left / 2 : Left))
        {
            throw Truncated();
        }

        var length = (int)(head >> 1);
        return isWide ? string.Create(length, this, static (text, from) => from.ReadCharacters(text)) : Encoding.Latin1.GetString(ReadBytes(length));
    }

    private void ReadCharacters(Span<char> text)
    {
        var raw = ReadBytes(text.Length * sizeof(char));
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
}
