using System.Buffers.Binary;
using System.Numerics;

namespace Sluice;

/// <summary>CRC-32C (RFC 3720): finds damage by accident, not by intent.</summary>
internal static class Checksum
{
    internal static uint Of(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        return ~sum;
    }
}
