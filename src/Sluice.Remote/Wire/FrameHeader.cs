using System.Buffers.Binary;

namespace Sluice;

/// <summary>The bytes before the payload: the number of bytes that follow (4 bytes, the lowest first), the kind (a byte), the channel
/// (a varint).</summary>
internal readonly ref struct FrameHeader
{
    /// <summary>The bytes of the length.</summary>
    internal const int Prefix = 4;

    /// <summary>The smallest length: a kind and the shortest channel.</summary>
    private const int Shortest = 2;

    /// <summary>The most that comes before the payload, without the prefix: a kind and the longest channel.</summary>
    internal const int Longest = 6;

    private FrameHeader(byte kind, int channel, int length, int size)
    {
        Kind = kind;
        Channel = channel;
        Length = length;
        Size = size;
    }

    internal byte Kind { get; }

    internal int Channel { get; }

    /// <summary>Of the whole frame, with its prefix.</summary>
    internal int Length { get; }

    /// <summary>Of what is before the payload, with the prefix.</summary>
    internal int Size { get; }

    /// <summary>The length is put in by <see cref="Seal"/>.</summary>
    internal static void Write(ByteSink to, byte kind, int channel)
    {
        to.WriteFixed32(0);
        to.WriteByte(kind);
        to.WriteVarint((uint)channel);
    }

    internal static void Seal(ByteSink bytes, int start) => bytes.Patch32(start, (uint)(bytes.Length - start - Prefix));

    /// <summary>The number of bytes that the frame has that begins here, prefix included; 0 if that cannot be told yet.</summary>
    /// <exception cref="ProtocolException">No frame, or one that is longer than <paramref name="limit"/>.</exception>
    internal static int LengthOf(ReadOnlySpan<byte> bytes, int limit)
    {
        if (bytes.Length < Prefix)
        {
            return 0;
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        return length is >= Shortest && length <= (uint)limit
            ? (int)length + Prefix
            : throw new ProtocolException($"Not a frame: its length would be {length} bytes; {Shortest} to {limit} are allowed.");
    }

    /// <summary>Reads the header of a frame that is there as a whole.</summary>
    /// <exception cref="ProtocolException">The channel is damaged.</exception>
    internal static FrameHeader Read(ReadOnlySpan<byte> frame)
    {
        var channel = 0L;
        var at = Prefix + 1;
        for (var shift = 0; shift < 35 && at < frame.Length; shift += 7)
        {
            var part = frame[at++];
            channel |= (long)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return channel <= int.MaxValue ? new(frame[Prefix], (int)channel, frame.Length, at) : throw Damaged();
            }
        }

        throw Damaged();
    }

    private static ProtocolException Damaged() => new("A frame is damaged: its channel is not a number of at most 31 bits.");
}
