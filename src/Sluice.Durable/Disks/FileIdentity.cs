using System.Buffers.Binary;

namespace Sluice.Durable;

/// <summary>The file behind a name: a new file of the same name has another one.</summary>
/// <param name="Device">The number of the file system. It may be another one after the system was started again.</param>
/// <param name="Inode">The number of the file in it. It may be used again when the file is gone.</param>
/// <param name="Born">When the file was made, in nanoseconds since 1970; 0 where the file system does not say it.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Inode, long Born)
{
    internal const int Size = 24;

    /// <summary>Returns whether both are the same file, also if the system was started again in between.</summary>
    internal bool IsSameFile(FileIdentity other) => Inode == other.Inode && (Born == other.Born || Born == 0 || other.Born == 0);

    internal void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Device);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], Inode);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], Born);
    }

    internal static FileIdentity Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]));

    public override string ToString() => $"device {Device}, inode {Inode}";
}
