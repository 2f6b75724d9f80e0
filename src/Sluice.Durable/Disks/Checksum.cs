using System.Numerics;
using System.Runtime.InteropServices;

namespace Sluice.Durable;

/// <summary>CRC-32C (Castagnoli): finds damaged bytes. It is no protection from someone who changes them on purpose.</summary>
internal static class Checksum
{
    /// <summary>The checksum of bytes behind others.</summary>
    /// <param name="before">The checksum of the bytes before; 0 at the beginning.</param>
    /// <param name="bytes">The bytes.</param>
    internal static uint Of(uint before, ReadOnlySpan<byte> bytes)
    {
        var crc = ~before;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word));
        }

        foreach (var last in bytes[(bytes.Length & ~7)..])
        {
            crc = BitOperations.Crc32C(crc, last);
        }

        return ~crc;
    }

    /// <summary>The checksum of a number behind bytes.</summary>
    internal static uint Of(uint before, ulong number) => ~BitOperations.Crc32C(~before, number);
}
