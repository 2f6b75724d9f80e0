using System.Buffers.Binary;
using System.Text;

namespace Sluice.Durable;

/// <summary>The committed state of an output as others read it.</summary>
/// <param name="Sequence">Counts the changes; the newest counts.</param>
/// <param name="Commit">How the output shows what is committed.</param>
/// <param name="Checkpoint">The number of the checkpoint.</param>
/// <param name="Part">The number of the part that is appended to.</param>
/// <param name="Length">How many bytes of it are committed.</param>
/// <param name="Identity">Its file.</param>
/// <param name="Replaced">The file that the checkpoint names, if this one was copied from it since; else default.</param>
/// <param name="Name">Its name; empty if none is appended to.</param>
internal sealed record SideSlot(ulong Sequence, OutputCommit Commit, long Checkpoint, long Part, long Length, FileIdentity Identity, FileIdentity Replaced, string Name)
{
    internal const int Size = 1024;

    private const int NameAt = 104;

    internal byte[] ToBytes()
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Checkpoint);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Part);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(32), Length);
        Identity.Write(bytes.AsSpan(40));
        Replaced.Write(bytes.AsSpan(64));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(88), (int)Commit);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(92), Encoding.UTF8.GetBytes(Name, bytes.AsSpan(NameAt)));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Checksum.Of(0, bytes.AsSpan(4)));
        return bytes;
    }

    /// <returns>Null: it was never written, or not completely.</returns>
    internal static SideSlot? FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Size || BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]) == 0 || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Checksum.Of(0, bytes[4..Size]))
        {
            return null;
        }

        return new(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            (OutputCommit)BinaryPrimitives.ReadInt32LittleEndian(bytes[88..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            FileIdentity.Read(bytes[40..]),
            FileIdentity.Read(bytes[64..]),
            Encoding.UTF8.GetString(bytes.Slice(NameAt, BinaryPrimitives.ReadInt32LittleEndian(bytes[92..]))));
    }
}
