using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Sluice.Durable;

/// <summary>The checksum of a stored row, CRC-32C: it finds flipped bits and rows that were put elsewhere. It is no protection against people.</summary>
/// <remarks>Values are separated, so that two rows with the same bytes in other columns differ. Thread safety: one thread at a time.</remarks>
public struct RowChecksum
{
    private uint _sum;

    /// <summary>The checksum of all values that were added.</summary>
    public readonly uint Value => _sum;

    /// <summary>Adds a number.</summary>
    /// <param name="value">The number.</param>
    public void Add(long value) => _sum = BitOperations.Crc32C(_sum, (ulong)value);

    /// <summary>Adds a number that may be missing.</summary>
    /// <param name="value">The number, or null.</param>
    public void Add(long? value)
    {
        _sum = BitOperations.Crc32C(_sum, value is null ? (byte)0 : (byte)1);
        Add(value ?? 0);
    }

    /// <summary>Adds a text that may be missing.</summary>
    /// <param name="value">The text, or null.</param>
    public void Add(string? value)
    {
        if (value is null)
        {
            Add(-1L);
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        Add(buffer.AsSpan(0, Encoding.UTF8.GetBytes(value, buffer)));
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Adds bytes that may be missing.</summary>
    /// <param name="bytes">The bytes, or null.</param>
    public void Add(ReadOnlyMemory<byte>? bytes)
    {
        if (bytes is { } present)
        {
            Add(present.Span);
        }
        else
        {
            Add(-1L);
        }
    }

    /// <summary>Adds bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add((long)bytes.Length);
        while (bytes.Length >= sizeof(ulong))
        {
            _sum = BitOperations.Crc32C(_sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var last in bytes)
        {
            _sum = BitOperations.Crc32C(_sum, last);
        }
    }
}
